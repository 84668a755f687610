package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** The user's own options factories. */
class OptionsFactoryLoaderTest {

  @Test
  void isMadeFromItsName() {
    BackendSettings settings =
        StockConfiguration.settings("options-factory", Plain.class.getName());

    assertThat(settings.factory()).isInstanceOf(Plain.class);
    assertThat(settings.optionsFactory().origin()).isEqualTo(Origin.CONFIGURATION);
  }

  @Test
  void isConfigured() {
    BackendSettings settings =
        StockConfiguration.settings(
            "options-factory", Configured.class.getName(), "thread.num", "6");

    assertThat(((Configured) settings.factory()).threads).isEqualTo(6);
  }

  @Test
  void ofAProgramBeatsTheConfigurationAndIsConfigured() {
    BackendSettings settings =
        BackendSettings.defaults()
            .withOptionsFactory(new Configured())
            .configured(
                StockConfiguration.configuration(
                    "options-factory", "no.such.Factory", "thread.num", "6"),
                getClass().getClassLoader());

    assertThat(((Configured) settings.factory()).threads).isEqualTo(6);
    assertThat(settings.optionsFactory().origin()).isEqualTo(Origin.PROGRAM);
  }

  @Test
  void ofBeforeFlinkTwoWorks() {
    BackendSettings settings =
        StockConfiguration.settings(
            "options-factory", OfBeforeFlinkTwo.class.getName(), "thread.num", "6");

    assertThat(((OfBeforeFlinkTwo) settings.factory()).threads).isEqualTo(6);
  }

  @Test
  void mayWithdraw() {
    assertThat(StockConfiguration.settings("options-factory", Withdrawn.class.getName()).factory())
        .isNull();
  }

  @Test
  void comesFromTheGivenClassLoader() {
    ClassLoader knowsNothing = new ClassLoader(null) {};

    assertThatThrownBy(
            () ->
                BackendSettings.defaults()
                    .configured(
                        StockConfiguration.configuration("options-factory", Plain.class.getName()),
                        knowsNothing))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContaining(Plain.class.getName());
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        String.class,
        RocksDBOptionsFactory.class,
        WithParameter.class,
        WithPrivateConstructor.class,
        NotPublic.class,
        FailsToBeMade.class,
        FailsToBeConfigured.class
      })
  void thatCannotBeMadeIsNamed(Class<?> type) {
    assertThatThrownBy(() -> StockConfiguration.settings("options-factory", type.getName()))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll(
            "state.backend.rocksdb.options-factory", "'" + type.getName() + "'", "allowed is");
  }

  @Test
  void whoseConstructorFailsSaysWhy() {
    assertThatThrownBy(
            () -> StockConfiguration.settings("options-factory", FailsToBeMade.class.getName()))
        .hasMessageContaining("out of order")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  /** Leaves the options as they are. */
  public static class Plain implements RocksDBOptionsFactory {
    @Override
    public DBOptions createDBOptions(
        DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }
  }

  /** Remembers what it was configured with. */
  public static class Configured extends Plain implements ConfigurableRocksDBOptionsFactory {
    int threads;

    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      Configured configured = new Configured();
      configured.threads = configuration.get(RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS);
      return configured;
    }
  }

  /** Implements the interface by its old name. */
  @SuppressWarnings("deprecation") // Flink keeps the old name for factories such as this one.
  public static class OfBeforeFlinkTwo extends Plain
      implements org.apache.flink.contrib.streaming.state.ConfigurableRocksDBOptionsFactory {
    int threads;

    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      threads = configuration.get(RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS);
      return this;
    }
  }

  /** Wants nothing after all. */
  public static class Withdrawn extends Plain implements ConfigurableRocksDBOptionsFactory {
    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      return null;
    }
  }

  /** Has no constructor without parameters. */
  public static class WithParameter extends Plain {
    /** Wants a parameter. */
    public WithParameter(int ignored) {}
  }

  /** Keeps its constructor to itself. */
  public static class WithPrivateConstructor extends Plain {
    private WithPrivateConstructor() {}
  }

  static class NotPublic extends Plain {
    public NotPublic() {}
  }

  /** Throws when it is made. */
  public static class FailsToBeMade extends Plain {
    /** Throws. */
    public FailsToBeMade() {
      throw new IllegalStateException("out of order");
    }
  }

  /** Throws when it is configured. */
  public static class FailsToBeConfigured extends Plain
      implements ConfigurableRocksDBOptionsFactory {
    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      throw new IllegalStateException("out of order");
    }
  }
}
