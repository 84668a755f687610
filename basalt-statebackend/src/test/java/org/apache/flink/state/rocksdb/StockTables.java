package org.apache.flink.state.rocksdb;

import org.apache.flink.configuration.ConfigOption;

/**
 * Opens what stock keeps to its package, so that tests can hold Basalt's tables equal to it. That
 * is the one reason for a class of ours in this package; it exists in tests only.
 */
public final class StockTables {

  private StockTables() {}

  /** What predefined options give an option in stock. */
  public static <T> T predefined(PredefinedOptions options, ConfigOption<T> option) {
    return options.getValue(option);
  }

  /** RocksDB's name of a property that stock can report. */
  public static String rocksName(Object property) {
    return ((RocksDBProperty) property).getRocksDBProperty();
  }
}
