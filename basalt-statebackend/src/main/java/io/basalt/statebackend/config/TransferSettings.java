package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.CHECKPOINT_TRANSFER_THREAD_NUM;

import java.io.Serializable;

/**
 * How files move between the local directory and the checkpoint storage.
 *
 * @param threads how many at a time for each keyed backend; see {@link #usesTaskManagerThreads()}
 */
public record TransferSettings(Setting<Integer> threads) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Stock's mark for "not set"; a configuration that says so gets the default, not the pool. */
  private static final int NOT_SET = -1;

  static TransferSettings defaults() {
    return new TransferSettings(Setting.byDefault(CHECKPOINT_TRANSFER_THREAD_NUM.defaultValue()));
  }

  /**
   * Whether files move on the threads of the TaskManager ({@code cluster.io-pool.size}) rather than
   * on threads of the backend's own: -2 or less is configured.
   */
  public boolean usesTaskManagerThreads() {
    return threads.value() < 0;
  }

  /** How many threads a pool of the backend's own has: 1 at least. */
  public int ownThreads() {
    return Math.max(1, threads.value());
  }

  TransferSettings read(SettingReader reader) {
    Setting<Integer> chosen = reader.first(threads, CHECKPOINT_TRANSFER_THREAD_NUM, Rule.COUNT);
    return chosen.value() == NOT_SET ? defaults() : new TransferSettings(chosen);
  }
}
