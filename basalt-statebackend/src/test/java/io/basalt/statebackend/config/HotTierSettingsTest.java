package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.junit.jupiter.api.Test;

class HotTierSettingsTest {

  private static final long HEAP = Runtime.getRuntime().maxMemory();

  private final Configuration taskManager = new Configuration();

  @Test
  void aFifthOfTheTaskHeapUnlessItIsSet() {
    taskManager.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(100));

    assertThat(bytes(new Configuration())).isEqualTo(MemorySize.ofMebiBytes(20).getBytes());
  }

  /** As in a cluster in one process, which is told that it has all there is. */
  @Test
  void aFifthOfTheHeapWhereThatIsLess() {
    taskManager.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.MAX_VALUE);

    assertThat(bytes(new Configuration())).isEqualTo(HEAP / 5);
  }

  @Test
  void whatIsSetButNeverMoreThanHalfOfTheHeap() {
    assertThat(bytesOf(MemorySize.ZERO)).isZero();
    assertThat(bytesOf(MemorySize.ofMebiBytes(10))).isEqualTo(10 << 20);
    assertThat(bytesOf(new MemorySize(HEAP))).isEqualTo(HEAP / 2);
    assertThat(bytesOf(MemorySize.parse("1 tb"))).isEqualTo(HEAP / 2);
  }

  private long bytesOf(MemorySize size) {
    Configuration job = new Configuration();
    job.set(HotTierSettings.SIZE, size);
    return bytes(job);
  }

  private long bytes(Configuration job) {
    return HotTierSettings.defaults().read(new SettingReader(job)).bytes(taskManager);
  }
}
