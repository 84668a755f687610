package io.basalt.statebackend.flink;

import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.InternalPriorityQueue;
import org.apache.flink.runtime.state.InternalPriorityQueueTestBase;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flink's suite of ordered queues, on the queue of timers a keyed backend hands out.
 *
 * <p>The queue comes from a whole backend with a real database, not from its own class: what the
 * suite sees is what a timer service gets.
 */
final class TimerQueueSuiteTest extends InternalPriorityQueueTestBase {

  @TempDir private Path localDirectory;

  private KeyedBackendFixture fixture;

  @BeforeEach
  void openFixture() {
    fixture =
        new KeyedBackendFixture(
            BackendUnderTest.ofThisRun()
                .load(
                    SuiteVariant.configuration(
                        true, PriorityQueueStateType.ROCKSDB, localDirectory)));
  }

  @AfterEach
  void closeFixture() throws Exception {
    fixture.close();
  }

  @Override
  protected InternalPriorityQueue<TestElement> newPriorityQueue(int initialCapacity) {
    KeyedStateBackend<Long> keyed =
        fixture.create(
            LongSerializer.INSTANCE, KEY_GROUP_RANGE.getNumberOfKeyGroups(), KEY_GROUP_RANGE);
    return keyed.create("queue", TestElementSerializer.INSTANCE);
  }

  @Override
  protected boolean testSetSemanticsAgainstDuplicateElements() {
    return true;
  }
}
