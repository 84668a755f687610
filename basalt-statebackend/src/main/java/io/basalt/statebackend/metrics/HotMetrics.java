package io.basalt.statebackend.metrics;

import io.basalt.statebackend.hot.HotCounters;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.HotTier;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.metrics.MetricGroup;

/**
 * What the hot tier has and does, as gauges that read a field: they are always on, show what was
 * true a moment ago, and stay as they are when the backend is closed.
 */
public final class HotMetrics {

  /** Entries in the last epoch that was written: what a checkpoint had to write. */
  public static final String EPOCH_ENTRIES = "basalt.hot-tier.epoch-entries";

  /** How long that took, in milliseconds, beside the task. */
  public static final String EPOCH_MILLISECONDS = "basalt.hot-tier.epoch-milliseconds";

  /** Of a state: keys and namespaces in the tier. */
  public static final String ENTRIES = "basalt.hot-tier.entries";

  /** Of a state: what they take on the heap. */
  public static final String BYTES = "basalt.hot-tier.bytes";

  /** Of a state: entries that are to be written. */
  public static final String CHANGED = "basalt.hot-tier.changed-entries";

  /** Of a state: reads that found their value in the tier. */
  public static final String HITS = "basalt.hot-tier.hits";

  /** Of a state: reads for which the tier knew that there is nothing. */
  public static final String ABSENT_HITS = "basalt.hot-tier.absent-hits";

  /** Of a state: reads that had to go to RocksDB. */
  public static final String MISSES = "basalt.hot-tier.misses";

  /** Of a state: entries that had to make room for others. */
  public static final String EVICTIONS = "basalt.hot-tier.evictions";

  /** Of a state: changes that went to RocksDB at once, because what is put is not read again. */
  public static final String PASSED_BY = "basalt.hot-tier.passed-by";

  private final MetricGroup group;
  private final HotTier tier;
  private final Set<String> seen = new HashSet<>();

  /** Registers the figures of the whole tier. */
  public HotMetrics(MetricGroup group, HotTier tier) {
    this.group = group;
    this.tier = tier;
    group.gauge(EPOCH_ENTRIES, () -> tier.lastWritten().entries());
    group.gauge(EPOCH_MILLISECONDS, () -> tier.lastWritten().nanos() / 1_000_000);
  }

  /** Registers those of states that are new since the last look. Task thread. */
  public void look() {
    for (HotTable table : tier.tables()) {
      if (seen.add(table.name())) {
        watch(table.name(), table.counters());
      }
    }
  }

  private void watch(String state, HotCounters counters) {
    MetricGroup ofState = group.addGroup(state);
    ofState.gauge(ENTRIES, counters::entries);
    ofState.gauge(BYTES, counters::bytes);
    ofState.gauge(CHANGED, counters::changed);
    ofState.gauge(HITS, counters::hits);
    ofState.gauge(ABSENT_HITS, counters::absentHits);
    ofState.gauge(MISSES, counters::misses);
    ofState.gauge(EVICTIONS, counters::evictions);
    ofState.gauge(PASSED_BY, counters::passedBy);
  }
}
