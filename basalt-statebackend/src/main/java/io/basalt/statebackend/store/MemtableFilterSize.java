package io.basalt.statebackend.store;

import io.basalt.statebackend.config.ColumnFamilySettings;
import io.basalt.statebackend.config.MemtableFilter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.MutableColumnFamilyOptions;

/**
 * How large the filter of a memtable is.
 *
 * <p>RocksDB takes it from the memtable's own memory as soon as there is a memtable, empty or not,
 * and asks for a part of the write buffer's size, which with shared memory no memtable ever
 * reaches: the write-buffer manager flushes long before. So it is bounded by what the manager has,
 * too, or some states with filters would leave no room for entries.
 *
 * @param partOfWriteBuffer as RocksDB wants it
 */
record MemtableFilterSize(double partOfWriteBuffer) {

  /** Ten bits for each of 800,000 entries, more than a memtable holds. */
  private static final long MOST_BYTES = 1L << 20;

  private static final int PART_OF_SHARED_MEMORY = 32;

  static MemtableFilterSize of(ColumnFamilySettings settings, @Nullable MemoryShare memory) {
    long writeBuffer = settings.writeBufferSize().value().getBytes();
    long available =
        memory == null ? writeBuffer : Math.min(writeBuffer, memory.writeBufferCapacity());
    long bytes = Math.min(MOST_BYTES, available / PART_OF_SHARED_MEMORY);
    return new MemtableFilterSize((double) bytes / writeBuffer);
  }

  /** Before the user's factory, which may change it. */
  void prepare(ColumnFamilyOptions options, MemtableFilter filter) {
    switch (filter) {
      case OFF -> {}
      // Means nothing yet, and is not among what can be changed later.
      case ADAPTIVE -> options.setMemtableWholeKeyFiltering(true);
      case ON ->
          options
              .setMemtableWholeKeyFiltering(true)
              .setMemtablePrefixBloomSizeRatio(partOfWriteBuffer);
    }
  }

  /** Whether the user's factory has left the choice to us. */
  boolean isAdaptive(ColumnFamilyOptions options, MemtableFilter filter) {
    return filter == MemtableFilter.ADAPTIVE
        && options.memtableWholeKeyFiltering()
        && options.memtablePrefixBloomSizeRatio() == 0;
  }

  /** What turns the filters of memtables on or off that are begun from now on. */
  MutableColumnFamilyOptions change(boolean on) {
    return MutableColumnFamilyOptions.builder()
        .setMemtablePrefixBloomSizeRatio(on ? partOfWriteBuffer : 0)
        .build();
  }
}
