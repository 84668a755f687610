package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Databases of disjoint keys become one by their files alone: random writes of every kind, beside
 * sorted maps, before and after. The name of a run that fails says its seed.
 */
class JoinedFilesTest extends DatabaseFixture {

  /** The first byte of a key, as with key groups. */
  private static final int GROUPS = 24;

  private static final int STEPS = 800;
  private static final Path FILE = Path.of("MANIFEST-000001");
  private static final DatabaseSpecification SPECIFICATION =
      new DatabaseSpecification(
          DatabaseSettings.defaults(), new TinyFiles(), null, List.of(), 0, () -> 0L);

  static LongStream seeds() {
    return LongStream.concat(LongStream.rangeClosed(1, 6), new Random().longs(6));
  }

  static LongStream fewSeeds() {
    return LongStream.concat(LongStream.rangeClosed(1, 2), new Random().longs(2));
  }

  /** What the tables of one database should hold. */
  private static final class Model extends LinkedHashMap<String, NavigableMap<byte[], byte[]>> {
    private static final long serialVersionUID = 1L;

    NavigableMap<byte[], byte[]> table(String name) {
      return computeIfAbsent(name, unused -> new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theyAreWhatTheyWereTogetherAndGoOn(long seed) throws IOException {
    Random random = new Random(seed);
    int databases = 1 + random.nextInt(4);
    Model model = new Model();
    List<Path> sources = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < databases; i++) {
      int start = GROUPS * i / databases;
      int end = GROUPS * (i + 1) / databases;
      Path directory = newDirectory();
      try (Database database = Database.create(directory, SPECIFICATION)) {
        database.createTable("both", AccessPattern.KEYS_AND_RANGES);
        database.createTable("only of " + i, AccessPattern.KEYS_AND_RANGES);
        write(database, model, start, end, random);
        Path files = newDirectory();
        database.linkFiles(files);
        sources.add(files);
        ends.add(end);
      }
    }
    int start = random.nextInt(1 + ends.get(0) / 2);
    int end = GROUPS - random.nextInt(1 + GROUPS / databases / 2);

    Path joined = join(sources, ends, start, end);

    try (Database database = Database.openFiles(joined, SPECIFICATION, patterns(model))) {
      for (Table table : database.tables()) {
        table.deleteRange(new byte[] {0}, new byte[] {(byte) start});
        table.deleteRange(new byte[] {(byte) end}, new byte[] {GROUPS});
        model.table(table.name()).headMap(new byte[] {(byte) start}).clear();
        model.table(table.name()).tailMap(new byte[] {(byte) end}).clear();
      }
      assertHolds(database, model);
      write(database, model, start, end, random);
      flush(database);
      assertHolds(database, model);
      database.tables().forEach(Table::compact);
      assertHolds(database, model);
    }
  }

  @Test
  void filesWithoutAKeyThatIsWantedAreNotNeeded() throws IOException {
    Path files = newDirectory();
    try (Database database = Database.create(newDirectory(), SPECIFICATION)) {
      Table table = database.createTable("both", AccessPattern.KEYS_AND_RANGES);
      for (int group = 0; group < GROUPS; group++) {
        table.put(new byte[] {(byte) group}, new byte[] {1});
        flush(database);
      }
      database.linkFiles(files);
    }
    FileList list = list(files);
    JoinedFiles joined = new JoinedFiles(list);

    Map<String, String> names = joined.add(list, new byte[] {0}, new byte[] {1}, ListedFile::name);

    assertThat(names).hasSizeLessThan(list.files().size()).allSatisfy(this::assertSame);
    Path directory = copy(files, names, Files.createDirectory(newDirectory()));
    joined.write(directory);
    try (Database database =
        Database.openFiles(
            directory, SPECIFICATION, Map.of("both", AccessPattern.KEYS_AND_RANGES))) {
      assertThat(database.find("both").get(new byte[] {0})).isEqualTo(new byte[] {1});
      assertThat(database.find("both").files()).hasSameSizeAs(names.keySet());
    }
  }

  /** As after a rescale: both go on with files of before, delete what is not theirs, and write. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("fewSeeds")
  void databasesThatWereOpenedFromTheSameFilesBecomeOneAgain(long seed) throws IOException {
    Random random = new Random(seed);
    Model model = new Model();
    Path whole = newDirectory();
    try (Database database = Database.create(newDirectory(), SPECIFICATION)) {
      database.createTable("both", AccessPattern.KEYS_AND_RANGES);
      write(database, model, 0, GROUPS, random);
      database.linkFiles(whole);
    }
    int middle = 1 + random.nextInt(GROUPS - 1);
    Path left = half(whole, model, 0, middle, random);
    Path right = half(whole, model, middle, GROUPS, random);

    Path directory = Files.createDirectory(newDirectory());
    JoinedFiles joined = new JoinedFiles(list(left));
    Function<ListedFile, Object> contents = ListedFile::content;
    Map<String, String> names =
        joined.add(list(left), new byte[] {0}, new byte[] {(byte) middle}, contents);
    copy(left, names, directory);
    Map<String, String> more =
        joined.add(list(right), new byte[] {(byte) middle}, new byte[] {GROUPS}, contents);
    copy(right, more, directory);
    joined.write(directory);
    assertThat(list(directory).files()).hasSize(names.size() + more.size());

    try (Database database = Database.openFiles(directory, SPECIFICATION, patterns(model))) {
      assertHolds(database, model);
      write(database, model, 0, GROUPS, random);
      flush(database);
      assertHolds(database, model);
      database.tables().forEach(Table::compact);
      assertHolds(database, model);
    }
  }

  /** Opens the files, deletes all but a part, and writes to that. */
  private Path half(Path whole, Model model, int start, int end, Random random) throws IOException {
    Path files = newDirectory();
    Path directory = Files.createDirectory(newDirectory());
    try (var all = Files.list(whole)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    DatabaseSpecification specification = SPECIFICATION.postponingCompactions();
    try (Database database = Database.openFiles(directory, specification, patterns(model))) {
      for (Table table : database.tables()) {
        table.deleteRange(new byte[] {0}, new byte[] {(byte) start});
        database.writeFiles();
        table.deleteRange(new byte[] {(byte) end}, new byte[] {GROUPS});
        database.writeFiles();
        for (int i = 0; i < 10; i++) {
          byte[] key = {(byte) (start + random.nextInt(end - start)), (byte) random.nextInt(40)};
          byte[] value = {(byte) i};
          table.put(key, value);
          model.table(table.name()).put(key, value);
        }
      }
      database.linkFiles(files);
    }
    return files;
  }

  /** Two of one epoch that overlap, as after a merge of some, are damage to RocksDB. */
  @Test
  void epochsOfLevelZeroAreThoseOfOneDatabase() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (byte group = 0; group < 3; group++) {
      Path files = newDirectory();
      try (Database database = Database.create(newDirectory(), SPECIFICATION)) {
        Table table = database.createTable("both", AccessPattern.KEYS_AND_RANGES);
        table.put(new byte[] {group, 1}, new byte[] {1});
        flush(database);
        table.put(new byte[] {group, 2}, new byte[] {1});
        database.linkFiles(files);
      }
      sources.add(files);
    }

    FileList joined = list(join(sources, List.of(1, 2, 3), 0, 3));

    assertThat(joined.files()).hasSize(6).allMatch(file -> file.level() == 0);
    assertThat(joined.files()).extracting(ListedFile::epoch).doesNotHaveDuplicates();
  }

  /** The end of a range deletion is not deleted, and a file that ends there does not have it. */
  @Test
  void aFileThatDeletesUpToAKeyDoesNotHaveThatKey() throws IOException {
    Path files = newDirectory();
    try (Database database = Database.create(newDirectory(), SPECIFICATION)) {
      Table table = database.createTable("both", AccessPattern.KEYS_AND_RANGES);
      table.put(new byte[] {2}, new byte[] {1});
      table.deleteRange(new byte[] {1}, new byte[] {5});
      database.linkFiles(files);
    }

    assertThat(list(files).files())
        .singleElement()
        .satisfies(
            file -> {
              assertThat(file.firstKey()).isEqualTo(new byte[] {1});
              assertThat(file.lastKey()).isEqualTo(new byte[] {5});
              assertThat(file.endsBeforeLastKey()).isTrue();
              assertThat(file.hasKeyOf(new byte[] {5}, new byte[] {6})).isFalse();
              assertThat(file.hasKeyOf(new byte[] {4}, new byte[] {5})).isTrue();
              assertThat(file.hasKeyOf(new byte[] {0}, new byte[] {1})).isFalse();
            });
  }

  @Test
  void aDroppedTableIsNotListedAndItsSuccessorOfTheSameNameIs() throws IOException {
    Path files = newDirectory();
    try (Database database = Database.create(newDirectory(), SPECIFICATION)) {
      Table first = database.createTable("both", AccessPattern.KEYS_AND_RANGES);
      first.put(new byte[] {1}, new byte[] {1});
      flush(database);
      database.dropTable(first);
      Table second = database.createTable("both", AccessPattern.KEYS_AND_RANGES);
      second.put(new byte[] {2}, new byte[] {2});
      database.linkFiles(files);
    }

    assertThat(list(files).files())
        .singleElement()
        .satisfies(file -> assertThat(file.firstKey()).isEqualTo(new byte[] {2}));
  }

  @Test
  void aManifestWithAnythingUnknownIsNotBuiltOn() throws IOException {
    byte[] blobFile = new ManifestOutput().number(400).number(7).toByteArray();
    byte[] newerButHarmless =
        new ManifestOutput().number((1 << 13) + 100).array(new byte[] {1}).toByteArray();
    byte[] cut = new ManifestOutput().number(ManifestTags.NEW_FILE).number(0).toByteArray();
    byte[] half = new ManifestOutput().number(ManifestTags.GROUP).number(1).toByteArray();

    assertThat(read(Manifest.of(List.of(newerButHarmless)))).isPresent();
    for (byte[] change : List.of(blobFile, cut, half)) {
      assertThat(read(Manifest.of(List.of(change)))).isEmpty();
    }
    byte[] damaged = Manifest.of(List.of(newerButHarmless));
    damaged[8] ^= 1;
    assertThat(read(damaged)).as("with a wrong checksum").isEmpty();
    byte[] longer = Manifest.of(List.of(newerButHarmless, newerButHarmless));
    for (int length : new int[] {longer.length / 2, longer.length - 1, longer.length + 1}) {
      assertThat(FileList.read(FILE, new ByteArrayInputStream(longer), length)).isEmpty();
    }
  }

  private void assertSame(String before, String after) {
    assertThat(after).isEqualTo(before);
  }

  /** Joins the parts of the databases that lie between the two groups. */
  private Path join(List<Path> sources, List<Integer> ends, int start, int end) throws IOException {
    Path directory = Files.createDirectory(newDirectory());
    JoinedFiles joined = new JoinedFiles(list(sources.get(0)));
    Set<String> all = new TreeSet<>();
    int from = start;
    for (int i = 0; i < sources.size(); i++) {
      int to = Math.min(end, ends.get(i));
      int source = i;
      Map<String, String> names =
          joined.add(
              list(sources.get(i)),
              new byte[] {(byte) from},
              new byte[] {(byte) to},
              file -> source + " " + file.name());
      assertThat(names.values()).noneMatch(all::contains);
      all.addAll(names.values());
      copy(sources.get(i), names, directory);
      from = to;
    }
    joined.write(directory);
    return directory;
  }

  private static Path copy(Path source, Map<String, String> names, Path target) throws IOException {
    for (Map.Entry<String, String> name : names.entrySet()) {
      Files.createLink(target.resolve(name.getValue()), source.resolve(name.getKey()));
    }
    return target;
  }

  private static FileList list(Path files) throws IOException {
    Path manifest =
        files.resolve(
            Files.readString(files.resolve("CURRENT"), StandardCharsets.ISO_8859_1).strip());
    return read(Files.readAllBytes(manifest)).orElseThrow();
  }

  private static Optional<FileList> read(byte[] manifest) throws IOException {
    return FileList.read(FILE, new ByteArrayInputStream(manifest), manifest.length);
  }

  private static Map<String, AccessPattern> patterns(Model model) {
    Map<String, AccessPattern> patterns = new LinkedHashMap<>();
    model.keySet().forEach(name -> patterns.put(name, AccessPattern.KEYS_AND_RANGES));
    return patterns;
  }

  private void write(Database database, Model model, int start, int end, Random random)
      throws IOException {
    for (int step = 0; step < STEPS; step++) {
      List<Table> tables = List.copyOf(database.tables());
      Table table = tables.get(random.nextInt(tables.size()));
      NavigableMap<byte[], byte[]> expected = model.table(table.name());
      byte[] key = {(byte) (start + random.nextInt(end - start)), (byte) random.nextInt(40)};
      byte[] value = new byte[1 + random.nextInt(60)];
      random.nextBytes(value);
      switch (random.nextInt(100)) {
        case 0, 1, 2 -> flush(database);
        case 3 -> table.compact();
        case 4, 5 -> {
          byte[] lower = {key[0]};
          byte[] upper = {(byte) Math.min(end, key[0] + 1 + random.nextInt(3))};
          table.deleteRange(lower, upper);
          expected.subMap(lower, upper).clear();
        }
        case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 -> {
          table.delete(key);
          expected.remove(key);
        }
        default -> {
          if (random.nextInt(3) == 0) {
            table.merge(key, value);
            expected.merge(key, value, JoinedFilesTest::appended);
          } else {
            table.put(key, value);
            expected.put(key, value);
          }
        }
      }
    }
    database.tables().forEach(table -> model.table(table.name()));
  }

  private static byte[] appended(byte[] list, byte[] element) {
    byte[] longer = Arrays.copyOf(list, list.length + 1 + element.length);
    longer[list.length] = ',';
    System.arraycopy(element, 0, longer, list.length + 1, element.length);
    return longer;
  }

  private static void assertHolds(Database database, Model model) {
    assertThat(database.tables()).extracting(Table::name).containsAll(model.keySet());
    for (Table table : database.tables()) {
      List<String> actual = new ArrayList<>();
      try (Cursor cursor = table.cursor(new byte[] {0}, new byte[] {GROUPS})) {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          actual.add(entry(cursor.key(), cursor.value()));
        }
      }
      List<String> expected = new ArrayList<>();
      model
          .table(table.name())
          .forEach(
              (key, value) -> {
                expected.add(entry(key, value));
                assertThat(table.get(key)).isEqualTo(value);
              });
      assertThat(actual).isEqualTo(expected);
    }
  }

  private static String entry(byte[] key, byte[] value) {
    return Arrays.toString(key) + "=" + Arrays.toString(value);
  }
}
