package io.basalt.statebackend.restore;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.runtime.state.FullSnapshotUtil;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.util.NonClosingInputStreamDecorator;
import org.xerial.snappy.SnappyFramedInputStream;

/**
 * The stream of a canonical snapshot.
 *
 * <pre>
 *   meta data
 *   each key group that is not empty, at its offset, maybe compressed:
 *     | state | entry | ... | entry | state | entry | ... | entry | FFFF |
 *       2 B
 *   entry:
 *     | length | key | length | value |
 *       4 B            4 B
 *   the key's first bit, which is never used, says that a state or the end follows
 * </pre>
 *
 * <p>Nothing in the stream is believed before it is checked: each key must be of its key group, a
 * length cannot ask for more memory than there are bytes, and the checksums of compressed frames,
 * which Flink's own reader skips, are compared.
 *
 * <p>Any thread, each with an input of its own.
 */
final class CanonicalSnapshot {

  /** An array up to this length is allocated before its bytes are seen. */
  private static final int TRUSTED_LENGTH = 1 << 20;

  private final KeyGroupsStateHandle handle;
  private final String name;
  private final KeyGroupPrefix prefix;
  private final SnapshotMetadata metadata;

  /** Takes entries; state is the position of the state in the meta data. */
  interface Entries {
    void entry(int state, byte[] key, byte[] value) throws IOException;

    /** What comes next is of another state or key group. */
    void endOfState(int state) throws IOException;
  }

  /**
   * A snapshot of which the head has been read.
   *
   * @param metadata what is there
   */
  CanonicalSnapshot(SnapshotHandle snapshot, KeyGroupPrefix prefix, SnapshotMetadata metadata) {
    this.handle = snapshot.canonical();
    this.name = snapshot.name();
    this.prefix = prefix;
    this.metadata = metadata;
  }

  /** About what the key groups take in the stream. */
  long bytesOf(KeyGroupRange range) {
    return HandleBytes.within(handle, range);
  }

  /**
   * Reads all entries of the key groups, which the handle must have.
   *
   * @param input of the stream; stays the caller's to close
   */
  void read(BufferedSnapshotInput input, KeyGroupRange range, Entries entries) throws IOException {
    for (int keyGroup : range) {
      long offset = handle.getOffsetForKeyGroup(keyGroup);
      // No key group starts where the meta data does: 0 says that it has no entries.
      if (offset != 0) {
        readKeyGroup(input, keyGroup, offset, entries);
      }
    }
  }

  private void readKeyGroup(BufferedSnapshotInput input, int keyGroup, long offset, Entries entries)
      throws IOException {
    try {
      input.seek(offset);
      if (metadata.compressed()) {
        try (InputStream plain =
            new SnappyFramedInputStream(new NonClosingInputStreamDecorator(input), true)) {
          readEntries(keyGroup, new DataInputStream(plain), entries);
        }
      } else {
        readEntries(keyGroup, new DataInputStream(input), entries);
      }
    } catch (IOException e) {
      throw new IOException(
          "Could not read key group "
              + keyGroup
              + " at byte "
              + offset
              + " of "
              + name
              + ": "
              + (e instanceof EOFException ? "the stream ends too early" : e.getMessage())
              + ". If the file is damaged, restore from another checkpoint or savepoint; if it is a"
              + " checkpoint of another state backend, take a canonical savepoint instead.",
          e);
    }
  }

  private void readEntries(int keyGroup, DataInputStream data, Entries entries) throws IOException {
    int state = data.readUnsignedShort();
    while (state != FullSnapshotUtil.END_OF_KEY_GROUP_MARK) {
      if (state >= metadata.states().size()) {
        throw new IOException(
            "there is no state " + state + " among the " + metadata.states().size());
      }
      byte[] key = readArray(data);
      byte[] value = readArray(data);
      if (key.length < prefix.width()) {
        throw new IOException("a key of " + key.length + " bytes is too short");
      }
      boolean stateFollows = FullSnapshotUtil.hasMetaDataFollowsFlag(key);
      FullSnapshotUtil.clearMetaDataFollowsFlag(key);
      if (prefix.keyGroup(key) != keyGroup) {
        throw new IOException("there is a key of key group " + prefix.keyGroup(key));
      }
      entries.entry(state, key, value);
      if (stateFollows) {
        entries.endOfState(state);
        state = data.readUnsignedShort();
      }
    }
  }

  private static byte[] readArray(DataInputStream data) throws IOException {
    int length = data.readInt();
    if (length < 0) {
      throw new IOException("a length is negative: " + length);
    }
    if (length <= TRUSTED_LENGTH) {
      byte[] bytes = new byte[length];
      data.readFully(bytes);
      return bytes;
    }
    // Grows as the bytes arrive: a damaged length ends at the end of the file, not of the memory.
    byte[] bytes = data.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }
}
