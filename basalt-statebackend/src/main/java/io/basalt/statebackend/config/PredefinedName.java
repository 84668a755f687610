package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.PREDEFINED_OPTIONS;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.state.rocksdb.PredefinedOptions;

/** The option that names predefined options: a string, so case counts, unlike in enum options. */
final class PredefinedName {

  private static final List<String> NAMES =
      Arrays.stream(PredefinedOptions.values()).map(PredefinedOptions::name).toList();

  private static final Rule<String> RULE =
      new Rule<>("one of " + String.join(", ", NAMES), NAMES::contains);

  private PredefinedName() {}

  /** The one that was chosen first. */
  static Setting<PredefinedOptions> first(
      SettingReader reader, Setting<PredefinedOptions> previous) {
    if (previous.isExplicit()) {
      return previous;
    }
    Optional<Setting<String>> name = reader.explicit(PREDEFINED_OPTIONS, RULE);
    return name.map(
            present -> new Setting<>(PredefinedOptions.valueOf(present.value()), present.origin()))
        .orElse(previous);
  }
}
