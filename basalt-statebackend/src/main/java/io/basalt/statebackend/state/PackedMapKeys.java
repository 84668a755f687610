package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a state's packed maps in the tier, and of entries there that stand for themselves, as
 * {@link SmallMapKeys} has those of numbers. Task thread.
 *
 * @param prefixes says what the keys of a map's entries begin with
 */
record PackedMapKeys(MapPlaces.Prefixes prefixes) implements KeyBytes {

  @Override
  public byte[] of(Object key, @Nullable Object namespace, int keyGroup) {
    return namespace == null
        ? ((StoredBytes) key).bytes()
        : prefixes.prefix(key, namespace, keyGroup);
  }

  @Override
  public boolean areOfMaps() {
    return true;
  }

  @Override
  public @Nullable Object emptied(Object map) {
    List<byte[]> absent = ((PackedMap) map).keysIfEmpty();
    return absent == null ? null : absent.toArray(new byte[0][]);
  }

  @Override
  public List<byte[]> removed(byte[] prefix, Object emptied) {
    byte[][] userKeys = (byte[][]) emptied;
    List<byte[]> keys = new ArrayList<>(userKeys.length);
    for (byte[] userKey : userKeys) {
      keys.add(PackedMapChanges.entryKey(prefix, userKey, userKey.length));
    }
    return keys;
  }
}
