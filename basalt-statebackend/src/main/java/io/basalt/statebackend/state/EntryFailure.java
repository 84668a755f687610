package io.basalt.statebackend.state;

import java.io.IOException;
import org.apache.flink.util.FlinkRuntimeException;

/** The errors of turning entries into objects and back, with what a reader of the log needs. */
final class EntryFailure {

  private EntryFailure() {}

  static FlinkRuntimeException reading(String state, int keyGroup, IOException cause) {
    return new FlinkRuntimeException(
        "Could not deserialize an entry of state '"
            + state
            + "' in key group "
            + keyGroup
            + ". Its bytes were written by another serializer, or are damaged.",
        cause);
  }

  static FlinkRuntimeException readingKey(String state, IOException cause) {
    return new FlinkRuntimeException(
        "Could not deserialize the key and namespace of an entry of state '"
            + state
            + "'. Its bytes were written by other serializers, or are damaged.",
        cause);
  }

  static FlinkRuntimeException writing(String state, int keyGroup, IOException cause) {
    return new FlinkRuntimeException(
        "Could not serialize an entry of state '" + state + "' in key group " + keyGroup + ".",
        cause);
  }
}
