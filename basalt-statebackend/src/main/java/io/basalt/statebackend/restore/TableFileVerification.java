package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.TableFileCheck;
import io.basalt.statebackend.transfer.Transfers;
import io.basalt.statebackend.transfer.Transfers.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the table files of a snapshot and checks every block, as many files at once as are
 * transferred at once. A cancel is heard between two files.
 */
final class TableFileVerification {

  private static final String SST_SUFFIX = ".sst";

  private final SnapshotHandle snapshot;
  private final Transfers transfers;
  private final Cancellation cancellation;

  TableFileVerification(SnapshotHandle snapshot, Transfers transfers, Cancellation cancellation) {
    this.snapshot = snapshot;
    this.transfers = transfers;
    this.cancellation = cancellation;
  }

  /** Verifies all in the directory. */
  void verifyAll(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      verify(files.filter(file -> file.toString().endsWith(SST_SUFFIX)).toList());
    }
  }

  /**
   * Verifies these.
   *
   * @throws IOException naming the snapshot and the file, if one is damaged
   */
  void verify(List<Path> files) throws Exception {
    List<Transfer<Path>> checks = new ArrayList<>();
    for (Path file : files) {
      checks.add(
          registry -> {
            cancellation.check();
            verify(file);
            return file;
          });
    }
    transfers.run(checks, cancellation.registry());
  }

  private void verify(Path file) throws IOException {
    try {
      TableFileCheck.verify(file);
    } catch (IOException e) {
      throw new IOException(
          "A file of "
              + snapshot.name()
              + " does not hold what was written: restore from another checkpoint or savepoint. "
              + e.getMessage(),
          e);
    }
  }
}
