package io.basalt.statebackend.store;

import io.basalt.statebackend.store.FileList.TableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Makes one database of the files of several, by writing a manifest that lists them: no entry is
 * read, and a file without a key that is wanted need not even be there.
 *
 * <p>Of each database the keys of one part are wanted. A file that has some of them may have keys
 * of another's part only if that other database has the very same file in the same level, and in
 * the same order to others: that is the caller's to know. Then of each part all files are there
 * that its database had for it, and no others, so that each goes on to decide by its own sequence
 * numbers what is newest, what is deleted and what is appended to what; and files of one level have
 * no keys in common.
 *
 * <p>Several have a file where they were opened from the same files, after a rescale. It is listed
 * once, as the first of them has it.
 *
 * <p>Files keep their numbers in the first database; in the others they get new ones. Level 0 is
 * ordered by epochs, which are given anew, each once: RocksDB merges files of level 0 as it finds
 * them side by side, and takes two of one epoch that overlap for damage (in its own import of
 * several databases that is a bug until 9.3).
 */
public final class JoinedFiles {

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private long nextFileNumber;
  private long lastSequenceNumber;

  /** A table of the new database. */
  private static final class Part {
    final int id;
    final byte[] name;
    final byte[] comparator;
    final Map<Object, ListedFile> files = new LinkedHashMap<>();
    final List<List<Object>> levelZero = new ArrayList<>();

    Part(int id, TableFiles table) {
      this.id = id;
      this.name = table.name;
      this.comparator = table.comparator;
    }
  }

  /** Begins with the database whose files keep their numbers. */
  public JoinedFiles(FileList first) {
    nextFileNumber = first.nextFileNumber();
  }

  /**
   * Adds the files of a database that have keys between the bounds, but for those that are there.
   *
   * @param contents what each file is: equal for the same file of two databases
   * @return the names of those that are added by those they have in their database
   * @throws IllegalArgumentException if a table's keys are ordered in another way than those of the
   *     table of the same name that there is already
   */
  public Map<String, String> add(
      FileList list,
      byte[] lowerInclusive,
      byte[] upperExclusive,
      Function<ListedFile, Object> contents) {
    boolean isFirst = parts.isEmpty();
    Map<String, String> names = new TreeMap<>();
    for (TableFiles table : list.tables()) {
      Part part =
          parts.computeIfAbsent(
              table.nameText(), name -> new Part(isFirst ? table.id : nextId(), table));
      if (!Arrays.equals(part.comparator, table.comparator)) {
        throw new IllegalArgumentException(
            "The keys of '" + table.nameText() + "' are not ordered in the same way.");
      }
      List<ListedFile> wanted =
          table.files.values().stream()
              .filter(file -> file.hasKeyOf(lowerInclusive, upperExclusive))
              .toList();
      for (ListedFile file : wanted) {
        Object content = contents.apply(file);
        if (!part.files.containsKey(content)) {
          ListedFile added =
              file.renumbered(isFirst ? file.number() : nextFileNumber++, file.epoch());
          part.files.put(content, added);
          names.put(file.name(), added.name());
        }
      }
      part.levelZero.add(
          wanted.stream()
              .filter(file -> file.level() == 0)
              .sorted(Comparator.comparingLong(ListedFile::epoch))
              .map(contents)
              .toList());
    }
    lastSequenceNumber = Math.max(lastSequenceNumber, list.lastSequenceNumber());
    return names;
  }

  /** Writes what makes a database of the files in the directory. */
  public void write(Path directory) throws IOException {
    String name = String.format(Locale.ROOT, "MANIFEST-%06d", nextFileNumber++);
    List<byte[]> changes = new ArrayList<>();
    for (Part part : parts.values()) {
      changes.addAll(changes(part));
    }
    changes.add(
        new ManifestOutput()
            .number(ManifestTags.PREVIOUS_LOG_NUMBER)
            .number(0)
            .number(ManifestTags.NEXT_FILE_NUMBER)
            .number(nextFileNumber)
            .number(ManifestTags.LAST_SEQUENCE_NUMBER)
            .number(lastSequenceNumber)
            .number(ManifestTags.MOST_TABLES)
            .number(nextId() - 1)
            .toByteArray());
    Files.write(directory.resolve(name), Manifest.of(changes));
    Files.write(directory.resolve("CURRENT"), (name + "\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private int nextId() {
    return 1 + parts.values().stream().mapToInt(part -> part.id).max().orElse(0);
  }

  private static List<byte[]> changes(Part part) {
    ManifestOutput table = new ManifestOutput();
    if (part.id != 0) {
      table.number(ManifestTags.NEW_TABLE).array(part.name);
      table.number(ManifestTags.TABLE).number(part.id);
    }
    table.number(ManifestTags.COMPARATOR).array(part.comparator);
    ManifestOutput files = new ManifestOutput().number(ManifestTags.LOG_NUMBER).number(0);
    for (ListedFile file : ordered(part)) {
      write(file, files);
    }
    if (part.id != 0) {
      files.number(ManifestTags.TABLE).number(part.id);
    }
    return List.of(table.toByteArray(), files.toByteArray());
  }

  /** With epochs of level 0 behind those of all other levels. */
  private static Collection<ListedFile> ordered(Part part) {
    List<Object> levelZero =
        LevelZeroOrder.of(part.levelZero)
            .orElseThrow(
                () -> new IllegalStateException("Files of level 0 come in different orders."));
    Map<Object, ListedFile> ordered = new LinkedHashMap<>(part.files);
    levelZero.forEach(ordered::remove);
    long epoch = ordered.values().stream().mapToLong(ListedFile::epoch).max().orElse(0);
    for (Object content : levelZero) {
      ListedFile file = Objects.requireNonNull(part.files.get(content));
      ordered.put(content, file.renumbered(file.number(), ++epoch));
    }
    return ordered.values();
  }

  private static void write(ListedFile file, ManifestOutput output) {
    output
        .number(ManifestTags.NEW_FILE)
        .number(file.level())
        .number(file.number())
        .number(file.bytes())
        .array(file.smallest())
        .array(file.largest())
        .number(file.smallestSequenceNumber())
        .number(file.largestSequenceNumber());
    for (ListedFile.Field field : file.fields()) {
      output.number(field.tag()).array(field.value());
    }
    output
        .number(ManifestTags.EPOCH)
        .array(new ManifestOutput().number(file.epoch()).toByteArray())
        .number(ManifestTags.END_OF_FILE);
  }
}
