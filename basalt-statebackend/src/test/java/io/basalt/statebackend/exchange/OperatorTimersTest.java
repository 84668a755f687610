package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Timers of an operator through every kind of snapshot, from and to queues on the heap and in
 * tables. An operator writes timers on the heap itself, into raw keyed state, when its backend says
 * that a snapshot would not hold them; stock does not say so for native savepoints.
 */
class OperatorTimersTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  private static final List<SnapshotType> CANONICAL =
      List.of(
          SavepointType.savepoint(SavepointFormatType.CANONICAL),
          SavepointType.terminate(SavepointFormatType.CANONICAL));

  private static final List<SnapshotType> NATIVE_SAVEPOINTS =
      List.of(
          SavepointType.savepoint(SavepointFormatType.NATIVE),
          SavepointType.suspend(SavepointFormatType.NATIVE),
          SavepointType.terminate(SavepointFormatType.NATIVE));

  private static final List<SnapshotType> CHECKPOINTS =
      List.of(CheckpointType.CHECKPOINT, CheckpointType.FULL_CHECKPOINT);

  /** Who sets the timers, how they are handed over, and who fires them. */
  record HandOver(Participant writer, SnapshotType type, Participant reader) {
    @Override
    public String toString() {
      return describe(writer) + " to " + describe(reader) + ", " + type;
    }

    private static String describe(Participant participant) {
      return participant.type() == Participant.Type.HEAP
          ? participant.toString()
          : participant.type() + " with timers " + participant.timers();
    }
  }

  static List<HandOver> handOversThatKeepTimers() {
    return pairs().filter(handOver -> !losesTimersBecauseOfStock(handOver)).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("handOversThatKeepTimers")
  void everyTimerFires(HandOver handOver) throws Exception {
    try (TimerOperator operator = new TimerOperator(handOver.writer(), workspace)) {
      operator.setTimers();
      assertThat(operator.snapshotAndFire(handOver.type(), handOver.reader()))
          .containsExactlyInAnyOrderElementsOf(TimerOperator.everyTimer());
    }
  }

  static List<HandOver> handOversOfStockThatLoseTimers() {
    return pairs().filter(OperatorTimersTest::losesTimersBecauseOfStock).toList();
  }

  /** What stock does: once one of these fails, stock has been mended and its row moves up. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("handOversOfStockThatLoseTimers")
  void stockLosesEveryTimer(HandOver handOver) throws Exception {
    try (TimerOperator operator = new TimerOperator(handOver.writer(), workspace)) {
      operator.setTimers();
      assertThat(operator.snapshotAndFire(handOver.type(), handOver.reader())).isEmpty();
    }
  }

  private static boolean losesTimersBecauseOfStock(HandOver handOver) {
    if (CANONICAL.contains(handOver.type())) {
      return false;
    }
    boolean stockDoesNotWriteThem =
        NATIVE_SAVEPOINTS.contains(handOver.type()) && isStockWithHeapTimers(handOver.writer());
    boolean stockDoesNotReadThem =
        handOver.writer().keepsTimersInTables() && isStockWithHeapTimers(handOver.reader());
    return stockDoesNotWriteThem || stockDoesNotReadThem;
  }

  private static boolean isStockWithHeapTimers(Participant participant) {
    return participant.type() == Participant.Type.STOCK
        && participant.timers() == PriorityQueueStateType.HEAP;
  }

  private static Stream<HandOver> pairs() {
    List<HandOver> pairs = new ArrayList<>();
    for (PriorityQueueStateType from : PriorityQueueStateType.values()) {
      for (PriorityQueueStateType to : PriorityQueueStateType.values()) {
        Participant basalt = BASALT.withTimers(from);
        Participant stock = STOCK.withTimers(from);
        Stream.of(CHECKPOINTS, NATIVE_SAVEPOINTS, CANONICAL)
            .flatMap(List::stream)
            .forEach(
                type -> {
                  pairs.add(new HandOver(basalt, type, BASALT.withTimers(to)));
                  pairs.add(new HandOver(basalt, type, STOCK.withTimers(to)));
                  pairs.add(new HandOver(stock, type, BASALT.withTimers(to)));
                });
      }
      for (SnapshotType type : CANONICAL) {
        pairs.add(new HandOver(BASALT.withTimers(from), type, HEAP));
        pairs.add(new HandOver(HEAP, type, BASALT.withTimers(from)));
      }
    }
    return pairs.stream();
  }
}
