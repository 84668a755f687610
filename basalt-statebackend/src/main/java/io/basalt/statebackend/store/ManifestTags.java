package io.basalt.statebackend.store;

import java.util.Set;

/** What the fields of a manifest's changes are: numbers of RocksDB's format. */
final class ManifestTags {

  static final int COMPARATOR = 1;
  static final int LOG_NUMBER = 2;
  static final int NEXT_FILE_NUMBER = 3;
  static final int LAST_SEQUENCE_NUMBER = 4;
  static final int COMPACTION_CURSOR = 5;
  static final int DELETED_FILE = 6;
  static final int PREVIOUS_LOG_NUMBER = 9;
  static final int LEAST_LOG_NUMBER = 10;
  static final int NEW_FILE = 103;
  static final int TABLE = 200;
  static final int NEW_TABLE = 201;
  static final int DROPPED_TABLE = 202;
  static final int MOST_TABLES = 203;

  /** Changes that belong together: how many of them follow. */
  static final int GROUP = 300;

  /** With this bit a field may be ignored by whoever does not know it. */
  static final int IGNORABLE = 1 << 13;

  /** Blob files of an old version, and history that users' timestamps need. */
  static final Set<Integer> IGNORED_AT_A_LOSS = Set.of(IGNORABLE + 2, IGNORABLE + 3, IGNORABLE + 6);

  /** Of a file: nothing more is said. */
  static final int END_OF_FILE = 1;

  static final int OLDEST_BLOB_FILE = 4;
  static final int EPOCH = 13;

  /** Of a file: with this bit a field must not be ignored. */
  static final int NOT_IGNORABLE_OF_FILE = 1 << 6;

  private ManifestTags() {}
}
