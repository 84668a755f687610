package io.basalt.examples.flights.source;

/** The example has killed its own task, as planned. */
public final class InjectedFailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InjectedFailureException(long flights) {
    super("Injected task failure behind flight " + flights + ".");
  }
}
