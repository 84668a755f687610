package io.basalt.statebackend.store;

import io.basalt.statebackend.config.ColumnFamilySettings;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.config.MemtableFilter;
import io.basalt.statebackend.config.Origin;
import io.basalt.statebackend.config.Setting;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.TableFormatConfig;

/**
 * The native options of one table, and the one owner of all they refer to.
 *
 * <p>Made in stock's order, which decides who wins: what is configured, then the user's options
 * factory, then what shared memory and Flink's formats demand.
 */
final class TableOptions implements AutoCloseable {

  /** Joins operands with a comma; the name is recorded in every file and must stay stock's. */
  private static final String MERGE_OPERATOR = "stringappendtest";

  private static final String SKIP_LISTS = "SkipListFactory";

  /**
   * By measurement, see docs/cold-path.md: to write takes a quarter less CPU time than with Snappy,
   * and files of small entries are a tenth smaller.
   */
  private static final List<CompressionType> CHOSEN_COMPRESSION =
      List.of(CompressionType.LZ4_COMPRESSION);

  private final NativeOwner owner;
  private final ColumnFamilyOptions options;
  private final ExpiryFilter expiryFilter;
  private final @Nullable MemtableFilterSize adaptiveMemtableFilter;

  private TableOptions(
      NativeOwner owner,
      ColumnFamilyOptions options,
      ExpiryFilter expiryFilter,
      @Nullable MemtableFilterSize adaptiveMemtableFilter) {
    this.owner = owner;
    this.options = options;
    this.expiryFilter = expiryFilter;
    this.adaptiveMemtableFilter = adaptiveMemtableFilter;
  }

  static TableOptions create(DatabaseSpecification specification, AccessPattern pattern) {
    NativeOwner owner = new NativeOwner();
    try {
      DatabaseSettings settings = specification.settings();
      boolean compactsDeletions =
          settings.tuning().compactDeletions().value() && pattern.walksOverDeletions();
      ColumnFamilyOptions configured =
          owner.own(
              compactsDeletions ? DeletionCompaction.newOptions() : new ColumnFamilyOptions());
      apply(settings.columnFamily(), configured);
      TableFormatConfig format =
          TableFormat.create(settings.columnFamily().table(), pattern, owner);
      configured.setTableFormatConfig(format);
      MemtableFilter filter =
          pattern.isFiltered() ? settings.tuning().memtableFilter().value() : MemtableFilter.OFF;
      MemtableFilterSize filterSize =
          MemtableFilterSize.of(settings.columnFamily(), specification.memory());
      filterSize.prepare(configured, filter);
      // Stock sets a period on every table. Here those that expire get one, when that is known.
      configured.setPeriodicCompactionSeconds(0);
      ColumnFamilyOptions options = applyUsersFactory(specification, configured, owner);
      MemoryShare memory = specification.memory();
      if (memory != null) {
        TableFormat.share(
            memory, specification.expectedBytes(), settings.columnFamily().table(), options, owner);
      }
      options.setMergeOperatorName(MERGE_OPERATOR);
      ExpiryFilter expiryFilter = ExpiryFilter.install(options, specification, owner);
      return new TableOptions(
          owner, options, expiryFilter, filterSize.isAdaptive(options, filter) ? filterSize : null);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  private static void apply(ColumnFamilySettings settings, ColumnFamilyOptions options) {
    options
        .setCompactionStyle(CompactionStyle.valueOf(settings.compactionStyle().value()))
        .setLevelCompactionDynamicLevelBytes(settings.dynamicLevelSize().value())
        .setTargetFileSizeBase(settings.targetFileSize().value().getBytes())
        .setMaxBytesForLevelBase(settings.maximumLevelBaseSize().value().getBytes())
        .setWriteBufferSize(settings.writeBufferSize().value().getBytes())
        .setMaxWriteBufferNumber(settings.maximumWriteBuffers().value())
        .setMinWriteBufferNumberToMerge(settings.minimumWriteBuffersToMerge().value());
    options.setCompressionPerLevel(compression(settings.compressionPerLevel()));
  }

  /** Stock has Snappy unless something else is asked for; whoever asks for anything wins. */
  private static List<CompressionType> compression(Setting<List<String>> chosen) {
    return chosen.origin() == Origin.DEFAULT
        ? CHOSEN_COMPRESSION
        : chosen.value().stream().map(CompressionType::valueOf).toList();
  }

  private static ColumnFamilyOptions applyUsersFactory(
      DatabaseSpecification specification, ColumnFamilyOptions options, NativeOwner owner) {
    RocksDBOptionsFactory factory = specification.optionsFactory();
    if (factory == null) {
      return options;
    }
    List<AutoCloseable> handlesToClose = new ArrayList<>();
    try {
      ColumnFamilyOptions users = factory.createColumnOptions(options, handlesToClose);
      return users == options ? options : owner.own(users);
    } finally {
      specification.usersHandles().own(handlesToClose);
    }
  }

  ColumnFamilyOptions columnFamilyOptions() {
    return options;
  }

  /** Whether memtables are RocksDB's own kind, and not one of those that a user may choose. */
  boolean hasSkipLists() {
    return options.memTableFactoryName().equals(SKIP_LISTS);
  }

  /** The filter of compactions; it lets everything pass at first. */
  ExpiryFilter expiryFilter() {
    return expiryFilter;
  }

  /** How large a filter memtables get while it pays; null if that has been decided for good. */
  @Nullable MemtableFilterSize adaptiveMemtableFilter() {
    return adaptiveMemtableFilter;
  }

  @Override
  public void close() {
    owner.close();
  }
}
