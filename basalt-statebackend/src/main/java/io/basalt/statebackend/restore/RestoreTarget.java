package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.AccessPatterns;
import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.BackendStateType;
import org.apache.flink.util.StateMigrationException;

/** The database that a restore fills, and the states found so far. */
final class RestoreTarget {

  private final Database database;
  private final Catalog catalog = new Catalog();
  private final Map<String, StateMetaInfoSnapshot> states = new HashMap<>();

  /**
   * A target with the states that the database has already.
   *
   * @param present one for each table
   */
  RestoreTarget(Database database, List<StateMetaInfoSnapshot> present) {
    this.database = database;
    for (StateMetaInfoSnapshot state : present) {
      Table table = database.find(state.getName());
      if (table == null) {
        throw new IllegalArgumentException(
            "There is no table for state " + StateAgreement.describe(state));
      }
      add(table, state);
    }
  }

  Database database() {
    return database;
  }

  Catalog catalog() {
    return catalog;
  }

  /**
   * The table of a state that some snapshot has; a new one if it is the first to have it.
   *
   * @throws IllegalStateException if the snapshots mean different things by the name
   * @throws StateMigrationException if they have the entries in different formats
   */
  Table tableOf(StateMetaInfoSnapshot state) throws StateMigrationException {
    StateMetaInfoSnapshot known = states.get(state.getName());
    if (known == null) {
      checkKeyed(state);
      Table created = database.createTable(state.getName(), AccessPatterns.of(state));
      add(created, state);
      return created;
    }
    StateMetaInfoSnapshot ofBoth = StateAgreement.ofBoth(known, state);
    if (ofBoth != known) {
      states.put(state.getName(), ofBoth);
      catalog.describeRestored(ofBoth);
    }
    Table table = database.find(state.getName());
    if (table == null) {
      throw new IllegalStateException(
          "The table of state " + StateAgreement.describe(state) + " is gone.");
    }
    return table;
  }

  /** The tables of all states of a snapshot, in its order. */
  List<Table> tablesOf(SnapshotMetadata metadata) throws StateMigrationException {
    List<Table> tables = new ArrayList<>();
    for (StateMetaInfoSnapshot state : metadata.states()) {
      tables.add(tableOf(state));
    }
    return tables;
  }

  /**
   * Deletes every entry whose key group is not in the range. Only where there are any, for a range
   * that was deleted stays in files until RocksDB merges them, and reaches over others' key groups.
   *
   * <p>What is deleted on either side is in files that have nothing else. The next rescale needs
   * none of them, for each is outside of the key groups of whoever deleted; had they something of
   * these as well, they would delete entries of other tasks in a database of several.
   */
  void deleteOutside(
      KeyGroupRange range, int numberOfKeyGroups, KeyGroupPrefix prefix, boolean mergeSoon)
      throws IOException {
    Bounds inside = prefix.bounds(range);
    Bounds all = prefix.bounds(KeyGroupRange.of(0, numberOfKeyGroups - 1));
    if (mergeSoon) {
      database.tables().forEach(Table::mergeDeletedRanges);
    }
    if (range.getStartKeyGroup() > 0) {
      delete(all.lowerInclusive(), inside.lowerInclusive());
    }
    if (range.getEndKeyGroup() < numberOfKeyGroups - 1) {
      delete(inside.upperExclusive(), all.upperExclusive());
    }
  }

  private void delete(byte[] lowerInclusive, byte[] upperExclusive) throws IOException {
    boolean deletes = false;
    for (Table table : database.tables()) {
      if (table.hasFileOf(lowerInclusive, upperExclusive)) {
        table.deleteRange(lowerInclusive, upperExclusive);
        deletes = true;
      }
    }
    if (deletes) {
      database.writeFiles();
    }
  }

  private void add(Table table, StateMetaInfoSnapshot state) {
    checkKeyed(state);
    states.put(state.getName(), state);
    catalog.addRestored(table, state);
  }

  private static void checkKeyed(StateMetaInfoSnapshot state) {
    BackendStateType type = state.getBackendStateType();
    if (type == BackendStateType.OPERATOR || type == BackendStateType.BROADCAST) {
      throw new IllegalStateException(
          "A snapshot of keyed state has an operator state: "
              + StateAgreement.describe(state)
              + ". Its meta data is damaged: restore from another checkpoint or savepoint.");
    }
  }
}
