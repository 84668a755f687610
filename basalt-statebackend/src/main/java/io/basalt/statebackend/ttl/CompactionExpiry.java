package io.basalt.statebackend.ttl;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.config.CompactionFilterSettings;
import io.basalt.statebackend.config.Setting;
import io.basalt.statebackend.store.Expiry;
import java.time.Duration;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.RocksdbCompactFilterCleanupStrategy;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.util.TemporaryClassLoaderContext;
import org.jspecify.annotations.Nullable;

/**
 * Has compactions remove the expired entries of states: as their TTL configuration says, where that
 * says nothing as the options do, and where they say nothing by the time to live.
 *
 * <p>Task thread.
 */
public final class CompactionExpiry {

  /** Between two elements of a list. */
  private static final int DELIMITER_BYTES = 1;

  /**
   * A file without a newer one that overlaps it is compacted when it is as old as its entries may
   * become, so that there is about as much expired as live. More often than once an hour is not
   * worth it, for files are small by then or rewritten anyway; less often than Flink's 30 days is
   * nobody's wish.
   */
  private static final Duration SHORTEST_PERIOD = Duration.ofHours(1);

  private final CompactionFilterSettings settings;

  /** For states that do not say all of it themselves. */
  public CompactionExpiry(CompactionFilterSettings settings) {
    this.settings = settings;
  }

  /**
   * Removes expired entries of a state from now on, by what its latest registration says; none if
   * it does not expire or nobody wants them removed in the background.
   *
   * @param state just registered: what it held before it expired has been migrated, for a
   *     compaction takes whatever stands there for a time
   */
  public void start(StateDescriptor<?, ?> descriptor, RegisteredState state) {
    RegisteredKeyValueStateBackendMetaInfo<?, ?> metaInfo =
        (RegisteredKeyValueStateBackendMetaInfo<?, ?>) state.metaInfo();
    state.table().expire(of(descriptor, metaInfo.getStateSerializer()));
  }

  private @Nullable Expiry of(StateDescriptor<?, ?> descriptor, TypeSerializer<?> serializer) {
    StateTtlConfig configuration = descriptor.getTtlConfig();
    // A state that Flink has not wrapped has no times, whatever its descriptor says.
    if (!configuration.isEnabled()
        || !TtlSerializer.isTtlStateSerializer(serializer)
        || !configuration.getCleanupStrategies().inRocksdbCompactFilter()) {
      return null;
    }
    RocksdbCompactFilterCleanupStrategy strategy =
        configuration.getCleanupStrategies().getRocksdbCompactFilterCleanupStrategy();
    return new Expiry(
        layout(descriptor.getType(), serializer),
        configuration.getTimeToLive(),
        strategy == null
            ? settings.queryTimeAfterEntries().value()
            : strategy.getQueryTimeAfterNumEntries(),
        period(strategy, settings.periodicCompaction(), configuration.getTimeToLive()));
  }

  private static Duration period(
      @Nullable RocksdbCompactFilterCleanupStrategy strategy,
      Setting<Duration> option,
      Duration timeToLive) {
    // A strategy does not tell whether the user named its period or left it at Flink's.
    if (strategy != null && !strategy.getPeriodicCompactionTime().equals(flinksPeriod())) {
      return strategy.getPeriodicCompactionTime();
    }
    if (option.isExplicit()) {
      return option.value();
    }
    Duration longest = flinksPeriod();
    Duration atLeast = timeToLive.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : timeToLive;
    return atLeast.compareTo(longest) > 0 ? longest : atLeast;
  }

  private static Duration flinksPeriod() {
    RocksdbCompactFilterCleanupStrategy unnamed =
        StateTtlConfig.newBuilder(SHORTEST_PERIOD)
            .cleanupInRocksdbCompactFilter(1)
            .build()
            .getCleanupStrategies()
            .getRocksdbCompactFilterCleanupStrategy();
    if (unnamed == null) {
      throw new IllegalStateException("A cleanup strategy that was set is not there.");
    }
    return unnamed.getPeriodicCompactionTime();
  }

  private static Expiry.Layout layout(StateDescriptor.Type kind, TypeSerializer<?> serializer) {
    return switch (kind) {
      case MAP -> new Expiry.MapEntry();
      case LIST -> elements(((ListSerializer<?>) serializer).getElementSerializer());
      default -> new Expiry.SingleValue();
    };
  }

  private static <E> Expiry.Layout elements(TypeSerializer<E> element) {
    if (element.getLength() > 0) {
      return new Expiry.FixedElements(element.getLength() + DELIMITER_BYTES);
    }
    // Never used to read or write, so that duplicating it is safe while the task thread does.
    TypeSerializer<E> pristine = element.duplicate();
    ClassLoader userClasses = Thread.currentThread().getContextClassLoader();
    return new Expiry.Elements(
        () -> {
          try (TemporaryClassLoaderContext unused = TemporaryClassLoaderContext.of(userClasses)) {
            return endsBy(pristine.duplicate(), userClasses);
          }
        });
  }

  /** RocksDB's threads have no class loader of their own, and Kryo asks for it. */
  private static <E> Expiry.ElementEnds endsBy(TypeSerializer<E> own, ClassLoader userClasses) {
    DataInputDeserializer input = new DataInputDeserializer();
    return (list, start) -> {
      input.setBuffer(list, start, list.length - start);
      try (TemporaryClassLoaderContext unused = TemporaryClassLoaderContext.of(userClasses)) {
        // Only to learn how long it is.
        own.deserialize(input);
      }
      return input.getPosition();
    };
  }
}
