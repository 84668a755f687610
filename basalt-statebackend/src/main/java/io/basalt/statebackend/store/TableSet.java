package io.basalt.statebackend.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;

/**
 * The tables of a database in the order of their creation, and what of dropped ones somebody may
 * still read. Task thread, but for {@link #ofAnyThread()} and {@link #with}.
 */
final class TableSet {

  private final Map<String, ColumnFamilyTable> tables = new LinkedHashMap<>();
  private final List<ColumnFamilyTable> dropped = new ArrayList<>();
  private final List<TableOptions> retired = new ArrayList<>();
  private final List<TableOptions> spare = new ArrayList<>();
  private volatile List<Table> ofAnyThread = List.of();

  Table add(ColumnFamilyTable table) {
    tables.put(table.name(), table);
    ofAnyThread = List.copyOf(tables.values());
    return table;
  }

  /** Takes a table that has been dropped out of sight; it stays open until nobody reads. */
  void remove(ColumnFamilyTable table) {
    tables.remove(table.name());
    ofAnyThread = List.copyOf(tables.values());
    dropped.add(table);
  }

  /**
   * Keeps options that a table has no longer: RocksDB's threads may use the compaction filter until
   * the database is closed.
   */
  void retire(TableOptions options) {
    retired.add(options);
  }

  /**
   * Options for a new table. Those of a closed one serve again where no expiry is ever set: queues
   * that come and go with every snapshot would leave theirs behind until the database is closed.
   */
  TableOptions options(DatabaseSpecification specification, AccessPattern pattern) {
    return pattern == AccessPattern.RANGES && !spare.isEmpty()
        ? spare.remove(spare.size() - 1)
        : TableOptions.create(specification, pattern);
  }

  @Nullable ColumnFamilyTable find(String name) {
    return tables.get(name);
  }

  Collection<Table> all() {
    return Collections.unmodifiableCollection(tables.values());
  }

  /** As they were a moment ago. */
  List<Table> ofAnyThread() {
    return ofAnyThread;
  }

  Collection<ColumnFamilyTable> columnFamilies() {
    return tables.values();
  }

  List<ColumnFamilyHandle> handles() {
    return tables.values().stream().map(ColumnFamilyTable::handle).toList();
  }

  /** How each is read, by name. */
  Map<String, AccessPattern> patterns() {
    Map<String, AccessPattern> patterns = new LinkedHashMap<>();
    tables.values().forEach(table -> patterns.put(table.name(), table.pattern()));
    return patterns;
  }

  /** How large the files of all of them are. */
  long fileBytes() {
    return tables.values().stream()
        .mapToLong(t -> t.property("rocksdb.total-sst-files-size"))
        .sum();
  }

  /** With the table of that name, if there is one. Any thread. */
  void with(String columnFamily, Consumer<ColumnFamilyTable> action) {
    for (Table table : ofAnyThread) {
      if (table.name().equals(columnFamily)) {
        action.accept(ColumnFamilyTable.of(table));
      }
    }
  }

  /** Nobody reads any more what was dropped. */
  void closeDropped() {
    for (ColumnFamilyTable table : dropped) {
      table.close();
      // Not those that a restore has had compactions wait with.
      boolean isAsNew =
          table.pattern() == AccessPattern.RANGES && !table.options().disableAutoCompactions();
      (isAsNew ? spare : retired).add(table.tableOptions());
    }
    dropped.clear();
  }

  /** They go on in a database that has been opened again. */
  void reopened(OpenedDatabase opened) {
    for (int i = 1; i < opened.handles().size(); i++) {
      Objects.requireNonNull(tables.get(opened.names().get(i)))
          .reopened(
              opened.rocks(),
              opened.handles().get(i),
              opened.tableOptions().get(i),
              opened.options(),
              opened.cursors());
    }
  }

  void closeAll() {
    tables.values().forEach(ColumnFamilyTable::close);
    closeDropped();
  }

  /** Once the database is closed, and its tables are. */
  void closeOptions() {
    tables.values().forEach(table -> table.tableOptions().close());
    retired.forEach(TableOptions::close);
    spare.forEach(TableOptions::close);
    retired.clear();
    spare.clear();
  }

  void clear() {
    tables.clear();
  }
}
