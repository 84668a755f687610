package io.basalt.statebackend.store;

import io.basalt.statebackend.store.ListedFile.Field;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The tables of a database that is not open, and the files of each, from its manifest.
 *
 * <p>A manifest is a log of changes, each a list of tagged fields; see RocksDB's wiki, "MANIFEST".
 * Whatever may stand there that this class does not know makes it give up: what is built on the
 * list would lack it.
 */
public final class FileList {

  private final Map<Integer, TableFiles> tables = new TreeMap<>();
  private long nextFileNumber;
  private long lastSequenceNumber;
  private long restOfGroup;

  /** A table while the manifest is read. */
  static final class TableFiles {
    final int id;
    final byte[] name;
    byte[] comparator = new byte[0];
    final Map<Long, ListedFile> files = new TreeMap<>();

    TableFiles(int id, byte[] name) {
      this.id = id;
      this.name = name;
    }

    String nameText() {
      return new String(name, StandardCharsets.UTF_8);
    }
  }

  /** Something stands there that is not known here. */
  private static final class UnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private FileList() {
    tables.put(0, new TableFiles(0, Database.DEFAULT_TABLE.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Reads a manifest as it comes.
   *
   * @param file names it in errors
   * @param length how long it was when it was written
   * @return nothing if it is damaged, or there is anything in it that is not known here
   * @throws IOException if the stream cannot be read
   */
  public static Optional<FileList> read(Path file, InputStream manifest, long length)
      throws IOException {
    FileList list = new FileList();
    try {
      Manifest.read(file, manifest, length, change -> list.apply(new ManifestInput(change)));
    } catch (Manifest.DamagedException e) {
      // Told when the database is opened, with all that it says.
      return Optional.empty();
    } catch (UnknownException | BufferUnderflowException | ArithmeticException e) {
      return Optional.empty();
    }
    return list.restOfGroup == 0 && list.isNextNumberFree() ? Optional.of(list) : Optional.empty();
  }

  /** RocksDB takes care of that when it opens files; files that get new numbers rely on it. */
  private boolean isNextNumberFree() {
    return tables.values().stream()
        .flatMap(table -> table.files.keySet().stream())
        .allMatch(number -> number < nextFileNumber);
  }

  /** The files of all tables. */
  public List<ListedFile> files() {
    return tables.values().stream().flatMap(table -> table.files.values().stream()).toList();
  }

  /** The same by the names of their tables. */
  public Map<String, List<ListedFile>> filesByTable() {
    Map<String, List<ListedFile>> files = new TreeMap<>();
    tables.values().forEach(t -> files.put(t.nameText(), List.copyOf(t.files.values())));
    return files;
  }

  Collection<TableFiles> tables() {
    return tables.values();
  }

  long nextFileNumber() {
    return nextFileNumber;
  }

  long lastSequenceNumber() {
    return lastSequenceNumber;
  }

  /** The table is named behind its files, so all of a change is read first. */
  private void apply(ManifestInput input) {
    List<ListedFile> added = new ArrayList<>();
    List<Long> deleted = new ArrayList<>();
    Map<Integer, byte[]> said = new HashMap<>();
    int table = 0;
    restOfGroup = Math.max(0, restOfGroup - 1);
    while (input.hasMore()) {
      int tag = input.smallNumber();
      switch (tag) {
        case ManifestTags.NEXT_FILE_NUMBER -> nextFileNumber = input.number();
        case ManifestTags.LAST_SEQUENCE_NUMBER -> lastSequenceNumber = input.number();
        case ManifestTags.LOG_NUMBER,
            ManifestTags.PREVIOUS_LOG_NUMBER,
            ManifestTags.LEAST_LOG_NUMBER,
            ManifestTags.MOST_TABLES ->
            // There is no log.
            input.number();
        case ManifestTags.COMPACTION_CURSOR -> {
          input.number();
          input.array();
        }
        case ManifestTags.DELETED_FILE -> {
          input.number();
          deleted.add(input.number());
        }
        case ManifestTags.NEW_FILE -> added.add(readFile(input));
        case ManifestTags.TABLE -> table = input.smallNumber();
        case ManifestTags.COMPARATOR, ManifestTags.NEW_TABLE -> said.put(tag, input.array());
        case ManifestTags.DROPPED_TABLE -> said.put(tag, new byte[0]);
        case ManifestTags.GROUP -> restOfGroup = input.number();
        default -> skip(tag, input);
      }
    }
    apply(table, said, added, deleted);
  }

  private void apply(
      int id, Map<Integer, byte[]> said, List<ListedFile> added, List<Long> deleted) {
    byte[] name = said.get(ManifestTags.NEW_TABLE);
    if (name != null) {
      tables.put(id, new TableFiles(id, name));
    }
    if (said.containsKey(ManifestTags.DROPPED_TABLE)) {
      tables.remove(id);
      return;
    }
    TableFiles table = tables.get(id);
    if (table == null) {
      throw new UnknownException();
    }
    byte[] comparator = said.get(ManifestTags.COMPARATOR);
    if (comparator != null) {
      table.comparator = comparator;
    }
    table.files.keySet().removeAll(deleted);
    added.forEach(file -> table.files.put(file.number(), file));
  }

  private static void skip(int tag, ManifestInput input) {
    if ((tag & ManifestTags.IGNORABLE) == 0 || ManifestTags.IGNORED_AT_A_LOSS.contains(tag)) {
      throw new UnknownException();
    }
    input.array();
  }

  private static ListedFile readFile(ManifestInput input) {
    int level = input.smallNumber();
    long number = input.number();
    long bytes = input.number();
    byte[] smallest = input.array();
    byte[] largest = input.array();
    long smallestSequenceNumber = input.number();
    long largestSequenceNumber = input.number();
    long epoch = 0;
    List<Field> fields = new ArrayList<>();
    for (int tag = input.smallNumber();
        tag != ManifestTags.END_OF_FILE;
        tag = input.smallNumber()) {
      byte[] value = input.array();
      if (tag == ManifestTags.EPOCH) {
        epoch = new ManifestInput(value).number();
      } else if (tag == ManifestTags.OLDEST_BLOB_FILE
          || (tag & ManifestTags.NOT_IGNORABLE_OF_FILE) != 0) {
        throw new UnknownException();
      } else {
        fields.add(new Field(tag, value));
      }
    }
    // Versions before RocksDB 7.8 had none, and told the order from sequence numbers.
    if (epoch == 0 || !ListedFile.isInternalKey(smallest) || !ListedFile.isInternalKey(largest)) {
      throw new UnknownException();
    }
    return new ListedFile(
        level,
        number,
        bytes,
        smallest,
        largest,
        smallestSequenceNumber,
        largestSequenceNumber,
        epoch,
        fields);
  }
}
