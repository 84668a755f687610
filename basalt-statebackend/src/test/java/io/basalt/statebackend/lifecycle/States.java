package io.basalt.statebackend.lifecycle;

/** Some states of one backend. */
interface States {

  /** Writes into each of them, under keys of the backend. */
  void fill() throws Exception;

  /** Begins to read each of them in every way there is, and closes nothing. */
  void beginToRead() throws Exception;
}
