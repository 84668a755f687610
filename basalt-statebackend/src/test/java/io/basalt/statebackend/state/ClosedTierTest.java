package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The task ends, on its thread, while that of a snapshot writes what waits in the tier. */
@Timeout(120)
class ClosedTierTest {

  private static final int ROUNDS = 40;
  private static final int ENTRIES = 20_000;
  private static final int MOST_SPINS = 20_000;

  @TempDir Path temporary;

  /** Where the snapshot goes on nevertheless, as a canonical savepoint may that is under way. */
  @Test
  void whatIsFixedIsAllThatThereWas() throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      try (StateBench<Long> bench =
          new StateBench<>(temporary, LongSerializer.INSTANCE, 1, 64 << 20, null)) {
        ValueState<Long> value =
            bench.state(
                VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, OperatorOfStates.VALUE);
        for (long key = 0; key < ENTRIES; key++) {
          bench.selectKey(key);
          value.update(key);
        }
        AtomicInteger fixed = new AtomicInteger(ENTRIES);
        Epoch epoch = bench.hot().close(() -> fixed.set(entriesBelow(bench.database())));
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(epoch, begun));
        begun.await();
        for (int spin = random.nextInt(MOST_SPINS); spin > 0; spin--) {
          Thread.onSpinWait();
        }
        bench.hot().close();
        writing.join();
        assertThat(fixed).as("Seed %d, %d", seed, round).hasValue(ENTRIES);
      }
    }
  }

  private static void write(Epoch epoch, CountDownLatch begun) {
    begun.countDown();
    try {
      epoch.finish();
    } catch (CancellationException e) {
      // Then nothing is fixed.
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  private static int entriesBelow(Database database) {
    Table table = Objects.requireNonNull(database.find(OperatorOfStates.VALUE.getName()));
    byte[] behindAll = {-1};
    int entries = 0;
    try (ReadView view = database.viewOfHandedOver();
        Cursor cursor = table.cursor(new byte[0], behindAll, view)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        entries++;
      }
    }
    return entries;
  }
}
