package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.Arrays;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.StateMigrationException;

/**
 * Rewrites the timers of a table for a serializer that writes other bytes.
 *
 * <p>A timer's bytes are its key, so every entry moves; and the new bytes of one may be the old
 * ones of another. So all old entries are removed before the first new one is written, while the
 * cursor, which was opened before, still shows them. A failure leaves the local table half done:
 * the task fails with it and is restored from its snapshot, which is untouched.
 */
final class TimerMigration {

  private static final byte[] NO_VALUE = {};

  private TimerMigration() {}

  static <T> void rewrite(
      Database database,
      Table table,
      Bounds bounds,
      KeyGroupPrefix prefix,
      RestoredTimers<T> timers) {
    TimerCodec<T> reader = new TimerCodec<>(table.name(), timers.reader());
    TimerCodec<T> writer = new TimerCodec<>(table.name(), timers.serializer());
    try (Cursor cursor = table.cursor(bounds.lowerInclusive(), bounds.upperExclusive());
        Batch batch = database.batch()) {
      try {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          batch.delete(table, cursor.key());
        }
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          byte[] key = cursor.key();
          byte[] keyGroup = Arrays.copyOf(key, prefix.width());
          batch.put(table, writer.write(keyGroup, reader.read(key, prefix.width())), NO_VALUE);
        }
      } catch (RuntimeException | Error e) {
        batch.discard();
        throw e;
      }
    } catch (RuntimeException e) {
      throw new FlinkRuntimeException(
          new StateMigrationException(
              "Could not rewrite the timers '" + table.name() + "' for their new serializer.", e));
    }
  }
}
