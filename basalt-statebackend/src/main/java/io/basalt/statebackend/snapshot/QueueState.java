package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueStateSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a heap queue, written as a queue in the database would have them:
 *
 * <pre>
 *   | key group | element |  ->  no bytes
 * </pre>
 *
 * Their order inside a key group is the heap's; restoring inserts them one by one.
 *
 * @param <T> the type of the timers
 */
final class QueueState<T> implements CanonicalState {

  private static final byte[] NO_BYTES = new byte[0];

  private final HeapPriorityQueueStateSnapshot<T> snapshot;
  private final KeyGroupPrefix prefix;

  /** The snapshot is a copy of the queue with a serializer of its own. */
  QueueState(HeapPriorityQueueStateSnapshot<T> snapshot, KeyGroupPrefix prefix) {
    this.snapshot = snapshot;
    this.prefix = prefix;
  }

  @Override
  public Entries open() {
    return new QueueEntries();
  }

  private final class QueueEntries implements Entries {

    private final TypeSerializer<T> serializer = snapshot.getMetaInfo().getElementSerializer();
    private final DataOutputSerializer output = new DataOutputSerializer(64);
    private Iterator<T> elements = Collections.emptyIterator();
    private int keyGroup;
    private byte[] keyGroupBytes = NO_BYTES;

    @Override
    public boolean areOfATable() {
      return false;
    }

    @Override
    public void enter(int keyGroupToEnter, byte @Nullable [] first, byte @Nullable [] end) {
      keyGroup = keyGroupToEnter;
      elements = snapshot.getIteratorForKeyGroup(keyGroup);
      keyGroupBytes = prefix.bytes(keyGroup);
    }

    @Override
    public boolean addNext(int state, EntryChunk chunk) throws IOException {
      if (!elements.hasNext()) {
        return false;
      }
      output.clear();
      output.write(keyGroupBytes);
      serializer.serialize(elements.next(), output);
      chunk.add(keyGroup, state, output.getCopyOfBuffer(), NO_BYTES);
      return true;
    }

    @Override
    public void close() {}
  }
}
