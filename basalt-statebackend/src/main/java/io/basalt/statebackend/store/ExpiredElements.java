package io.basalt.statebackend.store;

import io.basalt.statebackend.store.Expiry.ElementEnds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.rocksdb.FlinkCompactionFilter.ListElementFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the first element of a list that has not expired, where only Java knows how long elements
 * are. RocksDB asks once for a list whose first element has expired, and cuts off what stands
 * before. Belongs to one compaction.
 *
 * <p>Nothing may be thrown from here: it would end the process, in a thread of RocksDB's. A list
 * that cannot be read stays as it is, and the job finds it when it reads it. That may be no fault
 * at all: compactions also see values from before a migration, which a newer one hides.
 */
final class ExpiredElements implements ListElementFilter {

  private static final Logger LOG = LoggerFactory.getLogger(ExpiredElements.class);

  private static final byte DELIMITER = ',';
  private static final int KEEP_ALL = 0;

  private final TableIdentity table;
  private final ElementEnds ends;
  private final AtomicBoolean failureLogged;

  ExpiredElements(TableIdentity table, ElementEnds ends, AtomicBoolean failureLogged) {
    this.table = table;
    this.ends = ends;
    this.failureLogged = failureLogged;
  }

  // A user's serializer may throw anything, see above.
  @SuppressWarnings("CatchingUnchecked")
  @Override
  public int nextUnexpiredOffset(byte[] list, long timeToLive, long now) {
    try {
      ByteBuffer times = ByteBuffer.wrap(list);
      int start = 0;
      while (start < list.length && hasExpired(times.getLong(start), timeToLive, now)) {
        start = behind(list, start, ends.endOf(list, start));
      }
      return start;
    } catch (Exception | LinkageError e) {
      if (failureLogged.compareAndSet(false, true)) {
        LOG.warn(
            "A list of state '{}' in {} could not be read by a compaction and stays as it is, with"
                + " elements that may have expired. Further ones are not logged.",
            table.name(),
            table.directory(),
            e);
      }
      return KEEP_ALL;
    }
  }

  /** Where the next element begins: only if this is a list of such elements. */
  private static int behind(byte[] list, int start, int end) throws IOException {
    if (end == list.length) {
      return end;
    }
    if (end < start + Long.BYTES || end > list.length || list[end] != DELIMITER) {
      throw new IOException(
          "The element that begins at byte %d of %d does not end at %d, where its serializer says."
              .formatted(start, list.length, end));
    }
    return end + 1;
  }

  /** As Flink's TTL states see it, who also keep the sum from overflowing. */
  private static boolean hasExpired(long time, long timeToLive, long now) {
    long toLive = time > 0 ? Math.min(Long.MAX_VALUE - time, timeToLive) : timeToLive;
    return time + toLive <= now;
  }
}
