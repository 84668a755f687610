package io.basalt.statebackend.store;

import io.basalt.statebackend.store.Expiry.ElementEnds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
  private final Supplier<@Nullable Supplier<ElementEnds>> layout;
  private final AtomicBoolean failureLogged;
  private @Nullable Supplier<ElementEnds> used;
  private @Nullable ElementEnds ends;

  /**
   * A filter for one compaction.
   *
   * @param layout how elements are told apart now, or null if nothing is to be removed
   * @param failureLogged of the table; shared by all of its compactions
   */
  ExpiredElements(
      TableIdentity table,
      Supplier<@Nullable Supplier<ElementEnds>> layout,
      AtomicBoolean failureLogged) {
    this.table = table;
    this.layout = layout;
    this.failureLogged = failureLogged;
  }

  @Override
  public int nextUnexpiredOffset(byte[] list, long timeToLive, long now) {
    try {
      ElementEnds current = ends();
      if (current == null) {
        return KEEP_ALL;
      }
      ByteBuffer times = ByteBuffer.wrap(list);
      int start = 0;
      while (start < list.length && hasExpired(times.getLong(start), timeToLive, now)) {
        start = behind(list, start, current.endOf(list, start));
      }
      return start;
    } catch (Throwable e) {
      // A user's serializer may throw anything, see above.
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

  /** Made here rather than with the filter, for making one is the user's code, too. */
  private @Nullable ElementEnds ends() {
    Supplier<ElementEnds> current = layout.get();
    if (current != used) {
      used = current;
      ends = current == null ? null : current.get();
    }
    return ends;
  }

  /** Where the next element begins: only if this is a list of such elements. */
  private static int behind(byte[] list, int start, int end) throws IOException {
    if (end == list.length) {
      return end;
    }
    if (end < start + Long.BYTES || end > list.length || list[end] != DELIMITER) {
      throw new IOException(
          "The element that begins at byte "
              + start
              + " of "
              + list.length
              + " does not end at "
              + end
              + ", where its serializer says.");
    }
    return end + 1;
  }

  /** As Flink's TTL states see it, who also keep the sum from overflowing. */
  private static boolean hasExpired(long time, long timeToLive, long now) {
    long toLive = time > 0 ? Math.min(Long.MAX_VALUE - time, timeToLive) : timeToLive;
    return time + toLive <= now;
  }
}
