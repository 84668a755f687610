package io.basalt.statebackend.state;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Walks a map that the tier has as a whole, as it is at the first call, or else the table.
 *
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 * @param <T> the type of what is given out
 */
final class SmallMapIterator<U, V, T> implements Iterator<T> {

  private final SmallMaps<?, ?, U, V> maps;
  private final MapPlaces.Place place;
  private final Function<? super Map.Entry<U, V>, T> view;
  private final Supplier<Iterator<T>> overTable;

  private @Nullable SmallMap map;
  private @Nullable Iterator<T> table;
  private @Nullable Entry current;
  private int next;

  SmallMapIterator(
      SmallMaps<?, ?, U, V> maps,
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
    SmallMap whole = maps.whole(place);
    if (whole == null) {
      table = overTable.get();
    } else {
      map = whole.copy();
    }
  }

  private boolean hasNext(SmallMap walked) {
    while (next < walked.size() && walked.isAbsent(next)) {
      next++;
    }
    return next < walked.size();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (table != null) {
      return table.next();
    }
    SmallMap walked = Objects.requireNonNull(map);
    Entry entry =
        new Entry(walked.key(next), walked.isNull(next), walked.value(next), walked.time(next));
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
    maps.remove(place, current.key);
    current.isRemoved = true;
  }

  /** An entry of the map, which writes through. */
  private final class Entry extends MapEntry<U, V> {

    private final long key;
    private boolean isNull;
    private long value;
    private long time;
    private boolean isRemoved;

    Entry(long key, boolean isNull, long value, long time) {
      this.key = key;
      this.isNull = isNull;
      this.value = value;
      this.time = time;
    }

    @Override
    public U getKey() {
      return maps.numbers().userKey(key);
    }

    /** The value as it was when the walk began, or null once removed through the iterator. */
    @Override
    public @Nullable V getValue() {
      return isNull || isRemoved ? null : maps.numbers().value(value, time);
    }

    @Override
    public @Nullable V setValue(@Nullable V newValue) {
      if (isRemoved) {
        throw new IllegalStateException("The entry has been removed by its iterator.");
      }
      V old = getValue();
      long bits = newValue == null ? 0 : maps.numbers().bits(newValue);
      long newTime = newValue == null ? 0 : maps.numbers().time(newValue);
      maps.put(place, key, newValue == null, bits, newTime);
      isNull = newValue == null;
      value = bits;
      time = newTime;
      return old;
    }
  }
}
