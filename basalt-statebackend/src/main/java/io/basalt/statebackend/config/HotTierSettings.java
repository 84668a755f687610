package io.basalt.statebackend.config;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;
import org.jspecify.annotations.Nullable;

/**
 * How much of the heap live entries may take.
 *
 * @param size for all backends of a TaskManager together; null for a part of the task heap
 */
public record HotTierSettings(@Nullable Setting<MemorySize> size) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** One of so many parts of the task heap, where nothing is set. */
  private static final int PART_OF_HEAP = 5;

  /** One of so many parts of the heap is the most, whatever is set: it is not the tier's alone. */
  private static final int MOST_PART_OF_HEAP = 2;

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<MemorySize> SIZE =
      ConfigOptions.key("state.backend.basalt.hot-tier.size")
          .memoryType()
          .noDefaultValue()
          .withDescription(
              "How much of the TaskManager's heap the entries that were used lately may take, for"
                  + " all states of all its tasks together. By default a fifth of the task heap"
                  + " (taskmanager.memory.task.heap.size), never more than half of the heap. 0: none,"
                  + " every access goes to RocksDB.");

  static HotTierSettings defaults() {
    return new HotTierSettings(null);
  }

  /**
   * These settings completed by a configuration.
   *
   * @throws IllegalConfigurationException if a value cannot be used
   */
  HotTierSettings read(SettingReader reader) {
    return new HotTierSettings(reader.explicit(SIZE, Rule.SIZE).orElse(size));
  }

  /**
   * How many bytes these are in a TaskManager; 0 for no tier.
   *
   * @param taskManager the configuration of the TaskManager
   */
  public long bytes(ReadableConfig taskManager) {
    // A cluster in one process has no more than the heap, whatever it is told.
    long heap = Runtime.getRuntime().maxMemory();
    if (size != null) {
      return Math.min(size.value().getBytes(), heap / MOST_PART_OF_HEAP);
    }
    return taskManager
            .getOptional(TaskManagerOptions.TASK_HEAP_MEMORY)
            .map(configured -> Math.min(heap, configured.getBytes()))
            .orElse(heap)
        / PART_OF_HEAP;
  }
}
