package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.util.ResourceGuard;

/**
 * Keeps a database open until it is closed, see {@link Database#lease()}. May be closed more than
 * once, from any thread.
 */
public final class Lease implements AutoCloseable {

  private final ResourceGuard.Lease lease;
  private final AtomicBoolean closed = new AtomicBoolean();

  Lease(ResourceGuard.Lease lease) {
    this.lease = lease;
    NativeCount.opened(Kind.LEASE);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      // Before the database may go: whoever waits for that finds all counted.
      NativeCount.closed(Kind.LEASE);
      lease.close();
    }
  }
}
