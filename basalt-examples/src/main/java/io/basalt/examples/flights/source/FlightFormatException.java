package io.basalt.examples.flights.source;

import java.io.IOException;

/** The input is not what the job can read; the message says where and what was expected. */
public final class FlightFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  FlightFormatException(String message) {
    super(message);
  }

  FlightFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
