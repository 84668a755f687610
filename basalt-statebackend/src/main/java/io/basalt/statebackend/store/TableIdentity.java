package io.basalt.statebackend.store;

import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What an error message says about the table it happened on. */
record TableIdentity(String name, Path directory) {

  StoreException failure(String verb, RocksDBException cause) {
    return new StoreException(
        "Could not "
            + verb
            + " state '"
            + name
            + "' (RocksDB in "
            + directory
            + "): "
            + RocksFailure.describe(cause),
        cause);
  }

  /** Turns RocksDB's status into a sentence with advice where a status has a known remedy. */
  static final class RocksFailure {
    private RocksFailure() {}

    static String describe(RocksDBException cause) {
      Status status = cause.getStatus();
      String text = String.valueOf(cause.getMessage());
      if (status == null) {
        return text;
      }
      if (status.getSubCode() == Status.SubCode.NoSpace || text.contains("No space left")) {
        return text
            + ". The local disk is full: free space or point state.backend.rocksdb.localdir at a"
            + " larger volume; completed checkpoints are not affected";
      }
      return switch (status.getCode()) {
        case Corruption ->
            text
                + ". A local file is damaged: the task must be restored from its last completed"
                + " checkpoint, and the disk should be checked. If that meets the same damage, the"
                + " file was damaged in checkpoint storage: restore from another checkpoint or"
                + " savepoint";
        case NotFound, InvalidArgument, Undefined, Ok -> text;
        default -> text + " (status " + status.getCodeString() + ")";
      };
    }
  }
}
