package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.InternalPriorityQueue;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues that find timers of an earlier life in the catalog, of either kind. */
class RestoredTimersTest {

  private static final int KEY_GROUPS = 8;
  private static final KeyGroupRange RANGE = new KeyGroupRange(0, KEY_GROUPS - 1);

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private TimerDatabase timers;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    timers = TimerDatabase.open(temporary);
  }

  @AfterEach
  void nothingIsLeftOpen() {
    timers.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @ParameterizedTest
  @EnumSource
  void theTimersAreThereAndOnlyOnce(PriorityQueueStateType kind) throws IOException {
    writeAndRestart("timers", 300);

    KeyGroupedInternalPriorityQueue<TestType> queue =
        queues(kind).create("timers", new TestType.V1TestTypeSerializer());
    assertThat(queue.size()).isEqualTo(300);
    queue.add(element(7));
    assertThat(queue.size()).isEqualTo(300);
    assertThat(polled(queue)).containsExactlyInAnyOrderElementsOf(elements(300));
  }

  @Test
  void onTheHeapTheTableAndItsEntryAreGone() throws IOException {
    writeAndRestart("timers", 300);
    TimerQueues queues = queues(PriorityQueueStateType.HEAP);
    queues.create("timers", new TestType.V1TestTypeSerializer());

    assertThat(timers.database().find("timers")).isNull();
    assertThat(timers.catalog().find("timers")).isNull();
    assertThat(queues.heapQueues()).containsOnlyKeys("timers");
    assertThat(queues.heapQueues().get("timers").getPriorityQueue().size()).isEqualTo(300);
  }

  /** As for a changelog, which takes snapshots of files and writes no timers beside them. */
  @Test
  void timersOfTheHeapAreInTablesForAsLongAsASnapshotTakes() throws IOException {
    TimerQueues onHeap = queues(PriorityQueueStateType.HEAP);
    KeyGroupedInternalPriorityQueue<TestType> queue =
        onHeap.create("timers", new TestType.V1TestTypeSerializer());
    elements(300).forEach(queue::add);
    try (CopiedTimers copies = onHeap.copyIntoTables()) {
      timers.restart();
      assertThat(
              polled(
                  queues(PriorityQueueStateType.ROCKSDB)
                      .create("timers", new TestType.V1TestTypeSerializer())))
          .containsExactlyInAnyOrderElementsOf(elements(300));
    }
    assertThat(timers.database().find("timers")).isNull();
    assertThat(queue.size()).isEqualTo(300);
  }

  @Test
  void inATableTheEntryIsClaimed() throws IOException {
    writeAndRestart("timers", 3);
    assertThat(timers.catalog().find("timers").isClaimed()).isFalse();
    TimerQueues queues = queues(PriorityQueueStateType.ROCKSDB);
    queues.create("timers", new TestType.V1TestTypeSerializer());

    assertThat(timers.catalog().find("timers").isClaimed()).isTrue();
    assertThat(queues.heapQueues()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whatTheJobDoesNotNameStaysATable(PriorityQueueStateType kind) throws IOException {
    KeyGroupedInternalPriorityQueue<TestType> other =
        queues(PriorityQueueStateType.ROCKSDB).create("other", new TestType.V1TestTypeSerializer());
    other.addAll(elements(5));
    writeAndRestart("timers", 5);
    queues(kind).create("timers", new TestType.V1TestTypeSerializer());

    assertThat(timers.keys("other")).hasSize(5);
    assertThat(timers.catalog().metaInfoSnapshots())
        .extracting(StateMetaInfoSnapshot::getName)
        .contains("other");
    timers.catalog().all().forEach(state -> assertThat(state.table()).isNotNull());
    // A snapshot and another life later they are all there.
    timers.restart();
    assertThat(polled(queues(kind).create("other", new TestType.V1TestTypeSerializer())))
        .containsExactlyInAnyOrderElementsOf(elements(5));
  }

  @ParameterizedTest
  @EnumSource
  void aReconfiguredSerializerReadsThem(PriorityQueueStateType kind) throws IOException {
    writeAndRestart("timers", 300);
    assertThat(
            polled(
                queues(kind)
                    .create("timers", new TestType.ReconfigurationRequiringTestTypeSerializer())))
        .containsExactlyInAnyOrderElementsOf(elements(300));
  }

  @ParameterizedTest
  @EnumSource
  void aNewFormatIsMigratedTo(PriorityQueueStateType kind) throws IOException {
    writeAndRestart("timers", 2_000);
    KeyGroupedInternalPriorityQueue<TestType> queue =
        queues(kind).create("timers", new TestType.V2TestTypeSerializer());

    assertThat(queue.size()).isEqualTo(2_000);
    assertThat(queue.remove(element(1_999))).isFalse();
    assertThat(queue.size()).isEqualTo(1_999);
    assertThat(polled(queue)).containsExactlyInAnyOrderElementsOf(elements(1_999));
  }

  @ParameterizedTest
  @EnumSource
  void newBytesMayBeTheOldOnesOfAnotherTimer(PriorityQueueStateType kind) throws IOException {
    KeyGroupedInternalPriorityQueue<MutableElement> before =
        queues(PriorityQueueStateType.ROCKSDB).create("timers", new MutableElement.Serializer(0));
    for (int time = 0; time < 100; time++) {
      before.add(new MutableElement(time, 1));
    }
    timers.restart();
    KeyGroupedInternalPriorityQueue<MutableElement> queue =
        queues(kind).create("timers", new MutableElement.Serializer(1));

    for (int time = 0; time < 100; time++) {
      assertThat(queue.poll().time).isEqualTo(time);
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void anIncompatibleSerializerIsRefusedAndNothingLost(PriorityQueueStateType kind)
      throws IOException {
    writeAndRestart("timers", 10);
    TimerQueues queues = queues(kind);

    assertThatThrownBy(() -> queues.create("timers", new TestType.IncompatibleTestTypeSerializer()))
        .isInstanceOf(FlinkRuntimeException.class)
        .hasCauseInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'timers'");
    assertThat(timers.keys("timers")).hasSize(10);
    assertThat(timers.catalog().find("timers").isClaimed()).isFalse();
    assertThat(queues.heapQueues()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void damagedTimersAreAnErrorThatNamesTheQueue(PriorityQueueStateType kind) throws IOException {
    writeAndRestart("timers", 10);
    Table table = timers.database().find("timers");
    byte[] damaged = {(byte) (KEY_GROUPS - 1), 0, 100, 'x'};
    table.put(damaged, new byte[0]);
    TimerQueues queues = queues(kind);

    assertThatThrownBy(() -> queues.create("timers", new TestType.V2TestTypeSerializer()))
        .isInstanceOf(FlinkRuntimeException.class)
        .hasMessageContaining("'timers'")
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(timers.keys("timers")).hasSize(11);
    assertThat(timers.catalog().find("timers").isClaimed()).isFalse();
    assertThat(queues.heapQueues()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aNameOfAKeyedStateIsRefused(PriorityQueueStateType kind) {
    timers
        .catalog()
        .addRestored(
            timers.database().createTable("taken", AccessPattern.RANGES),
            new RegisteredKeyValueStateBackendMetaInfo<>(
                    StateDescriptor.Type.VALUE,
                    "taken",
                    VoidNamespaceSerializer.INSTANCE,
                    LongSerializer.INSTANCE)
                .snapshot());

    assertThatThrownBy(() -> queues(kind).create("taken", new TestType.V1TestTypeSerializer()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'taken'");
    assertThatThrownBy(() -> queues(kind).create("default", new TestType.V1TestTypeSerializer()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'default'");
  }

  @ParameterizedTest
  @EnumSource
  void aQueueIsCreatedAgainOnlyWhereThatWasAnnounced(PriorityQueueStateType kind) {
    TimerQueues queues = queues(kind);
    KeyGroupedInternalPriorityQueue<TestType> queue =
        queues.create("timers", new TestType.V1TestTypeSerializer(), true);
    queue.addAll(elements(300));

    assertThat(queues.create("timers", new TestType.V2TestTypeSerializer(), false)).isSameAs(queue);
    assertThat(queue.size()).isEqualTo(300);
    queue.add(element(300));
    assertThatThrownBy(() -> queues.create("timers", new TestType.V2TestTypeSerializer(), false))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(polled(queue)).containsExactlyInAnyOrderElementsOf(elements(301));
  }

  @ParameterizedTest
  @EnumSource
  void aSubtaskOfFewerKeyGroupsHasItsOwn(PriorityQueueStateType kind) throws IOException {
    writeAndRestart("timers", 300);
    // What lies outside is cut off before by the restore; here it is there and must not be seen.
    KeyGroupRange part = new KeyGroupRange(2, 4);
    KeyGroupedInternalPriorityQueue<TestType> queue =
        timers.queues(kind, part, KEY_GROUPS).create("timers", new TestType.V1TestTypeSerializer());

    assertThat(polled(queue))
        .containsExactlyInAnyOrderElementsOf(
            elements(300).stream()
                .filter(
                    element ->
                        part.contains(
                            KeyGroupRangeAssignment.assignToKeyGroup(element.getKey(), KEY_GROUPS)))
                .toList());
  }

  private void writeAndRestart(String name, int number) throws IOException {
    TypeSerializer<TestType> serializer = new TestType.V1TestTypeSerializer();
    queues(PriorityQueueStateType.ROCKSDB).create(name, serializer).addAll(elements(number));
    timers.restart();
  }

  private TimerQueues queues(PriorityQueueStateType kind) {
    return timers.queues(kind, RANGE, KEY_GROUPS);
  }

  private static TestType element(int number) {
    return new TestType("key-" + number, number);
  }

  private static List<TestType> elements(int number) {
    List<TestType> elements = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      elements.add(element(i));
    }
    return elements;
  }

  private static List<TestType> polled(InternalPriorityQueue<TestType> queue) {
    List<TestType> polled = new ArrayList<>();
    for (TestType next = queue.poll(); next != null; next = queue.poll()) {
      polled.add(next);
    }
    return polled;
  }
}
