package io.basalt.statebackend.state;

import static org.apache.flink.util.Preconditions.checkNotNull;

import io.basalt.statebackend.layout.ListValue;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A list under a key and namespace, in one entry: appended to without reading it. The merge
 * operator of the table puts the comma between what is there and what is appended.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <E> the type of the elements, never null
 */
final class ListOperations<K, N, E> implements EntryOperations<K, N, List<E>> {

  private final Table table;
  private final @Nullable HotLists hot;
  private final EntryKeys<K, N> keys;
  private final ListValue<E> lists;
  private final ListSizes sizes;

  ListOperations(
      Table table,
      @Nullable HotLists hot,
      EntryKeys<K, N> keys,
      TypeSerializer<E> elementSerializer,
      ListSizes sizes) {
    this.table = table;
    this.hot = hot;
    this.keys = keys;
    this.lists = new ListValue<>(elementSerializer);
    this.sizes = sizes;
  }

  @Override
  public @Nullable List<E> get(K key, int keyGroup, N namespace) {
    byte[] entryKey = keys.write(key, keyGroup, namespace);
    ListBytes list = read(entryKey);
    sizes.note(entryKey, list == null ? 0 : list.length());
    if (list == null) {
      return null;
    }
    try {
      return lists.read(list.array(), list.length());
    } catch (IOException e) {
      throw EntryFailure.reading(table.name(), keyGroup, e);
    }
  }

  /** Replaces the list; an empty one is the same as none. */
  @Override
  public void put(K key, int keyGroup, N namespace, List<E> list) {
    if (list.isEmpty()) {
      remove(key, keyGroup, namespace);
    } else {
      byte[] entryKey = keys.write(key, keyGroup, namespace);
      byte[] bytes = write(list, keyGroup);
      if (hot == null) {
        table.put(entryKey, bytes);
      } else {
        hot.put(entryKey, bytes);
      }
      sizes.note(entryKey, bytes.length);
    }
  }

  @Override
  public void remove(K key, int keyGroup, N namespace) {
    byte[] entryKey = keys.write(key, keyGroup, namespace);
    remove(entryKey);
  }

  /** Appends an element. */
  void append(K key, int keyGroup, N namespace, E element) {
    checkNotNull(element, "You cannot add null to a ListState.");
    byte[] bytes;
    try {
      bytes = lists.write(element);
    } catch (IOException e) {
      throw EntryFailure.writing(table.name(), keyGroup, e);
    }
    append(key, keyGroup, namespace, bytes);
  }

  /** Appends all elements, or none if one of them is null; nothing happens if there are none. */
  void appendAll(K key, int keyGroup, N namespace, List<E> list) {
    if (!list.isEmpty()) {
      append(key, keyGroup, namespace, write(list, keyGroup));
    }
  }

  private void append(K key, int keyGroup, N namespace, byte[] bytes) {
    byte[] entryKey = keys.write(key, keyGroup, namespace);
    if (hot == null || !hot.append(entryKey, bytes)) {
      checkLength(key, keyGroup, namespace, entryKey, bytes.length);
      table.merge(entryKey, bytes);
    }
  }

  private void checkLength(K key, int keyGroup, N namespace, byte[] entryKey, int appendedBytes) {
    long length = sizes.refuses(entryKey, appendedBytes);
    if (length >= 0) {
      throw sizes.tooLong(key, namespace, keyGroup, length, appendedBytes);
    }
  }

  /**
   * Moves the lists of the sources behind that of the target, as bytes.
   *
   * @param sources in the order in which they are appended; null elements are passed over
   */
  void mergeNamespaces(K key, int keyGroup, N target, Collection<? extends @Nullable N> sources) {
    byte[] targetKey = keys.write(key, keyGroup, target);
    for (N source : sources) {
      if (source == null) {
        continue;
      }
      byte[] sourceKey = keys.write(key, keyGroup, source);
      // The target may be among its sources, and then keeps what it has.
      ListBytes list = Arrays.equals(sourceKey, targetKey) ? null : read(sourceKey);
      if (list != null) {
        byte[] bytes = list.toArray();
        if (hot == null || !hot.takes(targetKey, bytes.length)) {
          checkLength(key, keyGroup, target, targetKey, bytes.length);
        }
        if (hot == null || !hot.append(targetKey, bytes)) {
          table.merge(targetKey, bytes);
        }
        // Only then: to append may fail, and what is nowhere cannot be tried again.
        remove(sourceKey);
      }
    }
  }

  private @Nullable ListBytes read(byte[] entryKey) {
    if (hot != null) {
      return hot.get(entryKey);
    }
    byte[] bytes = table.get(entryKey);
    return bytes == null ? null : ListBytes.of(bytes);
  }

  private void remove(byte[] entryKey) {
    if (hot == null) {
      table.delete(entryKey);
    } else {
      hot.remove(entryKey);
    }
    sizes.note(entryKey, 0);
  }

  private byte[] write(List<E> list, int keyGroup) {
    try {
      return lists.write(list);
    } catch (IOException e) {
      throw EntryFailure.writing(table.name(), keyGroup, e);
    }
  }
}
