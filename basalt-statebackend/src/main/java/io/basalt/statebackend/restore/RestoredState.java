package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.store.Database;

/**
 * What a restore gives; all of it is the caller's from then on.
 *
 * @param database open; the caller closes it and deletes its files
 * @param catalog every state of the snapshots in their order, none claimed
 * @param history what later snapshots may refer to
 */
public record RestoredState(Database database, Catalog catalog, SnapshotHistory history) {}
