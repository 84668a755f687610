package io.basalt.statebackend.peer;

/** Calls to be made on one backend after the other. Everything it uses it makes anew. */
interface Script<K> {
  void run(PeerBackend<K> backend, Transcript transcript) throws Exception;
}
