package io.basalt.statebackend.harness;

import io.basalt.statebackend.backend.BasaltKeyedStateBackend;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;

/** What RocksDB begins by itself only late. */
public final class Compaction {

  private Compaction() {}

  /**
   * Compacts a state that is registered and waits for it.
   *
   * @return whether there is anything to compact; nothing on the heap
   */
  public static boolean of(KeyedStateBackend<?> backend, StateDescriptor<?, ?> descriptor)
      throws Exception {
    if (backend instanceof RocksDBKeyedStateBackend<?> stock) {
      stock.compactState(descriptor);
      return true;
    }
    if (backend instanceof BasaltKeyedStateBackend<?> basalt) {
      basalt.compactState(descriptor);
      return true;
    }
    return false;
  }
}
