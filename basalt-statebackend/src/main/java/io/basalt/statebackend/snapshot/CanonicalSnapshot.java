package io.basalt.statebackend.snapshot;

import static org.apache.flink.util.Preconditions.checkNotNull;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.ReadView;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.FullSnapshotResources;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyValueStateIterator;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueStateSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * All states as of one moment, for Flink to write in the canonical format.
 *
 * <p>It reads the database itself, so it holds a lease until it is released, and the database
 * cannot be closed before. Flink releases what it runs, but not what it was given when the task
 * ended in between; therefore the end of the task releases it unless somebody is reading.
 *
 * @param <K> the type of the key
 */
final class CanonicalSnapshot<K> implements FullSnapshotResources<K>, Closeable {

  private enum Phase {
    PREPARED,
    READING,
    RELEASED
  }

  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.PREPARED);
  private final Cancellation cancellation = new Cancellation();
  private final List<StateMetaInfoSnapshot> metaInfos = new ArrayList<>();
  private final List<CanonicalState> states = new ArrayList<>();
  private final Fixed<ReadView> fixed;
  private final TypeSerializer<K> keySerializer;
  private final KeyGroupRange keyGroupRange;
  private final CloseableRegistry taskEnd;
  private StreamCompressionDecorator compression;

  /** While it is being read. */
  private @Nullable ReadView view;

  private CanonicalSnapshot(
      SnapshotSources<K> sources, SnapshotSettings settings, Fixed<ReadView> fixed) {
    this.fixed = fixed;
    // The task goes on to use its own; serializers are not thread-safe.
    this.keySerializer = sources.keySerializer().duplicate();
    this.keyGroupRange = sources.keyGroupRange();
    this.compression = settings.compression();
    this.taskEnd = settings.cancellation();
    for (RegisteredState state : sources.catalog().all()) {
      metaInfos.add(state.metaInfo().snapshot());
      states.add(
          new TableState(
              state.table(),
              state.metaInfo(),
              this::view,
              keyGroupRange,
              sources.keyGroupPrefix(),
              cancellation));
    }
    for (HeapPriorityQueueSnapshotRestoreWrapper<?> queue : sources.heapQueues().get().values()) {
      HeapPriorityQueueStateSnapshot<?> copy = queue.stateSnapshot();
      metaInfos.add(copy.getMetaInfoSnapshot());
      states.add(new QueueState<>(copy, sources.keyGroupPrefix()));
    }
    if (states.size() > Short.MAX_VALUE) {
      throw new IllegalStateException(
          "A savepoint holds at most "
              + Short.MAX_VALUE
              + " states of an operator, but there are "
              + states.size()
              + ".");
    }
  }

  /** Fixes the states, or closes the epoch after which they are. Task thread. */
  static <K> CanonicalSnapshot<K> take(
      SnapshotSources<K> sources, SnapshotSettings settings, LeftEpochs left) throws IOException {
    Fixed<ReadView> fixed = fix(sources, left);
    try {
      CanonicalSnapshot<K> snapshot = new CanonicalSnapshot<>(sources, settings, fixed);
      settings.cancellation().registerCloseable(snapshot);
      return snapshot;
    } catch (IOException | RuntimeException | Error e) {
      // An error, too: a lease that is forgotten would keep the task from ever ending.
      fixed.release();
      throw e;
    }
  }

  private static Fixed<ReadView> fix(SnapshotSources<?> sources, LeftEpochs left)
      throws IOException {
    Database database = sources.database();
    Lease lease = database.lease();
    try {
      if (!sources.epochs().haveChanges()) {
        return Fixed.now(database.view(), ReadView::close, lease);
      }
      database.bufferedWrites().setAside();
      return Fixed.after(
          sources.epochs(), database::viewOfHandedOver, ReadView::close, lease, true, left);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private ReadView view() {
    return checkNotNull(view, "The savepoint is not being read.");
  }

  @Override
  public List<StateMetaInfoSnapshot> getMetaInfoSnapshots() {
    return metaInfos;
  }

  @Override
  public KeyValueStateIterator createKVStateIterator() throws IOException {
    if (!phase.compareAndSet(Phase.PREPARED, Phase.READING)) {
      throw new CancellationException("The savepoint was cancelled before it was written.");
    }
    try {
      view = fixed.get();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted before the savepoint was written.", e);
    } catch (Exception e) {
      throw new IOException(e);
    }
    view.isToBeWalkedOver(states.size() * ReadEntries.mostReaders(states.size()));
    // By now Flink has asked whether anything is compressed, and took any other object for a yes.
    // From here on it asks what to write a key group through.
    if (compression == UncompressedStreamCompressionDecorator.INSTANCE) {
      compression = new WrittenInBlocks();
    }
    return ReadEntries.start(states, keyGroupRange, cancellation);
  }

  @Override
  public KeyGroupRange getKeyGroupRange() {
    return keyGroupRange;
  }

  @Override
  public TypeSerializer<K> getKeySerializer() {
    return keySerializer;
  }

  @Override
  public StreamCompressionDecorator getStreamCompressionDecorator() {
    return compression;
  }

  /** The work has ended or will never begin. */
  @Override
  public void release() {
    if (phase.getAndSet(Phase.RELEASED) != Phase.RELEASED) {
      free();
    }
  }

  /** The task ends: whoever reads stops and releases, and if nobody does it is released here. */
  @Override
  public void close() {
    cancellation.cancel();
    if (phase.compareAndSet(Phase.PREPARED, Phase.RELEASED)) {
      free();
    }
  }

  private void free() {
    taskEnd.unregisterCloseable(this);
    fixed.release();
  }
}
