package io.basalt.statebackend.config;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;

/**
 * How large maps and lists are treated.
 *
 * @param rangeDeleteEntries from how many entries on a map is cleared by one range deletion; 0 for
 *     never
 * @param listWarningSize from which size on a list is worth a warning; 0 for none
 * @param listMaximumSize up to which size a list may be appended to
 */
public record CollectionSettings(
    Setting<Integer> rangeDeleteEntries,
    Setting<MemorySize> listWarningSize,
    Setting<MemorySize> listMaximumSize)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * See {@code BasaltOptions}, which is where users find it. A range deletion is looked at by every
   * read of its memtable or file; below some hundred entries single deletions cost less in the end
   * (docs/performance.md, cliffs/large-maps).
   */
  public static final ConfigOption<Integer> RANGE_DELETE_ENTRIES =
      ConfigOptions.key("state.backend.basalt.map.range-delete-from")
          .intType()
          .defaultValue(512)
          .withDescription(
              "From how many entries on a map is cleared by one range deletion rather than one"
                  + " deletion for each entry. 0: never.");

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<MemorySize> LIST_WARNING_SIZE =
      ConfigOptions.key("state.backend.basalt.list.warning-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(256))
          .withDescription(
              "From which size on a single list is warned of in the log, once for each state. 0:"
                  + " never.");

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<MemorySize> LIST_MAXIMUM_SIZE =
      ConfigOptions.key("state.backend.basalt.list.maximum-size")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(1024))
          .withDescription(
              "Up to which size a single list can be appended to, as serialized. An append beyond"
                  + " it fails and leaves the list as it was. Without a limit the list could be"
                  + " appended to but never be read again once it has 2 GB, for no Java array is"
                  + " larger.");

  private static final Rule<Integer> ENTRIES =
      new Rule<>("a whole number, 0 for never", value -> value >= 0);

  private static final Rule<MemorySize> ARRAY_SIZE =
      new Rule<>(
          "a size larger than 0 and below 2 gb",
          value -> value.getBytes() > 0 && value.getBytes() < Integer.MAX_VALUE);

  static CollectionSettings defaults() {
    return new CollectionSettings(
        Setting.byDefault(RANGE_DELETE_ENTRIES.defaultValue()),
        Setting.byDefault(LIST_WARNING_SIZE.defaultValue()),
        Setting.byDefault(LIST_MAXIMUM_SIZE.defaultValue()));
  }

  /**
   * These settings completed by a configuration.
   *
   * @throws IllegalConfigurationException if a value cannot be used
   */
  CollectionSettings read(SettingReader reader) {
    return new CollectionSettings(
        reader.last(rangeDeleteEntries, RANGE_DELETE_ENTRIES, ENTRIES),
        reader.last(listWarningSize, LIST_WARNING_SIZE, Rule.SIZE),
        reader.last(listMaximumSize, LIST_MAXIMUM_SIZE, ARRAY_SIZE));
  }
}
