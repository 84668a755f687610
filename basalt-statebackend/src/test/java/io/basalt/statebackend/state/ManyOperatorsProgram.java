package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.timer.TimerQueues;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/**
 * Many operators in a small heap, each with a small tier that most changes pass by, while none of
 * their checkpoints gets on: what they hold back together is many times the heap. Keys come but
 * once, values are of all sizes, timers have long names; in the end everything is what it has to
 * be.
 */
final class ManyOperatorsProgram {

  private static final int OPERATORS = 40;
  private static final int KEY_GROUPS = 4_096;
  private static final int QUEUES = 2;
  private static final long TIER_BYTES = 16 << 10;
  private static final int ROUNDS = 2;
  private static final int CHANGES = 700;
  private static final int LISTS = 3;
  private static final int CHANGES_OF_A_TIMER = 4;

  private final Random random;
  private final List<Operator> operators = new ArrayList<>();

  private ManyOperatorsProgram(long seed) {
    this.random = new Random(seed);
  }

  /**
   * Runs it.
   *
   * @param arguments a directory and a seed
   */
  public static void main(String[] arguments) throws Exception {
    new ManyOperatorsProgram(Long.parseLong(arguments[1])).run(Path.of(arguments[0]));
  }

  private void run(Path directory) throws Exception {
    for (int number = 0; number < OPERATORS; number++) {
      operators.add(
          new Operator(number, Files.createDirectory(directory.resolve("operator-" + number))));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Operator operator : operators) {
        operator.barrier();
      }
      for (int change = 0; change < CHANGES; change++) {
        for (Operator operator : operators) {
          operator.change(round * CHANGES + change, random);
        }
      }
      for (Operator operator : operators) {
        operator.finish();
      }
    }
    for (Operator operator : operators) {
      operator.check();
    }
    for (Operator operator : operators) {
      operator.bench.close();
    }
    System.out.println("everything is there");
  }

  private static byte[] value(int operator, int number) {
    byte[] value = new byte[size(operator, number)];
    Arrays.fill(value, (byte) (operator + number));
    return value;
  }

  /** Mostly some kilobytes, some hardly any, one in a hundred hundreds of them. */
  private static int size(int operator, int number) {
    int hash = Math.floorMod((operator * 31 + number) * 0x9E3779B9, 100);
    return hash == 0 ? 300_000 : hash < 30 ? hash : 200 * hash;
  }

  /** One operator of the job. */
  private static final class Operator {

    private static final ValueStateDescriptor<byte[]> VALUE =
        new ValueStateDescriptor<>("value", BytePrimitiveArraySerializer.INSTANCE);

    private final int number;
    private final StateBench<Long> bench;
    private final ValueState<byte[]> value;
    private final List<ListState<byte[]>> lists = new ArrayList<>();
    private final List<KeyedTimers> queues = new ArrayList<>();
    private final List<Epoch> epochs = new ArrayList<>();
    private int changes;
    private int timers;

    Operator(int number, Path directory) throws Exception {
      this.number = number;
      this.bench =
          new StateBench<>(directory, LongSerializer.INSTANCE, KEY_GROUPS, TIER_BYTES, null);
      this.value = bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, VALUE);
      for (int list = 0; list < LISTS; list++) {
        lists.add(
            bench.state(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ListStateDescriptor<>("list" + list, BytePrimitiveArraySerializer.INSTANCE)));
      }
      TimerQueues created =
          TimerQueues.create(
              PriorityQueueStateType.ROCKSDB,
              bench.database(),
              bench.catalog(),
              KeyGroupRange.of(0, KEY_GROUPS - 1),
              KEY_GROUPS,
              128,
              bench.hot()::keys);
      for (int queue = 0; queue < QUEUES; queue++) {
        queues.add(
            new KeyedTimers(
                created.create(
                    "timers" + queue,
                    new TimerSerializer<>(LongSerializer.INSTANCE, StringSerializer.INSTANCE))));
      }
    }

    /** Its checkpoint has all that it needs, but gets to nothing. */
    void barrier() throws Exception {
      bench.selectKey(-1L);
      value.update(new byte[] {1});
      epochs.add(bench.hot().close(() -> {}));
    }

    void change(int change, Random random) throws Exception {
      bench.selectKey((long) change);
      value.update(value(number, change));
      ListState<byte[]> list = lists.get(change % LISTS);
      list.add(value(number, change + 1));
      list.add(value(number, change + 2));
      if (change % CHANGES_OF_A_TIMER == 0) {
        queues.get(timers % QUEUES).add(change, number, random);
        timers++;
      }
      changes++;
    }

    void finish() throws Exception {
      for (Epoch epoch : epochs) {
        epoch.finish();
      }
      epochs.clear();
    }

    void check() throws Exception {
      for (int change = 0; change < changes; change++) {
        bench.selectKey((long) change);
        require(Arrays.equals(value.value(), value(number, change)), change);
        List<byte[]> found = new ArrayList<>();
        lists.get(change % LISTS).get().forEach(found::add);
        require(found.size() == 2, change);
        require(Arrays.equals(found.get(0), value(number, change + 1)), change);
        require(Arrays.equals(found.get(1), value(number, change + 2)), change);
      }
      for (int queue = 0; queue < QUEUES; queue++) {
        queues.get(queue).check((timers + QUEUES - 1 - queue) / QUEUES);
      }
    }

    private void require(boolean isSo, int change) {
      if (!isSo) {
        throw new AssertionError("Change " + change + " of operator " + number + " is wrong");
      }
    }
  }

  /** A queue of an operator. */
  private record KeyedTimers(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, String>> queue) {

    void add(int change, int operator, Random random) {
      String name = Character.toString('a' + random.nextInt(26));
      queue.add(
          new TimerHeapInternalTimer<>(
              change, (long) change, name.repeat(1 + size(operator, change) / 8)));
    }

    void check(int timers) {
      long last = -1;
      for (int timer = 0; timer < timers; timer++) {
        TimerHeapInternalTimer<Long, String> polled = queue.poll();
        if (polled == null || polled.getTimestamp() <= last) {
          throw new AssertionError("Timer " + timer + " of " + timers + " is " + polled);
        }
        last = polled.getTimestamp();
      }
      if (queue.poll() != null) {
        throw new AssertionError("A timer was left");
      }
    }
  }
}
