package io.basalt.statebackend.config;

/** When the index and the filter of a file are cut into partitions that are cached one by one. */
public enum IndexPartitions {
  /** The user wants them. */
  ALWAYS,
  /** The user does not want them. */
  NEVER,
  /** Nobody has said: where whole ones would not fit the block cache. */
  WHERE_NEEDED;

  /**
   * What part of a table's files index and filters are at most, by measurement: 1 % index and 4 %
   * filter where entries are tiny, 2 % together where they have a hundred bytes.
   */
  private static final double PART_OF_FILES = 0.04;

  /**
   * What part of the cache whole ones may take. They are searched faster than partitions (a cached
   * read takes 15 to 20 % less), but one that is not cached is read as a whole for a single key: a
   * thousandfold. So long before the edge.
   */
  private static final double PART_OF_CACHE = 0.5;

  static IndexPartitions of(Setting<Boolean> partitioned) {
    if (!partitioned.isExplicit()) {
      return WHERE_NEEDED;
    }
    return partitioned.value() ? ALWAYS : NEVER;
  }

  /**
   * Whether to cut them.
   *
   * @param cacheBytes what the block cache has for them and for data
   * @param fileBytes how large the files are, or are expected to be
   */
  public boolean areUsed(long cacheBytes, long fileBytes) {
    return switch (this) {
      case ALWAYS -> true;
      case NEVER -> false;
      case WHERE_NEEDED -> fileBytes * PART_OF_FILES > cacheBytes * PART_OF_CACHE;
    };
  }
}
