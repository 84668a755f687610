package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * Cursors use iterators again that earlier ones have closed, with other bounds and over a table
 * that has changed: random writes of every kind, flushes, compactions and walks, beside a sorted
 * map. The name of a run that fails says its seed.
 */
class CursorModelTest {

  private static final int STEPS = 3_000;
  private static final int LONGEST_KEY = 3;

  /** Few, so that bounds meet keys, and blocks and files hold many of the same beginning. */
  private static final byte[] ALPHABET = {0, 1, 'a', 'b', (byte) 0xFE};

  @TempDir Path temporary;

  static LongStream seeds() {
    return LongStream.concat(LongStream.rangeClosed(1, 6), new Random().longs(6));
  }

  /** Blocks of a few entries, so that a walk, and the next with other bounds, crosses many. */
  public static final class TinyBlocks implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      BlockBasedTableConfig format = (BlockBasedTableConfig) current.tableFormatConfig();
      return current
          .setWriteBufferSize(64 << 10)
          .setLevel0FileNumCompactionTrigger(3)
          .setTableFormatConfig(format.setBlockSize(64).setBlockRestartInterval(2));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void walksSeeWhatTheModelHas(long seed) throws IOException {
    NativeLibrary.load(temporary);
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    Random random = new Random(seed);
    DatabaseSpecification specification =
        new DatabaseSpecification(
            DatabaseSettings.defaults(), new TinyBlocks(), null, List.of(), 0, () -> 0L);
    NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
    Deque<OpenWalk> walks = new ArrayDeque<>();
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      Table other = database.createTable("other", AccessPattern.RANGES);
      for (int step = 0; step < STEPS; step++) {
        byte[] key = key(random);
        switch (random.nextInt(40)) {
          case 0 -> database.linkFiles(temporary.resolve("files-" + step));
          case 1 -> deleteRange(table, model, random);
          case 2 -> {
            other.put(key, key);
            try (Cursor cursor = other.cursor(key, after(key))) {
              cursor.seekToFirst();
              assertThat(cursor.isValid()).isTrue();
            }
          }
          case 3 -> {
            if (step % 5 == 0) {
              table.compact();
            }
          }
          case 4 -> walks.add(OpenWalk.begin(table, model, random));
          case 5 -> {
            if (!walks.isEmpty()) {
              walks.poll().end();
            }
          }
          case 6, 7, 8, 9, 10, 11 -> {
            table.delete(key);
            model.remove(key);
          }
          case 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 -> {
            byte[] value = new byte[random.nextInt(random.nextInt(50) == 0 ? 3_000 : 20)];
            random.nextBytes(value);
            table.put(key, value);
            model.put(key, value);
          }
          case 22, 23 -> append(table, model, key, random);
          case 24, 25 -> assertThat(table.contains(key)).isEqualTo(model.containsKey(key));
          case 26, 27 -> assertThat(table.get(key)).isEqualTo(model.get(key));
          case 28 ->
              assertThat(table.valueLength(key))
                  .isEqualTo(model.containsKey(key) ? model.get(key).length : 0);
          default -> walk(table, model, random);
        }
      }
      for (OpenWalk walk : walks) {
        walk.end();
      }
    }
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  /** Several in a row, which wait to be handed over. */
  private static void append(
      Table table, NavigableMap<byte[], byte[]> model, byte[] key, Random random) {
    for (int operand = random.nextInt(4); operand >= 0; operand--) {
      byte[] bytes = new byte[random.nextInt(4)];
      random.nextBytes(bytes);
      table.merge(key, bytes);
      model.merge(key, bytes, CursorModelTest::joined);
    }
  }

  private static byte[] joined(byte[] before, byte[] operand) {
    byte[] joined = Arrays.copyOf(before, before.length + 1 + operand.length);
    joined[before.length] = ',';
    System.arraycopy(operand, 0, joined, before.length + 1, operand.length);
    return joined;
  }

  private static void deleteRange(Table table, NavigableMap<byte[], byte[]> model, Random random) {
    byte[] one = key(random);
    byte[] two = key(random);
    byte[] lower = Arrays.compareUnsigned(one, two) <= 0 ? one : two;
    byte[] upper = lower == one ? two : one;
    table.deleteRange(lower, upper);
    model.subMap(lower, true, upper, false).clear();
  }

  private static void walk(Table table, NavigableMap<byte[], byte[]> model, Random random) {
    OpenWalk.begin(table, model, random).end();
  }

  /** A cursor, and what it has to show whatever happens to the table while it is open. */
  private record OpenWalk(Cursor cursor, List<byte[]> expected, boolean asArrays) {

    static OpenWalk begin(Table table, NavigableMap<byte[], byte[]> model, Random random) {
      byte[] one = key(random);
      byte[] lower = Arrays.copyOf(one, random.nextInt(one.length + 1));
      byte[] upper = random.nextBoolean() ? after(lower) : key(random);
      if (Arrays.compareUnsigned(lower, upper) > 0) {
        byte[] swapped = lower;
        lower = upper;
        upper = swapped;
      }
      List<byte[]> expected = new ArrayList<>();
      byte[] from = random.nextInt(3) == 0 ? key(random) : lower;
      byte[] first = Arrays.compareUnsigned(from, lower) < 0 ? lower : from;
      if (Arrays.compareUnsigned(first, upper) < 0) {
        model
            .subMap(first, true, upper, false)
            .forEach(
                (key, value) -> {
                  expected.add(key);
                  expected.add(value);
                });
      }
      Cursor cursor = table.cursor(lower, upper);
      cursor.seek(from);
      return new OpenWalk(cursor, expected, random.nextBoolean());
    }

    void end() {
      List<byte[]> seen = new ArrayList<>();
      EntryBytes bytes = new EntryBytes();
      for (; cursor.isValid(); cursor.next()) {
        if (asArrays) {
          seen.add(cursor.key());
          seen.add(cursor.value());
        } else {
          cursor.key(bytes);
          seen.add(copy(bytes));
          cursor.value(bytes);
          seen.add(copy(bytes));
        }
      }
      cursor.close();
      assertThat(seen).usingElementComparator(Arrays::compareUnsigned).isEqualTo(expected);
    }

    private static byte[] copy(EntryBytes bytes) {
      return Arrays.copyOfRange(bytes.array(), bytes.offset(), bytes.offset() + bytes.length());
    }
  }

  /** What sorts behind everything that begins so; the alphabet has no 0xFF. */
  private static byte[] after(byte[] prefix) {
    byte[] after = Arrays.copyOf(prefix, prefix.length + 1);
    after[prefix.length] = (byte) 0xFF;
    return after;
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(LONGEST_KEY)];
    for (int i = 0; i < key.length; i++) {
      key[i] = ALPHABET[random.nextInt(ALPHABET.length)];
    }
    return key;
  }
}
