package io.basalt.benchmarks.run;

/** A process that measures has failed; the message holds what it said. */
public final class MeasurementFailedException extends Exception {

  MeasurementFailedException(String message) {
    super(message);
  }
}
