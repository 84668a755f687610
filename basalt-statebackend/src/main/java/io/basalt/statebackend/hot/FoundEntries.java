package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one table, found by key and namespace. What the last call has found is found again
 * at once, also that there was nothing: an operation that reads and writes looks once. Task thread.
 */
final class FoundEntries {

  private static final int ANY_EPOCH = -1;

  private final Clearings clearings = new Clearings();
  private final EntryIndex index = new EntryIndex(clearings::see);
  private final Consumer<HotEntry> removing;
  private final Runnable asked;

  private @Nullable HotEntry last;
  private @Nullable Object missedKey;
  private @Nullable Object missedNamespace;

  /**
   * Without entries.
   *
   * @param removing takes an entry out that has turned out to be removed by a clearing; calls
   *     {@link #remove}
   * @param asked is told that an entry has been asked for, a few times for each
   */
  FoundEntries(Consumer<HotEntry> removing, Runnable asked) {
    this.removing = removing;
    this.asked = asked;
  }

  /** Finds an entry, which counts as asked for. */
  @Nullable HotEntry find(Object key, @Nullable Object namespace) {
    return find(key, namespace, ANY_EPOCH);
  }

  /**
   * Finds an entry that is to be overwritten, which counts as asked for only if it has been changed
   * in the open epoch: else that saves no write.
   */
  @Nullable HotEntry findToOverwrite(Object key, @Nullable Object namespace, int openEpoch) {
    return find(key, namespace, openEpoch);
  }

  private @Nullable HotEntry find(Object key, @Nullable Object namespace, int counting) {
    HotEntry entry = last;
    if (entry != null && entry.key == key && entry.namespace == namespace) {
      return entry;
    }
    if (missedKey == key && missedNamespace == namespace) {
      return null;
    }
    entry = last(key, namespace);
    if (entry != null && !clearings.isThere(entry)) {
      removing.accept(entry);
      entry = null;
    }
    if (entry == null) {
      missedKey = key;
      missedNamespace = namespace;
      return null;
    }
    if ((counting == ANY_EPOCH || entry.epoch == counting) && entry.visit()) {
      asked.run();
    }
    last = entry;
    return entry;
  }

  /** The same as it is, without counting that; what is found next may be the same. */
  @Nullable HotEntry glance(Object key, @Nullable Object namespace) {
    HotEntry entry = last(key, namespace);
    if (entry == null || !clearings.isThere(entry)) {
      return null;
    }
    last = entry;
    return entry;
  }

  /** By an equal key, that is, which may be another object: it is near, and the index is not. */
  private @Nullable HotEntry last(Object key, @Nullable Object namespace) {
    int hash = hash(key, namespace);
    HotEntry entry = last;
    return entry != null && entry.is(key, namespace, hash)
        ? entry
        : index.find(key, namespace, hash);
  }

  /** The same without any notice, also of one that has been removed by a clearing. */
  @Nullable HotEntry look(Object key, @Nullable Object namespace) {
    return index.find(key, namespace, hash(key, namespace));
  }

  List<HotEntry> all() {
    return index.all();
  }

  /** In how many buckets they are. */
  int buckets() {
    return index.buckets();
  }

  /** Adds those of a bucket to a list. */
  void addTo(List<HotEntry> list, int bucket) {
    index.addTo(list, bucket);
  }

  /** Adds one that was not found, by its {@link #hash}. */
  void add(HotEntry entry) {
    entry.clearing = clearings.number();
    index.add(entry);
    last = entry;
    missedKey = null;
  }

  void remove(HotEntry entry) {
    index.remove(entry);
    if (last == entry) {
      last = null;
    }
  }

  /** One takes the place of another that was just found. */
  void replace(HotEntry entry, HotEntry by) {
    by.clearing = entry.clearing;
    index.replace(entry, by);
    last = by;
  }

  /** Entries of these keys are not found any more; there are no changes, see {@link Clearings}. */
  void clear(Bounds removed) {
    clearings.add(removed);
    index.goRound(Clearings.bucketsToSee(index.buckets()));
    last = null;
  }

  /** There are none any more. */
  void forgetClearings() {
    clearings.forget();
  }

  /** Spreads hashes of small numbers and of those that differ in their upper bits only. */
  static int hash(Object key, @Nullable Object namespace) {
    int hash = ofKey(key) * 31 + (namespace == null ? 0 : namespace.hashCode());
    hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
    hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
    return hash ^ hash >>> 16;
  }

  /**
   * A {@code Long} hashes to its halves, one exclusive or the other: of two small numbers packed
   * into one, as joined identifiers are, there are a thousand in a million, and the index would be
   * a thousand lists.
   */
  private static int ofKey(Object key) {
    return key instanceof Long number
        ? (int) ((number * 0x9E3779B97F4A7C15L) >>> 32)
        : key.hashCode();
  }
}
