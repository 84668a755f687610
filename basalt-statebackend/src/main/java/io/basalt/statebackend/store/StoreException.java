package io.basalt.statebackend.store;

import org.apache.flink.util.FlinkRuntimeException;

/**
 * RocksDB refused or failed an operation. The message names the state (column family) and the
 * database's directory and says what to do where that is known.
 */
public final class StoreException extends FlinkRuntimeException {

  private static final long serialVersionUID = 1L;

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
