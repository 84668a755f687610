package io.basalt.statebackend;

import io.basalt.statebackend.config.BlockCache;
import io.basalt.statebackend.config.CollectionSettings;
import io.basalt.statebackend.config.CompactionFilterSettings;
import io.basalt.statebackend.config.HotTierSettings;
import io.basalt.statebackend.config.MemorySettings;
import io.basalt.statebackend.config.MemtableFilter;
import io.basalt.statebackend.config.RestoreSettings;
import io.basalt.statebackend.config.TableTuning;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/**
 * The options that only Basalt has. All others are Flink's ({@code state.backend.rocksdb.*}) and
 * mean what they mean there.
 */
public final class BasaltOptions {

  /**
   * Whether a restore from a checkpoint or native savepoint reads all of its SST files and checks
   * every block against its checksum before the job starts. Without it a damaged block of data is
   * found when it is first read.
   */
  public static final ConfigOption<Boolean> RESTORE_VERIFY = RestoreSettings.VERIFY;

  /** How much of the heap live entries may take, for all states of a TaskManager together. */
  public static final ConfigOption<MemorySize> HOT_TIER_SIZE = HotTierSettings.SIZE;

  /** Which of RocksDB's block caches is used where memory is shared. */
  public static final ConfigOption<BlockCache> BLOCK_CACHE = MemorySettings.BLOCK_CACHE;

  /** When memtables have a bloom filter of their keys. */
  public static final ConfigOption<MemtableFilter> MEMTABLE_FILTER = TableTuning.MEMTABLE_FILTER;

  /** Whether files of map states that hold little but deletions are compacted at once. */
  public static final ConfigOption<Boolean> MAP_COMPACT_DELETIONS = TableTuning.COMPACT_DELETIONS;

  /** From how many entries on a map is cleared by one range deletion; 0 for never. */
  public static final ConfigOption<Integer> MAP_RANGE_DELETE_FROM =
      CollectionSettings.RANGE_DELETE_ENTRIES;

  /** From which size on a list is warned of, in bytes as serialized; 0 for never. */
  public static final ConfigOption<MemorySize> LIST_WARNING_SIZE =
      CollectionSettings.LIST_WARNING_SIZE;

  /** Up to which size a list can be appended to, in bytes as serialized. */
  public static final ConfigOption<MemorySize> LIST_MAXIMUM_SIZE =
      CollectionSettings.LIST_MAXIMUM_SIZE;

  /** Whether entries that compactions remove because they have expired are counted. */
  public static final ConfigOption<Boolean> METRICS_EXPIRED_ENTRIES =
      CompactionFilterSettings.COUNT_EXPIRED;

  private BasaltOptions() {}
}
