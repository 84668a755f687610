package io.basalt.statebackend.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The names of RocksDB's properties.
 *
 * <p>The user's native metric options name them by the constants of an enum that is internal to
 * Flink's module; its constants are RocksDB's names in another spelling: {@code NumFilesAtLevel0}
 * is {@code rocksdb.num-files-at-level0}.
 */
public final class NativeProperty {

  private NativeProperty() {}

  /** The names of several constants. */
  public static List<String> rocksNames(Collection<? extends Enum<?>> constants) {
    List<String> names = new ArrayList<>(constants.size());
    for (Enum<?> constant : constants) {
      names.add(rocksName(constant.name()));
    }
    return names;
  }

  /** RocksDB's name for the constant of that name. */
  public static String rocksName(String constant) {
    StringBuilder name = new StringBuilder("rocksdb");
    for (int i = 0; i < constant.length(); i++) {
      char c = constant.charAt(i);
      if (Character.isUpperCase(c)) {
        name.append('-');
      }
      name.append(c);
    }
    return name.toString().toLowerCase(Locale.ROOT).replaceFirst("-", ".");
  }
}
