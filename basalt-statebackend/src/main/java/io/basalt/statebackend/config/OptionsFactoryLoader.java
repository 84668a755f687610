package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.OPTIONS_FACTORY;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/** Makes the user's own options factory. */
final class OptionsFactoryLoader {

  private static final Rule<String> CLASS_NAME =
      new Rule<>(
          "the name of a public class that implements "
              + RocksDBOptionsFactory.class.getName()
              + ", has a public constructor without parameters and is on the class path",
          value -> true);

  private OptionsFactoryLoader() {}

  /**
   * The factory that was chosen first, configured with this configuration; a program's factory is
   * configured, too.
   */
  static @Nullable Setting<RocksDBOptionsFactory> first(
      @Nullable Setting<RocksDBOptionsFactory> previous,
      ReadableConfig configuration,
      ClassLoader classLoader) {
    if (previous != null) {
      return configured(previous, configuration, previous.value().getClass().getName());
    }
    SettingReader reader = new SettingReader(configuration);
    Optional<Setting<String>> name = reader.explicit(OPTIONS_FACTORY, CLASS_NAME);
    if (name.isEmpty()) {
      return null;
    }
    RocksDBOptionsFactory factory = instantiate(reader, name.get().value(), classLoader);
    return configured(
        new Setting<>(factory, Origin.CONFIGURATION), configuration, name.get().value());
  }

  private static RocksDBOptionsFactory instantiate(
      SettingReader reader, String name, ClassLoader classLoader) {
    try {
      // The interface's old name, of before Flink 2, is a subtype of today's.
      Class<? extends RocksDBOptionsFactory> type =
          Class.forName(name, false, classLoader).asSubclass(RocksDBOptionsFactory.class);
      if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
        throw reader.invalid(OPTIONS_FACTORY, CLASS_NAME.allowed(), null);
      }
      return type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw SettingReader.invalid(
          OPTIONS_FACTORY.key(),
          name,
          "a class whose constructor succeeds; this one failed with " + e.getCause(),
          e.getCause());
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw reader.invalid(OPTIONS_FACTORY, CLASS_NAME.allowed(), e);
    }
  }

  private static @Nullable Setting<RocksDBOptionsFactory> configured(
      Setting<RocksDBOptionsFactory> factory, ReadableConfig configuration, String name) {
    if (!(factory.value() instanceof ConfigurableRocksDBOptionsFactory configurable)) {
      return factory;
    }
    @Nullable RocksDBOptionsFactory result;
    try {
      result = configurable.configure(configuration);
    } catch (RuntimeException e) {
      throw SettingReader.invalid(
          OPTIONS_FACTORY.key(),
          name,
          "a factory that accepts the configuration; this one failed with " + e,
          e);
    }
    // As in stock, a factory may withdraw.
    return result == null ? null : new Setting<>(result, factory.origin());
  }
}
