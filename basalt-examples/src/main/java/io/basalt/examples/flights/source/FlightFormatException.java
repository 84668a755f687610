package io.basalt.examples.flights.source;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The input is not what the job can read; the message says where and what was expected. The job
 * fails with it at once: restarted, it would read the same again.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class FlightFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  FlightFormatException(String message) {
    super(message);
  }

  FlightFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
