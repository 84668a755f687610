package io.basalt.statebackend.config;

/** When a memtable has a bloom filter of its keys. */
public enum MemtableFilter {
  /** While enough of a state's reads find nothing; seen again and again while the job runs. */
  ADAPTIVE,
  /** From the start. */
  ON,
  /** Never. */
  OFF
}
