package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;

/** What a value is: how it begins and how it is changed. */
interface Kind {

  String name();

  /** For the head of the table. */
  String description();

  /** Keys of the stream that are one key of the backend. */
  int entriesOfKey();

  /** Registers the state. */
  Access open(Subtask<Long> subtask) throws Exception;

  /** Bytes of heap that a million keys take in the heap backend, roughly and rather too many. */
  int heapMegabytesOfMillion();

  /** Whether there are scans to be measured with it. */
  default boolean hasScans() {
    return false;
  }

  /** What is scanned beside the changes of keys from 0. */
  default Scans scans(Subtask<Long> subtask, int keys) throws Exception {
    throw new UnsupportedOperationException(name());
  }

  /** Both set the current key. */
  interface Access {

    /** Writes the first value of a key. */
    void create(long key) throws Exception;

    /**
     * Reads the value of a key, changes it and writes it back; creates it if it is not there.
     *
     * @return whether it was there
     */
    boolean change(long key) throws Exception;

    /**
     * Only reads.
     *
     * @return whether it was there
     */
    boolean read(long key) throws Exception;
  }
}
