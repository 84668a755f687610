package io.basalt.statebackend.store;

import io.basalt.statebackend.config.DatabaseSettings;
import java.util.Collection;
import java.util.function.LongSupplier;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * How the databases of one keyed state backend are opened; the same for the live one and for those
 * that a restore opens on the way.
 *
 * @param settings what was configured
 * @param optionsFactory the user's last word on RocksDB's options, if any
 * @param memory the block cache and write-buffer budget of the slot or TaskManager, if memory is
 *     shared; owned by whoever allocated it and outliving every database
 * @param tickers RocksDB's names of the statistics tickers to count; empty keeps statistics, which
 *     cost some percent, off
 * @param expectedBytes how large the files are expected to be at first: what is restored
 * @param clock the time in milliseconds that expiry goes by; called on compaction threads
 * @param postponesCompactions whether those of opened files wait for the first link of files, or
 *     the first flush of what is written later, see {@link PostponedCompactions}
 * @param usersHandles what the options factory has made, of all of these databases together
 */
public record DatabaseSpecification(
    DatabaseSettings settings,
    @Nullable RocksDBOptionsFactory optionsFactory,
    @Nullable MemoryShare memory,
    Collection<String> tickers,
    long expectedBytes,
    LongSupplier clock,
    boolean postponesCompactions,
    UsersHandles usersHandles) {

  /** One whose compactions begin at once. */
  public DatabaseSpecification(
      DatabaseSettings settings,
      @Nullable RocksDBOptionsFactory optionsFactory,
      @Nullable MemoryShare memory,
      Collection<String> tickers,
      long expectedBytes,
      LongSupplier clock) {
    this(
        settings, optionsFactory, memory, tickers, expectedBytes, clock, false, new UsersHandles());
  }

  /** The same for files that are to stay as they are at first. */
  public DatabaseSpecification postponingCompactions() {
    return new DatabaseSpecification(
        settings, optionsFactory, memory, tickers, expectedBytes, clock, true, usersHandles);
  }

  /** Whether files get partitioned indexes and filters where there are so many bytes of them. */
  boolean partitionsIndexes(long fileBytes) {
    return memory != null && memory.usesIndexPartitions(fileBytes);
  }

  /** The same for files of another size. */
  DatabaseSpecification expecting(long fileBytes) {
    return new DatabaseSpecification(
        settings, optionsFactory, memory, tickers, fileBytes, clock, false, usersHandles);
  }
}
