package io.basalt.statebackend.state;

import io.basalt.statebackend.config.CollectionSettings;
import io.basalt.statebackend.store.Table;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lists of one state from growing beyond what can ever be read again: no Java array is
 * longer than 2^31 bytes, and RocksDB appends without end.
 *
 * <p>An append must not read, so nobody knows how long the list is. But every few megabytes that
 * are appended, to whatever list, the one that is appended to just then is measured; and a list
 * that turns out to be large is kept account of from then on. For a list to grow from a sixteenth
 * of the limit to the limit without being met it would have to be missed some 240 times running.
 * The distance is random, so that no order of appends can always evade it. Lists that are known
 * from being read need no measuring. Task thread only.
 */
final class ListSizes {

  private static final Logger LOG = LoggerFactory.getLogger(ListSizes.class);

  /**
   * So many that a job has as many large lists on a disk before any is measured again and again.
   */
  private static final int MOST_ACCOUNTS = 1 << 16;

  /** How many distances there may be to the next measurement where that would wait. */
  private static final int MOST_POSTPONED = 16;

  private final Table table;
  private final long warningBytes;
  private final long maximumBytes;
  private final long accountedFrom;
  private final long meanDistance;
  private final SplittableRandom random = new SplittableRandom();
  private final Map<ByteBuffer, Long> large = new LinkedHashMap<>(16, 0.75f, true);
  private long untilMeasured;
  private boolean warned;

  ListSizes(Table table, CollectionSettings settings) {
    this.table = table;
    this.warningBytes = settings.listWarningSize().value().getBytes();
    this.maximumBytes = settings.listMaximumSize().value().getBytes();
    long first = warningBytes == 0 ? maximumBytes : Math.min(warningBytes, maximumBytes);
    this.accountedFrom = first / 16;
    this.meanDistance = Math.max(1, first / 256);
    // The first append after a restore is measured: it may be to a list that is too long already.
    this.untilMeasured = 0;
  }

  /**
   * Before an append.
   *
   * @return the length of the list as it is, if that append is one too many; else -1
   */
  long refuses(byte[] entryKey, int appendedBytes) {
    // With the comma.
    long added = appendedBytes + 1L;
    Long known = large.isEmpty() ? null : large.get(ByteBuffer.wrap(entryKey));
    long length;
    if (known != null) {
      length = known;
    } else {
      untilMeasured -= added;
      if (untilMeasured > 0 || isPostponed()) {
        return -1;
      }
      untilMeasured = random.nextLong(2 * meanDistance) + 1;
      length = table.valueLength(entryKey);
    }
    if (length + added > maximumBytes && known != null) {
      // By the account alone nothing is refused: a compaction may have taken expired elements.
      length = table.valueLength(entryKey);
    }
    if (length + added > maximumBytes) {
      return length;
    }
    note(entryKey, length + added);
    return -1;
  }

  /** While a snapshot is written: to measure a list would wait for that. */
  private boolean isPostponed() {
    return untilMeasured > -MOST_POSTPONED * meanDistance && table.holdsWrites();
  }

  /** The list under the key is known to have that length. */
  void note(byte[] entryKey, long length) {
    if (length < accountedFrom) {
      if (!large.isEmpty()) {
        large.remove(ByteBuffer.wrap(entryKey));
      }
      return;
    }
    large.put(ByteBuffer.wrap(entryKey), length);
    if (large.size() > MOST_ACCOUNTS) {
      large.remove(large.keySet().iterator().next());
    }
    if (warningBytes > 0 && length >= warningBytes && !warned) {
      warned = true;
      LOG.warn(
          "A list of state '{}' has {} bytes. Appends fail from {} bytes on"
              + " (state.backend.basalt.list.maximum-size), for a list of 2 GB cannot be read at"
              + " all. Clear it more often, or keep its elements in a map. Warned of once.",
          table.name(),
          length,
          maximumBytes);
    }
  }

  /** The error about an append that {@link #refuses} was told of. */
  IllegalStateException tooLong(
      @Nullable Object key, @Nullable Object namespace, int keyGroup, long length, int appended) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "The list of state '%s' under key '%s', namespace '%s', in key group %d has %,d bytes:"
                + " %,d more would make it longer than %,d bytes"
                + " (state.backend.basalt.list.maximum-size). Nothing was appended and the list can"
                + " be read. Clear it more often, keep its elements in a map, or set the option"
                + " higher, up to 2 GB: a longer list could never be read again.",
            table.name(),
            abbreviated(key),
            abbreviated(namespace),
            keyGroup,
            length,
            appended,
            maximumBytes));
  }

  private static String abbreviated(@Nullable Object named) {
    String text = String.valueOf(named);
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }
}
