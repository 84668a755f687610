package io.basalt.statebackend.config;

import java.io.Serializable;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * What Basalt chooses for a table beyond stock's options, so that a user can pin it.
 *
 * @param memtableFilter when memtables have a filter
 * @param compactDeletions whether files that are nearly nothing but deletions are compacted early;
 *     tables that ranges are read of only
 */
public record TableTuning(Setting<MemtableFilter> memtableFilter, Setting<Boolean> compactDeletions)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<MemtableFilter> MEMTABLE_FILTER =
      ConfigOptions.key("state.backend.basalt.memtable-filter")
          .enumType(MemtableFilter.class)
          .defaultValue(MemtableFilter.ADAPTIVE)
          .withDescription(
              "When memtables have a bloom filter, which makes reads faster that find nothing there"
                  + " and writes slower by some percent. ADAPTIVE: for a state of whose reads many"
                  + " find nothing, decided again and again while the job runs. Values of an"
                  + " options factory win.");

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<Boolean> COMPACT_DELETIONS =
      ConfigOptions.key("state.backend.basalt.map.compact-deletions")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether a file of a map state in which thousands of deletions lie side by side is"
                  + " compacted as soon as it is written, for every iteration would have to step"
                  + " over them.");

  static TableTuning defaults() {
    return new TableTuning(
        Setting.byDefault(MEMTABLE_FILTER.defaultValue()),
        Setting.byDefault(COMPACT_DELETIONS.defaultValue()));
  }

  TableTuning read(SettingReader reader) {
    return new TableTuning(
        reader.last(memtableFilter, MEMTABLE_FILTER, Rule.oneOf(MemtableFilter.class, Set.of())),
        reader.last(compactDeletions, COMPACT_DELETIONS, Rule.FLAG));
  }
}
