package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.Budget;
import io.basalt.statebackend.hot.ChangeWriter;
import io.basalt.statebackend.hot.ChangedKeys;
import io.basalt.statebackend.hot.EntryWriter;
import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.hot.Epochs;
import io.basalt.statebackend.hot.HotKeys;
import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.HotTier;
import io.basalt.statebackend.hot.StoredBytes;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.layout.ExactType;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.WriteGate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * The tier of live entries over the tables of one database, and what joins the two: entries are
 * written into their tables, whoever walks over a table gets all that waits above it, and nothing
 * is written around the tier while a snapshot has yet to fix what was there at its barrier.
 *
 * <p>Task thread, but for {@link #abandon} and the epochs it gives out. Closed before the database.
 *
 * @param <K> the type of the key
 */
public final class HotStates<K> implements Epochs, AutoCloseable {

  private final Database database;
  private final TypeSerializer<K> keySerializer;
  private final KeyGroupPrefix prefix;
  private final CompositeKeyWriter<K> keyWriter;
  private final HotTier tier;
  private final Writer writer;
  private final Map<String, HotTable> tables = new HashMap<>();

  /** Of tables whose entries are found by other than {@link StoredBytes}. */
  private final Map<String, KeyBytes> keyBytes = new HashMap<>();

  /** Tables that also get changes past the tier, in a buffer. */
  private final Set<Table> buffered = new LinkedHashSet<>();

  private final Map<String, HotTable> notes = new HashMap<>();

  /** What is known of tables of values, which holds for whatever registration writes to them. */
  private final Map<String, HighestKeys> highest = new HashMap<>();

  private final Map<String, WindowsBelow> windows = new HashMap<>();

  /** Of the latest registration of each state of maps. */
  private final Map<String, HotMapKeys> mapKeys = new HashMap<>();

  /**
   * A tier without entries.
   *
   * @param share of the memory for all tiers; closed with this one
   */
  public HotStates(
      Database database,
      TypeSerializer<K> keySerializer,
      KeyGroupPrefix prefix,
      Budget.Share share) {
    this.database = database;
    this.keySerializer = keySerializer;
    this.prefix = prefix;
    this.keyWriter = new CompositeKeyWriter<>(keySerializer.duplicate(), prefix);
    this.writer = new Writer();
    this.tier = new HotTier(share, writer);
  }

  /** Figures of all of them together; any thread. */
  public HotTier tier() {
    return tier;
  }

  /** The values of a state, in the tier. */
  <N, V> HotValues<K, N, V> values(StateBinding<K, N, V> binding) {
    HotTable hot = hotTable(binding.table());
    KeyGroupRange keyGroups = binding.context().keyContext().getKeyGroupRange();
    Table table = binding.table();
    HotValues<K, N, V> values =
        new HotValues<>(
            hot,
            table,
            highest.computeIfAbsent(
                table.name(), name -> new HighestKeys(table, prefix, keyGroups)),
            keySerializer,
            binding.entryKeys(),
            binding.valueSerializer(),
            windows.computeIfAbsent(
                table.name(),
                name ->
                    new WindowsBelow(
                        binding.namespaceSerializer(),
                        binding.isNew() ? null : new KeyWalk(table, prefix, keyGroups))));
    writer.use(
        hot, values.writer(keyWriter, binding.valueSerializer().duplicate(), writer.writes()));
    keyBytes.put(hot.name(), values.keyBytes());
    values.keepNotes(tier);
    return values;
  }

  /**
   * The maps of a state, in the tier: their entries, and what keys small ones have.
   *
   * @param expiry when compactions may take entries; null for never
   */
  HotMapKeys maps(Table table, @Nullable MapExpiry expiry) {
    HotTable hot = hotTable(table);
    HotEntries entries = new HotEntries(hot, table, prefix, expiry);
    writer.use(hot, entries.writer(writer.writes()));
    keyBytes.remove(table.name());
    HotTable keys = notes.computeIfAbsent(table.name(), tier::tableOfNotes);
    keys.forgetNotes();
    HotMapKeys known = new HotMapKeys(keys, entries, expiry);
    HotMapKeys before = mapKeys.put(table.name(), known);
    if (before != null) {
      before.outlive();
    }
    return known;
  }

  /**
   * The same where the entries of a map are kept together: if they are numbers, or if user keys are
   * found by their bytes in any case.
   *
   * @param known what {@link #maps} gave
   */
  <N, U, V> @Nullable TierMaps<K, N, U, V> together(
      StateBinding<K, N, Map<U, V>> binding, HotMapKeys known) {
    MapSerializer<U, V> serializer = (MapSerializer<U, V>) binding.valueSerializer();
    NumberEntries<U, V> numbers =
        NumberEntries.of(serializer.getKeySerializer(), serializer.getValueSerializer());
    if (numbers != null) {
      return smallMaps(binding, known, numbers);
    }
    return ExactType.of(serializer.getKeySerializer()) == null
        ? packedMaps(binding, known, serializer)
        : null;
  }

  private <N, U, V> SmallMaps<K, N, U, V> smallMaps(
      StateBinding<K, N, Map<U, V>> binding, HotMapKeys known, NumberEntries<U, V> numbers) {
    Table table = binding.table();
    HotTable hot = hotTable(table);
    SmallMapPlaces<K, N> places =
        new SmallMapPlaces<>(
            new StoredKeys<>(keySerializer, binding.entryKeys()), binding.entryKeys(), numbers);
    keyBytes.put(table.name(), places.keyBytes());
    writer.use(
        hot,
        places.writer(known.entries().writer(writer.writes()), keyWriter, table, writer.writes()));
    return new SmallMaps<>(hot, known, table, places, numbers);
  }

  private <N, U, V> PackedMaps<K, N, U, V> packedMaps(
      StateBinding<K, N, Map<U, V>> binding, HotMapKeys known, MapSerializer<U, V> serializer) {
    Table table = binding.table();
    HotTable hot = hotTable(table);
    MapPlaces<K, N> places =
        new MapPlaces<>(new StoredKeys<>(keySerializer, binding.entryKeys()), binding.entryKeys());
    keyBytes.put(table.name(), new PackedMapKeys(places::prefix));
    writer.use(
        hot,
        new PackedMapWriter(
            places.prefixes(keyWriter),
            known.entries().writer(writer.writes()),
            table,
            writer.writes()));
    return new PackedMaps<>(
        hot,
        known,
        table,
        places,
        new MapEntryBytes<>(
            table.name(), serializer.getKeySerializer(), serializer.getValueSerializer()));
  }

  /**
   * The lists of a state, in the tier.
   *
   * @param sizes is told of lists that become long
   * @param maximumBytes how long a list may become
   */
  HotLists lists(Table table, ListSizes sizes, long maximumBytes) {
    HotTable hot = hotTable(table);
    HotLists lists = new HotLists(hot, table, prefix, sizes, maximumBytes);
    writer.use(hot, lists.writer(writer.writes()));
    return lists;
  }

  /** The keys of a table whose values are empty, in the tier, none of them known. */
  public HotKeys keys(Table table) {
    HotTable hot = hotTable(table);
    writer.use(hot, new WrittenKeys(table, writer.writes()));
    // A key is never both there and in the buffer above the table.
    buffered.remove(table);
    return new HotKeys(tier, hot);
  }

  /**
   * Walks over a table's keys as of now, with what is changed in the tier. The caller closes it.
   */
  EntryWalk walk(Table table, Bounds bounds) {
    HotTable hot = tables.get(table.name());
    KeyBytes bytes = keyBytes.getOrDefault(table.name(), HotStates::bytesOfStored);
    table.handOverBuffered();
    ChangedKeys changed = hot == null ? ChangedKeys.NONE : changed(hot, bytes);
    // Opened after they were taken: the snapshot's thread may be writing some of them.
    Cursor cursor = table.cursor(bounds.lowerInclusive(), bounds.upperExclusive(), null);
    try {
      cursor.seekToFirst();
      EntryWalk below = EntryWalk.of(cursor);
      return changed.areNone() ? below : new WalkWithChanges(below, changed, bytes);
    } catch (RuntimeException | Error e) {
      cursor.close();
      throw e;
    }
  }

  /** Whether all of a table could be read only when a checkpoint is written. */
  boolean waitsForEpoch(Table table) {
    HotTable hot = tables.get(table.name());
    return table.holdsWrites() || (hot != null && hot.waitsForEpoch());
  }

  private static ChangedKeys changed(HotTable hot, KeyBytes bytes) {
    return bytes.areOfMaps() ? hot.changes().keys(bytes::emptied) : hot.changes().keys();
  }

  private static byte[] bytesOfStored(Object key, @Nullable Object namespace, int keyGroup) {
    return ((StoredBytes) key).bytes();
  }

  /**
   * The part of the tier over a table, without entries. Those of an earlier registration, which may
   * have had other serializers, are written with those and forgotten.
   */
  private HotTable hotTable(Table table) {
    HotTable hot = tables.get(table.name());
    if (hot == null) {
      hot = tier.table(table.name());
      tables.put(table.name(), hot);
    } else {
      forget(hot);
    }
    buffered.add(table);
    table.handOverWhenRead(handOver(hot));
    return hot;
  }

  /** Writes what the tier has of a state and forgets it, so that all is as below. */
  public void forget(Table table) {
    HotTable hot = tables.get(table.name());
    if (hot != null) {
      forget(hot);
      notes.computeIfAbsent(table.name(), tier::tableOfNotes).forgetNotes();
    }
  }

  /** A state is not kept in the tier any more, or never was. */
  void release(Table table) {
    forget(table);
    // From now on it gets values that nobody tells of.
    highest.remove(table.name());
    windows.remove(table.name());
    HotMapKeys known = mapKeys.remove(table.name());
    if (known != null) {
      known.outlive();
    }
    table.handOverWhenRead(() -> {});
  }

  private static Runnable handOver(HotTable table) {
    return () -> {
      try {
        table.writeDown();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    };
  }

  private static void forget(HotTable table) {
    try {
      table.forget();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static CancellationException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    CancellationException cancelled =
        new CancellationException("Interrupted while a checkpoint had yet to be finished.");
    cancelled.initCause(cause);
    return cancelled;
  }

  @Override
  public boolean haveChanges() {
    return tier.haveChanges();
  }

  @Override
  public Epoch close(Runnable fixing) {
    Epoch epoch = tier.close(fixing);
    database.gate().close(new EpochBarrier(epoch));
    return epoch;
  }

  /** Nothing is written any more from now on; whoever is writing stops soon. Any thread. */
  public void abandon() {
    tier.abandon();
  }

  @Override
  public void close() {
    // The group that a snapshot is writing stays whole: its thread may go on to fix what is below.
    tier.close();
  }

  /** Writes of after a barrier wait for the epoch that it has closed. */
  private record EpochBarrier(Epoch epoch) implements WriteGate.Barrier {

    @Override
    public boolean isOver() {
      return epoch.isDone();
    }

    @Override
    public void finish() {
      try {
        epoch.finish();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  /** Writes groups of changes. Whoever finishes an epoch, one at a time. */
  private final class Writer implements ChangeWriter {

    private final Map<HotTable, EntryWriter> writers = new ConcurrentHashMap<>();
    private final SortedWrites writes = new SortedWrites(database);

    @Override
    public void begin() {
      // They are older than what is written now.
      buffered.forEach(Table::handOverBuffered);
    }

    @Override
    public void beginEpoch() {
      database.bufferedWrites().writeAside();
    }

    void use(HotTable table, EntryWriter entries) {
      writers.put(table, entries);
    }

    SortedWrites writes() {
      return writes;
    }

    @Override
    public EntryWriter of(HotTable table) {
      EntryWriter entries = writers.get(table);
      if (entries == null) {
        throw new IllegalStateException("State '" + table.name() + "' was not registered.");
      }
      return entries;
    }

    @Override
    public void commit() {
      writes.flush();
    }

    @Override
    public void discard() {
      writes.discard();
    }
  }
}
