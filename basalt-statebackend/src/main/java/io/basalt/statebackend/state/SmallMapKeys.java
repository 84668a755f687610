package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.StoredBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a state's small maps in the tier, and of entries there that stand for themselves. For
 * a map it is what the keys of its entries begin with: whoever looks for keys of the state needs no
 * more. Task thread.
 *
 * @param prefixes says that of a map
 */
record SmallMapKeys(MapPlaces.Prefixes prefixes, NumberEntries<?, ?> numbers) implements KeyBytes {

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
    return ((SmallMap) map).keysIfEmpty();
  }

  @Override
  public List<byte[]> removed(byte[] prefix, Object emptied) {
    long[] userKeys = (long[]) emptied;
    List<byte[]> keys = new ArrayList<>(userKeys.length);
    for (long userKey : userKeys) {
      keys.add(numbers.entryKey(prefix, userKey));
    }
    return keys;
  }
}
