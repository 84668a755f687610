package io.basalt.statebackend.harness;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** A backend in one configuration, chosen the way a job chooses it. */
public record Participant(
    Type type,
    PriorityQueueStateType timers,
    boolean incremental,
    boolean compressed,
    List<ConfigOption<Boolean>> switchedOn,
    Map<String, String> settings) {

  /** What {@code state.backend.type} says. */
  public enum Type {
    HEAP("hashmap"),
    STOCK("rocksdb"),
    BASALT("io.basalt.statebackend.BasaltStateBackendFactory");

    private final String option;

    Type(String option) {
      this.option = option;
    }

    public String option() {
      return option;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static final Participant HEAP = of(Type.HEAP);
  public static final Participant STOCK = of(Type.STOCK);
  public static final Participant BASALT = of(Type.BASALT);

  private static Participant of(Type type) {
    return new Participant(type, PriorityQueueStateType.ROCKSDB, true, false, List.of(), Map.of());
  }

  public Participant withTimers(PriorityQueueStateType other) {
    return new Participant(type, other, incremental, compressed, switchedOn, settings);
  }

  public Participant withHeapTimers() {
    return withTimers(PriorityQueueStateType.HEAP);
  }

  public Participant withoutIncremental() {
    return new Participant(type, timers, false, compressed, switchedOn, settings);
  }

  public Participant withCompression() {
    return new Participant(type, timers, incremental, true, switchedOn, settings);
  }

  public Participant with(ConfigOption<Boolean> option) {
    return new Participant(type, timers, incremental, compressed, List.of(option), settings);
  }

  /** With settings that are not worth a mention in the name of a test. */
  public Participant withSettings(Map<String, String> more) {
    return new Participant(type, timers, incremental, compressed, switchedOn, more);
  }

  /** Whether a native snapshot of this backend carries the timers of its keyed backend. */
  public boolean keepsTimersInTables() {
    return type != Type.HEAP && timers == PriorityQueueStateType.ROCKSDB;
  }

  public Configuration configuration(Path localDirectory) {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, type.option());
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, incremental);
    configuration.set(RocksDBOptions.TIMER_SERVICE_FACTORY, timers);
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, localDirectory.toString());
    for (ConfigOption<Boolean> option : switchedOn) {
      configuration.set(option, true);
    }
    settings.forEach(configuration::setString);
    return configuration;
  }

  /** Loads the backend as the JobManager and the tasks do. */
  public static StateBackend load(Configuration configuration) throws Exception {
    return StateBackendLoader.loadStateBackendFromConfig(
        configuration, Participant.class.getClassLoader(), null);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type.toString());
    if (type != Type.HEAP && timers == PriorityQueueStateType.HEAP) {
      text.append(" (heap timers)");
    }
    if (type != Type.HEAP && !incremental) {
      text.append(" (incremental off)");
    }
    if (compressed) {
      text.append(" (compressed)");
    }
    for (ConfigOption<Boolean> option : switchedOn) {
      text.append(" (").append(option.key().replaceFirst(".*\\.", "")).append(')');
    }
    return text.toString();
  }
}
