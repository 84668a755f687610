package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.NumberedNames;
import io.basalt.statebackend.catalog.NumberedNames.Relation;
import io.basalt.statebackend.catalog.SchemaDescription;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.BackendStateType;
import org.apache.flink.util.StateMigrationException;

/**
 * Reads the heads of snapshots and holds the job's key serializer against the first of them: a
 * serializer can be told only once what it comes after. Those of all others must have been written
 * by the same numbers as that one's.
 */
final class MetadataReader<K> {

  private final StateSerializerProvider<K> keySerializer;
  private final ClassLoader userClassLoader;
  private boolean keySerializerChecked;

  MetadataReader(StateSerializerProvider<K> keySerializer, ClassLoader userClassLoader) {
    this.keySerializer = keySerializer;
    this.userClassLoader = userClassLoader;
  }

  /**
   * Reads the head that is a file of its own.
   *
   * @param expected how long it was when it was written
   */
  SnapshotMetadata read(byte[] file, long expected, String origin)
      throws IOException, StateMigrationException {
    ByteArrayInputStream bytes = new ByteArrayInputStream(file);
    SnapshotMetadata head = read(bytes, origin);
    // The file of a database's head holds nothing else.
    int rest = bytes.available();
    if (rest > 0 || file.length != expected) {
      throw new IOException(
          "The meta data of "
              + origin
              + " ends at byte "
              + (file.length - rest)
              + ", but "
              + expected
              + " bytes were written, or more follow. The file is damaged: restore from another"
              + " checkpoint or savepoint.");
    }
    return head;
  }

  /** Reads the head that the stream stands at, and not a byte more. */
  SnapshotMetadata read(InputStream input, String origin)
      throws IOException, StateMigrationException {
    KeyedBackendSerializationProxy<K> head = new KeyedBackendSerializationProxy<>(userClassLoader);
    try {
      head.read(new DataInputViewStreamWrapper(input));
      checkStates(head.getStateMetaInfoSnapshots());
    } catch (EOFException e) {
      throw new IOException(
          "The meta data of "
              + origin
              + " is cut short. The file is damaged: restore from another checkpoint or savepoint.",
          e);
    } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
      // Flink's format has names of classes and lengths of arrays in it: a damaged one is a class
      // that cannot be defined, or more memory than there is.
      throw new IOException(
          "Could not read the meta data of "
              + origin
              + ": "
              + e
              + ". If the job has all classes of its serializers, and this version of Flink reads"
              + " snapshots of the version that wrote it, the file is damaged: restore from another"
              + " checkpoint or savepoint.",
          e);
    }
    checkKeySerializer(head, origin);
    return new SnapshotMetadata(
        List.copyOf(head.getStateMetaInfoSnapshots()), head.isUsingKeyGroupCompression());
  }

  /**
   * A damaged name of an option is one that is not there, and shows only where the option is asked
   * for.
   */
  private static void checkStates(List<StateMetaInfoSnapshot> states) throws IOException {
    for (StateMetaInfoSnapshot state : states) {
      BackendStateType type = state.getBackendStateType();
      if (type == BackendStateType.OPERATOR || type == BackendStateType.BROADCAST) {
        continue;
      }
      try {
        RegisteredKeyValueStateBackendMetaInfo.fromMetaInfoSnapshot(state);
      } catch (RuntimeException e) {
        throw new IOException("what it says of state '" + state.getName() + "' is incomplete", e);
      }
    }
  }

  private void checkKeySerializer(KeyedBackendSerializationProxy<K> head, String origin)
      throws StateMigrationException {
    if (keySerializerChecked) {
      checkNumbersOfKeys(head.getKeySerializerSnapshot(), origin);
      return;
    }
    // Asked for first: once found incompatible, the provider does not give it any more.
    TypeSerializer<K> current = keySerializer.currentSchemaSerializer();
    TypeSerializerSchemaCompatibility<K> compatibility =
        keySerializer.setPreviousSerializerSnapshotForRestoredState(
            head.getKeySerializerSnapshot());
    // Keys cannot be migrated: their bytes decide on key group and order.
    if (compatibility.isCompatibleAfterMigration() || compatibility.isIncompatible()) {
      throw new StateMigrationException(
          "The job's key serializer ("
              + SchemaDescription.of(current)
              + ") must be compatible with the one that "
              + origin
              + " was written with ("
              + SchemaDescription.of(head.getKeySerializerSnapshot())
              + "). Keys cannot be migrated: give the key its old type or serializer back.");
    }
    keySerializerChecked = true;
  }

  /** The serializer writes as the first of them has been written, and adds to that. */
  private void checkNumbersOfKeys(TypeSerializerSnapshot<K> other, String origin)
      throws StateMigrationException {
    TypeSerializerSnapshot<K> now = keySerializer.currentSchemaSerializer().snapshotConfiguration();
    Relation relation = NumberedNames.relation(now, other);
    if (relation != Relation.SAME && relation != Relation.FIRST_HAS_MORE) {
      throw new StateMigrationException(
          "The keys of "
              + origin
              + " have been written with other numbers for the same constants of an enum or"
              + " registered classes ("
              + SchemaDescription.of(other)
              + ") than those of other tasks of the operator (the job's key serializer goes on as "
              + SchemaDescription.of(now)
              + "). One of the tasks began when their order had changed. Restore at the parallelism"
              + " of the snapshot, where each reads its own.");
    }
  }
}
