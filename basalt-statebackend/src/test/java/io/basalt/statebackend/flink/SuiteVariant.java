package io.basalt.statebackend.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.CheckpointStorage;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** One way to set up the backend and the checkpoint storage a published suite runs with. */
record SuiteVariant(boolean incremental, Storage storage, PriorityQueueStateType timers) {

  /** Where checkpoints go. */
  enum Storage {
    JOB_MANAGER {
      @Override
      CheckpointStorage create(Path directory) {
        return new JobManagerCheckpointStorage();
      }
    },
    FILE_SYSTEM {
      // Inline handles up to 20 kB would keep nearly everything of these small tests out of files.
      @Override
      CheckpointStorage create(Path directory) {
        int inlineNothing = 0;
        return new FileSystemCheckpointStorage(directory.toUri(), inlineNothing);
      }
    };

    abstract CheckpointStorage create(Path directory);
  }

  /** Every combination. */
  static List<SuiteVariant> all() {
    List<SuiteVariant> variants = new ArrayList<>();
    for (boolean incremental : new boolean[] {true, false}) {
      for (Storage storage : Storage.values()) {
        for (PriorityQueueStateType timers :
            List.of(PriorityQueueStateType.ROCKSDB, PriorityQueueStateType.HEAP)) {
          variants.add(new SuiteVariant(incremental, storage, timers));
        }
      }
    }
    return variants;
  }

  /** Every combination with timers in RocksDB. */
  static List<SuiteVariant> withTimersInRocksDb() {
    return all().stream()
        .filter(variant -> variant.timers() == PriorityQueueStateType.ROCKSDB)
        .toList();
  }

  /** The configuration of a job that runs with this variant and its working state below a path. */
  Configuration configuration(Path localDirectory) {
    return configuration(incremental, timers, localDirectory);
  }

  static Configuration configuration(
      boolean incremental, PriorityQueueStateType timers, Path localDirectory) {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, incremental);
    configuration.set(RocksDBOptions.TIMER_SERVICE_FACTORY, timers);
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, localDirectory.toString());
    return configuration;
  }

  @Override
  public String toString() {
    return (incremental ? "incremental" : "full") + ", " + storage + ", timers " + timers;
  }
}
