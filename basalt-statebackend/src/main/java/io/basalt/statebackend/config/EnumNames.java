package io.basalt.statebackend.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;

/**
 * Reads options whose type is an enum of RocksDB's as names.
 *
 * <p>The type variables keep the enum's class out of our own: this package is loaded where RocksDB
 * is not to be touched, and only {@code store} knows its types.
 */
final class EnumNames {

  private EnumNames() {}

  static <E extends Enum<E>> Setting<String> byDefault(ConfigOption<E> option) {
    return Setting.byDefault(option.defaultValue().name());
  }

  static <E extends Enum<E>> Setting<List<String>> listByDefault(ConfigOption<List<E>> option) {
    return Setting.byDefault(names(option.defaultValue()));
  }

  static <E extends Enum<E>> Setting<String> read(
      SettingReader reader,
      Setting<String> previous,
      ConfigOption<E> option,
      Set<String> unusable) {
    Class<E> type = option.defaultValue().getDeclaringClass();
    Optional<Setting<E>> explicit = reader.explicit(option, Rule.oneOf(type, unusable));
    return explicit
        .map(setting -> new Setting<>(setting.value().name(), setting.origin()))
        .orElse(previous);
  }

  static <E extends Enum<E>> Setting<List<String>> readList(
      SettingReader reader,
      Setting<List<String>> previous,
      ConfigOption<List<E>> option,
      Set<String> unusable) {
    Class<E> type = option.defaultValue().get(0).getDeclaringClass();
    Optional<Setting<List<E>>> explicit = reader.explicit(option, Rule.listOf(type, unusable));
    return explicit
        .map(setting -> new Setting<>(names(setting.value()), setting.origin()))
        .orElse(previous);
  }

  private static <E extends Enum<E>> List<String> names(List<E> constants) {
    return constants.stream().map(Enum::name).toList();
  }
}
