package io.basalt.statebackend.metrics;

import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.StoreException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One figure of RocksDB. It is unsigned there, hence the big integer, which is stock's type too.
 */
final class NativeGauge implements Gauge<@Nullable BigInteger>, View {

  private static final Logger LOG = LoggerFactory.getLogger(NativeGauge.class);

  private final Database database;
  private final LongSupplier figure;
  private volatile @Nullable BigInteger last;
  private volatile boolean stopped;

  NativeGauge(Database database, LongSupplier figure) {
    this.database = database;
    this.figure = figure;
  }

  @Override
  public @Nullable BigInteger getValue() {
    return last;
  }

  @Override
  public void update() {
    if (stopped) {
      return;
    }
    try (Lease lease = database.lease()) {
      last = new BigInteger(Long.toUnsignedString(figure.getAsLong()));
    } catch (IOException | IllegalStateException e) {
      // The database, or this table of it, is closed: an ordinary end.
      stopped = true;
      LOG.debug("A gauge of RocksDB ends with its database.", e);
    } catch (StoreException e) {
      stopped = true;
      LOG.warn("A gauge of RocksDB cannot be read and is not read again.", e);
    }
  }
}
