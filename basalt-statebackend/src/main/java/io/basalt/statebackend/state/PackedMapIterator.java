package io.basalt.statebackend.state;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks a packed map that the tier has as a whole, as it is at the first call, or else the table.
 *
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 * @param <T> the type of what is given out
 */
final class PackedMapIterator<U, V, T> implements Iterator<T> {

  private final PackedMaps<?, ?, U, V> maps;
  private final MapPlaces.Place place;
  private final Function<? super Map.Entry<U, V>, T> view;
  private final Supplier<Iterator<T>> overTable;

  private @Nullable PackedMap map;

  /** Values of entries that are apart, by their place. */
  private Map<Integer, byte[]> apart = Map.of();

  private @Nullable Iterator<T> table;
  private @Nullable Entry current;
  private int next;

  PackedMapIterator(
      PackedMaps<?, ?, U, V> maps,
      MapPlaces.Place place,
      Function<? super Map.Entry<U, V>, T> view,
      Supplier<Iterator<T>> overTable) {
    this.maps = maps;
    this.place = place;
    this.view = view;
    this.overTable = overTable;
  }

  @Override
  public boolean hasNext() {
    if (map == null && table == null) {
      begin();
    }
    return table == null ? hasNext(Objects.requireNonNull(map)) : table.hasNext();
  }

  private void begin() {
    PackedMap whole = maps.whole(place);
    // Before any is read, which may change it.
    PackedMap walked = whole == null ? null : whole.copy();
    Map<Integer, byte[]> values =
        walked == null || !walked.hasApart() ? Map.of() : maps.apart(place, walked);
    if (walked == null || values == null) {
      table = overTable.get();
    } else {
      map = walked;
      apart = values;
    }
  }

  private boolean hasNext(PackedMap walked) {
    while (next < walked.size() && !isThere(walked, next)) {
      next++;
    }
    return next < walked.size();
  }

  private boolean isThere(PackedMap walked, int at) {
    return walked.isApart(at) ? apart.containsKey(at) : !walked.isAbsent(at);
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (table != null) {
      return table.next();
    }
    Entry entry = new Entry(Objects.requireNonNull(map), next);
    next++;
    current = entry;
    return view.apply(entry);
  }

  @Override
  public void remove() {
    if (table != null) {
      table.remove();
      return;
    }
    if (current == null || current.isRemoved) {
      throw new IllegalStateException("There is no entry to remove: call next() first.");
    }
    maps.removeKey(place, current.walked.key(current.at));
    current.isRemoved = true;
  }

  /** An entry of the map, which reads its parts when asked for them and writes through. */
  private final class Entry extends MapEntry<U, V> {

    private final PackedMap walked;
    private final int at;
    private @Nullable U userKey;
    private boolean isKeyRead;
    private @Nullable V userValue;
    private boolean isValueRead;

    /** What has been set; null if it is as the walk has found it. */
    private byte @Nullable [] written;

    private boolean isRemoved;

    Entry(PackedMap walked, int at) {
      this.walked = walked;
      this.at = at;
    }

    @Override
    public @Nullable U getKey() {
      if (!isKeyRead) {
        int begin = walked.begin(at);
        userKey =
            maps.bytes()
                .readKey(walked.bytes(), begin, walked.keyEnd(at) - begin, place.keyGroup());
        isKeyRead = true;
      }
      return userKey;
    }

    /** The value as it was when the walk began, or null once removed through the iterator. */
    @Override
    public @Nullable V getValue() {
      if (isRemoved) {
        return null;
      }
      if (!isValueRead) {
        userValue = readValue();
        isValueRead = true;
      }
      return userValue;
    }

    private @Nullable V readValue() {
      byte[] own = written == null ? apart.get(at) : written;
      return own == null
          ? maps.bytes()
              .readValue(walked.bytes(), walked.keyEnd(at), walked.length(at), place.keyGroup())
          : maps.bytes().readValue(own, 0, own.length, place.keyGroup());
    }

    @Override
    public @Nullable V setValue(@Nullable V value) {
      if (isRemoved) {
        throw new IllegalStateException("The entry has been removed by its iterator.");
      }
      V old = getValue();
      int length = maps.bytes().writeValue(value, place.keyGroup());
      byte[] set = Arrays.copyOf(maps.bytes().value(), length);
      maps.put(place, walked.key(at), set);
      written = set;
      // Read again when asked for: the caller may go on changing the object it has put in.
      userValue = null;
      isValueRead = false;
      return old;
    }
  }
}
