package io.basalt.statebackend.hot;

import io.basalt.statebackend.hot.InterleavedTier.Fate;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Short programs of a task and its snapshots, run again and again by Lincheck's model checker,
 * which decides after each access to shared memory which thread goes on: with few switches between
 * threads first, then with more. Whatever the order is, reads give what was put, a snapshot gets
 * what there was at its barrier, and in the end everything is below.
 */
@Timeout(120)
class InterleavingsTest {

  private static final int INTERLEAVINGS = Integer.getInteger("basalt.hot.interleavings", 150);

  /** Steps of a task. */
  @FunctionalInterface
  private interface Program {
    void run(InterleavedTier tier) throws InterruptedException;
  }

  @Test
  void changesWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.remove(2);
          tier.put(3, 31);
          tier.read(1);
        });
  }

  @Test
  void changesInPlaceWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.changeInPlace(1, 11);
          tier.put(2, 20);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 12);
          tier.changeInPlace(1, 13);
          tier.put(2, 21);
          tier.remove(2);
          tier.put(2, 22);
          tier.changeInPlace(2, 23);
          tier.read(1);
        });
  }

  @Test
  void changesInPlaceBetweenTwoSnapshotsAtOnce() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.changeInPlace(1, 12);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 13);
          tier.changeInPlace(1, 14);
          tier.read(1);
        });
  }

  @Test
  void changesInPlaceAfterWritesThatFailed() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.changeInPlace(1, 11);
          tier.snapshot(Fate.FAILED);
          tier.put(1, 12);
          tier.changeInPlace(1, 13);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 14);
          tier.changeInPlace(1, 15);
        });
  }

  @Test
  void evictionsWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.FEW_ENTRIES,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.put(3, 31);
          tier.put(4, 41);
          tier.put(5, 51);
          tier.read(2);
        });
  }

  @Test
  void scansWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.writeDown();
          tier.remove(2);
        });
  }

  @Test
  void anEpochAfterOneThatIsGivenUp() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.GIVEN_UP);
          tier.put(1, 11);
          tier.snapshot(Fate.COMPLETED);
          tier.remove(2);
        });
  }

  @Test
  void anEpochThatIsCancelledWhileItIsWritten() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.snapshot(Fate.CANCELLED);
          tier.put(1, 11);
          tier.writeDown();
        });
  }

  @Test
  void twoSnapshotsAtOnce() {
    explore(
        InterleavedTier.FEW_ENTRIES,
        tier -> {
          tier.put(1, 10);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.put(2, 21);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 12);
          tier.read(2);
        });
  }

  @Test
  void writesThatFailWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.FEW_ENTRIES,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.FAILED);
          tier.put(1, 11);
          tier.put(3, 31);
          tier.put(4, 41);
          tier.put(5, 51);
          tier.read(2);
        });
  }

  @Test
  void theTaskEndsWhileAnEpochIsWritten() {
    explore(
        InterleavedTier.EVERYTHING,
        tier -> {
          tier.put(1, 10);
          tier.put(2, 20);
          tier.snapshot(Fate.COMPLETED);
          tier.put(1, 11);
          tier.close();
        });
  }

  private static void explore(int entries, Program program) {
    try {
      Lincheck.runConcurrentTest(INTERLEAVINGS, () -> run(entries, program));
    } catch (LincheckAssertionError e) {
      if (!String.valueOf(e.getMessage()).contains("has hung")) {
        throw e;
      }
      // Said of what takes long: on a busy machine the first time, when classes are taken apart.
      Lincheck.runConcurrentTest(INTERLEAVINGS, () -> run(entries, program));
    }
  }

  private static void run(int entries, Program program) {
    try {
      InterleavedTier tier = new InterleavedTier(entries);
      program.run(tier);
      tier.settle();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
