package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.MemoryBudget.Scope;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;

/** Which memory counts, in stock's order. */
class MemorySettingsTest {

  private static final Configuration PLAIN = new Configuration();
  private static final Configuration WITH_FIXED_SIZE =
      StockConfiguration.configuration("memory.fixed-per-tm", "12mb");

  @Test
  void managedMemoryIsTheDefault() {
    assertThat(StockConfiguration.settings().memory().budget(PLAIN))
        .isEqualTo(
            new MemoryBudget(
                Scope.MANAGED_SLOT,
                null,
                0.5,
                0.1,
                BlockCache.CLOCK,
                IndexPartitions.WHERE_NEEDED));
  }

  @Test
  void managedMemoryBeatsThatOfTheTaskManager() {
    assertThat(StockConfiguration.settings().memory().budget(WITH_FIXED_SIZE).scope())
        .isEqualTo(Scope.MANAGED_SLOT);
  }

  @Test
  void aFixedSizeForTheSlotBeatsManagedMemory() {
    MemoryBudget budget =
        StockConfiguration.settings(
                "memory.fixed-per-slot", "9mb", "memory.write-buffer-ratio", "0.3")
            .memory()
            .budget(WITH_FIXED_SIZE);

    assertThat(budget)
        .isEqualTo(
            new MemoryBudget(
                Scope.FIXED_SLOT,
                MemorySize.ofMebiBytes(9),
                0.3,
                0.1,
                BlockCache.CLOCK,
                IndexPartitions.WHERE_NEEDED));
    assertThat(budget.fixedBytes()).isEqualTo(9 << 20);
    assertThat(budget.scope().isShared()).isTrue();
  }

  @Test
  void memoryOfTheTaskManagerIsDividedAsTheTaskManagerSays() {
    Configuration taskManager =
        StockConfiguration.configuration(
            "memory.fixed-per-tm",
            "12mb",
            "memory.write-buffer-ratio",
            "0.8",
            "memory.partitioned-index-filters",
            "true");

    MemoryBudget budget =
        StockConfiguration.settings("memory.managed", "false", "memory.write-buffer-ratio", "0.2")
            .memory()
            .budget(taskManager);

    assertThat(budget)
        .isEqualTo(
            new MemoryBudget(
                Scope.FIXED_TASK_MANAGER,
                MemorySize.ofMebiBytes(12),
                0.8,
                0.1,
                BlockCache.CLOCK,
                IndexPartitions.ALWAYS));
  }

  @Test
  void memoryOfTheTaskManagerIsNotAJobsToSet() {
    assertThat(
            StockConfiguration.settings("memory.managed", "false", "memory.fixed-per-tm", "12mb")
                .memory()
                .budget(PLAIN)
                .scope())
        .isEqualTo(Scope.UNSHARED);
  }

  @Test
  void withoutAnyOfThemNothingIsShared() {
    MemoryBudget budget =
        StockConfiguration.settings("memory.managed", "false")
            .memory()
            .budget(StockConfiguration.configuration("memory.fixed-per-tm", "0"));

    assertThat(budget.scope()).isEqualTo(Scope.UNSHARED);
    assertThat(budget.scope().isShared()).isFalse();
    assertThatThrownBy(budget::fixedBytes).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aWrongSizeOfTheTaskManagerIsNamed() {
    MemorySettings memory = StockConfiguration.settings("memory.managed", "false").memory();

    assertThatThrownBy(
            () -> memory.budget(StockConfiguration.configuration("memory.fixed-per-tm", "lots")))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll("memory.fixed-per-tm", "'lots'", "a size");
  }

  @Test
  void aProgramsChoiceBeatsTheConfiguration() {
    MemorySettings memory =
        BackendSettings.defaults()
            .withManagedMemory(false)
            .withFixedMemoryPerSlot(MemorySize.ofMebiBytes(5))
            .withWriteBufferRatio(0.25)
            .withHighPriorityPoolRatio(0.35)
            .configured(
                StockConfiguration.configuration(
                    "memory.managed",
                    "true",
                    "memory.fixed-per-slot",
                    "9mb",
                    "memory.write-buffer-ratio",
                    "0.6",
                    "memory.high-prio-pool-ratio",
                    "0.2",
                    "memory.partitioned-index-filters",
                    "true"),
                getClass().getClassLoader())
            .memory();

    assertThat(memory.managed()).isEqualTo(new Setting<>(false, Origin.PROGRAM));
    assertThat(memory.budget(PLAIN))
        .isEqualTo(
            new MemoryBudget(
                Scope.FIXED_SLOT,
                MemorySize.ofMebiBytes(5),
                0.25,
                0.35,
                BlockCache.LRU,
                IndexPartitions.ALWAYS));
  }
}
