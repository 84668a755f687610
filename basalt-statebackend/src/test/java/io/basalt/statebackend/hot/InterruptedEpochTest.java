package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A checkpoint that is aborted while its changes are being written: its thread is interrupted. */
class InterruptedEpochTest {

  private final Cellar cellar = new Cellar();

  @AfterEach
  void forgetTheInterrupt() {
    Thread.interrupted();
  }

  /** Else the rest would be for the task to write, with the first of its changes that must wait. */
  @Test
  void whatHasBegunIsWrittenToItsEnd() throws InterruptedException {
    HotTier tier =
        new HotTier(
            new Budget(1 << 20).share(), new Interrupting(), 10, ChangesByKey.Limits.DEFAULT);
    HotTable table = tier.table("values");
    for (long key = 0; key < 100; key++) {
      table.put(key, null, 0, 24, (int) key, 0);
    }
    Epoch epoch = tier.close(() -> {});
    epoch.finish();
    assertThat(Thread.interrupted()).isTrue();
    epoch.giveUp();
    assertThat(epoch.isDone()).isTrue();
    assertThat(cellar.contents()).hasSize(100);
  }

  /** Whoever writes is interrupted at the end of the first group. */
  private final class Interrupting implements ChangeWriter {

    private final ChangeWriter writer = cellar.writer(1);

    @Override
    public void begin() {
      writer.begin();
    }

    @Override
    public void beginEpoch() {
      writer.beginEpoch();
    }

    @Override
    public EntryWriter of(HotTable table) {
      return writer.of(table);
    }

    @Override
    public void commit() {
      writer.commit();
      Thread.currentThread().interrupt();
    }

    @Override
    public void discard() {
      writer.discard();
    }
  }
}
