package io.basalt.statebackend.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativePropertyTest {

  @ParameterizedTest
  @EnumSource(RocksDBProperty.class)
  void everyPropertyOfStockHasRocksDbsName(RocksDBProperty property) {
    assertThat(NativeProperty.rocksName(property.name())).isEqualTo(property.getRocksDBProperty());
  }

  @Test
  void theUsersNativeOptionsAreReadByTheNamesOfTheirConstants() {
    RocksDBNativeMetricOptions options = new RocksDBNativeMetricOptions();
    options.enableNumImmutableMemTable();

    assertThat(NativeProperty.rocksNames(options.getProperties()))
        .isEqualTo(List.of("rocksdb.num-immutable-mem-table"));
  }
}
