package io.basalt.statebackend.flink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * What the files of a native snapshot hold, column family by column family.
 *
 * @param contents keys and values in hexadecimal, by column family
 * @param options what is recorded of each column family and any reader of the files depends on
 */
record DatabaseDump(
    Map<String, TreeMap<String, String>> contents, Map<String, TreeMap<String, String>> options) {

  /** Which recorded options belong to the layout; the others only decide how fast it is. */
  private static final Set<String> LAYOUT_OPTIONS =
      Set.of("num_levels", "comparator", "merge_operator", "table_factory", "format_version");

  private static final Pattern SECTION =
      Pattern.compile("\\[(?:CFOptions|TableOptions/BlockBasedTable) \"(.*)\"]");

  /** Fetches a snapshot's files into an empty directory and reads them with RocksDB. */
  static DatabaseDump of(IncrementalRemoteKeyedStateHandle handle, Path directory)
      throws IOException, RocksDBException {
    for (HandleAndLocalPath file : handle.getSharedState()) {
      fetch(file, directory);
    }
    for (HandleAndLocalPath file : handle.getPrivateState()) {
      fetch(file, directory);
    }
    return new DatabaseDump(readContents(directory), readOptions(directory));
  }

  private static void fetch(HandleAndLocalPath file, Path directory) throws IOException {
    try (InputStream stream = file.getHandle().openInputStream()) {
      Files.copy(stream, directory.resolve(file.getLocalPath()));
    }
  }

  private static Map<String, TreeMap<String, String>> readContents(Path directory)
      throws RocksDBException {
    RocksDB.loadLibrary();
    Map<String, TreeMap<String, String>> contents = new TreeMap<>();
    List<ColumnFamilyHandle> families = new ArrayList<>();
    try (Options forNames = new Options();
        DBOptions databaseOptions = new DBOptions();
        // The operator the families were written with: unmerged elements come out joined.
        ColumnFamilyOptions familyOptions =
            new ColumnFamilyOptions().setMergeOperatorName("stringappendtest")) {
      List<ColumnFamilyDescriptor> descriptors =
          RocksDB.listColumnFamilies(forNames, directory.toString()).stream()
              .map(name -> new ColumnFamilyDescriptor(name, familyOptions))
              .toList();
      try (RocksDB database =
          RocksDB.openReadOnly(databaseOptions, directory.toString(), descriptors, families)) {
        for (ColumnFamilyHandle family : families) {
          contents.put(new String(family.getName(), UTF_8), readFamily(database, family));
        }
        families.forEach(ColumnFamilyHandle::close);
      }
    }
    return contents;
  }

  private static TreeMap<String, String> readFamily(RocksDB database, ColumnFamilyHandle family)
      throws RocksDBException {
    HexFormat hexadecimal = HexFormat.of();
    TreeMap<String, String> entries = new TreeMap<>();
    try (RocksIterator cursor = database.newIterator(family)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        entries.put(hexadecimal.formatHex(cursor.key()), hexadecimal.formatHex(cursor.value()));
      }
      cursor.status();
    }
    return entries;
  }

  private static Map<String, TreeMap<String, String>> readOptions(Path directory)
      throws IOException {
    Map<String, TreeMap<String, String>> options = new TreeMap<>();
    TreeMap<String, String> section = new TreeMap<>();
    for (String line : Files.readAllLines(newestOptions(directory), UTF_8)) {
      Matcher header = SECTION.matcher(line.strip());
      if (header.matches()) {
        section = options.computeIfAbsent(header.group(1), family -> new TreeMap<>());
      } else if (line.startsWith("[")) {
        section = new TreeMap<>();
      }
      String[] option = line.strip().split("=", 2);
      if (option.length == 2 && LAYOUT_OPTIONS.contains(option[0])) {
        section.put(option[0], option[1]);
      }
    }
    return options;
  }

  private static Path newestOptions(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("OPTIONS-"))
          .max(Path::compareTo)
          .orElseThrow(() -> new IOException("No OPTIONS file in " + directory));
    }
  }
}
