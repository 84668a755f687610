package io.basalt.examples.flights;

import java.util.LinkedHashSet;
import java.util.Set;

/** The job did not come to its end; the message is for the user. */
public final class FlightsFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  private FlightsFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Flink wraps what went wrong several times; the message has every word of it once. */
  static FlightsFailedException because(Throwable failure) {
    Set<String> messages = new LinkedHashSet<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
      messages.add(text.lines().findFirst().orElse(text));
    }
    return new FlightsFailedException(String.join("\n  because: ", messages), failure);
  }
}
