package io.basalt.statebackend.config;

/** Who chose a value. Ordered by weight: a later one beats the earlier ones. */
public enum Origin {
  /** Nobody: the default of the option. */
  DEFAULT,
  /** The set of values that {@code state.backend.rocksdb.predefined-options} names. */
  PREDEFINED_OPTIONS,
  /** The cluster's configuration or the job's own. */
  CONFIGURATION,
  /** A setter or constructor of the state backend, called by a program. */
  PROGRAM;

  /** Whether somebody chose this very value, rather than a set of values or none. */
  public boolean isExplicit() {
    return this == CONFIGURATION || this == PROGRAM;
  }
}
