package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RangeDeletionsTest {

  private static final int BYTES = 1_000;

  private final AtomicLong inFiles = new AtomicLong();
  private final RangeDeletions deletions = new RangeDeletions(inFiles::get);
  private long sequenceNumber;

  /** Else a table that has shrunk since would be rewritten for them. */
  @Test
  void thoseThatRocksDbHasMergedAwayAreForgotten() {
    inFiles.set(1);
    deleteUntilFilesAreLookedAt();
    long covered = deletions.coveredBytes();
    assertThat(covered).isPositive();

    inFiles.set(0);
    deleteUntilFilesAreLookedAt();
    assertThat(deletions.coveredBytes()).isLessThanOrEqualTo(BYTES);
  }

  /** What has yet to become a file is to be merged all the same. */
  @Test
  void thoseInTheMemtableAreToBeMergedStill() {
    deletions.added(++sequenceNumber, BYTES);
    deletions.areToBeMerged();
    while (deletions.haveRoom() && sequenceNumber < RangeDeletions.MOST_IN_MEMTABLE) {
      deletions.added(++sequenceNumber, BYTES);
    }
    assertThat(deletions.isToBeMerged()).isTrue();
  }

  private void deleteUntilFilesAreLookedAt() {
    for (int i = 0; i < 1_024; i++) {
      deletions.added(++sequenceNumber, BYTES);
      deletions.flushed(sequenceNumber);
      assertThat(deletions.haveRoom()).isTrue();
    }
  }
}
