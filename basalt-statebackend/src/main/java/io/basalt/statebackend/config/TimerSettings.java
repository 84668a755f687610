package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBOptions.TIMER_SERVICE_FACTORY;

import java.io.Serializable;
import java.util.Set;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;

/**
 * Where timers live.
 *
 * @param queue on the heap or in RocksDB
 * @param cacheSize how many timers of each key group are kept on the heap in front of RocksDB
 */
public record TimerSettings(Setting<PriorityQueueStateType> queue, Setting<Integer> cacheSize)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Rule<PriorityQueueStateType> QUEUE =
      Rule.oneOf(PriorityQueueStateType.class, Set.of());

  /** Stock's mark for "not set"; a configuration that says so gets the default. */
  private static final int NOT_SET = -1;

  /**
   * Twice stock's: each time that they run out the next ones are read, which delays a timer for as
   * long as a hundred others take. Of timers that are set once that is one in 256 then.
   */
  private static final int DEFAULT_CACHE_SIZE = 256;

  static TimerSettings defaults() {
    return new TimerSettings(
        Setting.byDefault(TIMER_SERVICE_FACTORY.defaultValue()),
        Setting.byDefault(DEFAULT_CACHE_SIZE));
  }

  /**
   * The same with another queue.
   *
   * @throws IllegalArgumentException if that queue cannot work with what is configured
   */
  TimerSettings withQueue(Setting<PriorityQueueStateType> chosen) {
    if (!isUsable(chosen, cacheSize)) {
      throw new IllegalArgumentException(
          "Timers cannot be in RocksDB where '"
              + ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE.key()
              + "' is "
              + cacheSize.value()
              + ".");
    }
    return new TimerSettings(chosen, cacheSize);
  }

  TimerSettings read(SettingReader reader) {
    Setting<PriorityQueueStateType> chosenQueue = reader.first(queue, TIMER_SERVICE_FACTORY, QUEUE);
    Setting<Integer> chosenSize =
        reader.first(cacheSize, ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE, Rule.COUNT);
    if (chosenSize.value() == NOT_SET) {
      chosenSize = Setting.byDefault(DEFAULT_CACHE_SIZE);
    }
    if (!isUsable(chosenQueue, chosenSize)) {
      throw SettingReader.invalid(
          ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE.key(),
          String.valueOf(chosenSize.value()),
          "a whole number larger than 0, or -1 for the default, where '"
              + TIMER_SERVICE_FACTORY.key()
              + "' is ROCKSDB",
          null);
    }
    return new TimerSettings(chosenQueue, chosenSize);
  }

  /** As in stock a size that nothing uses may be anything. */
  private static boolean isUsable(
      Setting<PriorityQueueStateType> queue, Setting<Integer> cacheSize) {
    return queue.value() == PriorityQueueStateType.HEAP || cacheSize.value() > 0;
  }
}
