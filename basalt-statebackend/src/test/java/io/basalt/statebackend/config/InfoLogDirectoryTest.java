package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBResourceContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** RocksDB's log goes where it goes in stock. */
class InfoLogDirectoryTest {

  @TempDir private Path logs;
  @TempDir private Path data;

  private String logFileBefore;

  @BeforeAll
  static void loadRocksDb() {
    RocksDB.loadLibrary();
  }

  @BeforeEach
  void rememberLogFile() {
    logFileBefore = System.getProperty(InfoLogDirectory.FLINK_LOG_FILE_PROPERTY);
  }

  @AfterEach
  void restoreLogFile() {
    setLogFile(logFileBefore);
  }

  @Test
  void besideFlinksLog() throws Exception {
    String flinkLog = Files.createFile(logs.resolve("taskmanager.log")).toString();

    InfoLogDirectory chosen = choose(settings(), data.resolve("job"), flinkLog);

    assertThat(chosen).isEqualTo(new InfoLogDirectory(logs, true));
    assertThat(stock(new Configuration(), data.resolve("job"), flinkLog))
        .isEqualTo(logs.toString());
  }

  @Test
  void insideTheDatabaseWhereFlinkHasNoLog() throws Exception {
    String missing = logs.resolve("taskmanager.log").toString();

    assertThat(choose(settings(), data, null)).isEqualTo(new InfoLogDirectory(null, false));
    assertThat(choose(settings(), data, missing)).isEqualTo(new InfoLogDirectory(null, false));
    assertThat(stock(new Configuration(), data, missing)).isEmpty();
  }

  @Test
  void whereTheConfigurationSays() throws Exception {
    String flinkLog = Files.createFile(logs.resolve("taskmanager.log")).toString();
    Configuration configuration = StockConfiguration.configuration("log.dir", "/var/log/rocksdb");

    assertThat(choose(settings("log.dir", "/var/log/rocksdb"), data, flinkLog))
        .isEqualTo(new InfoLogDirectory(Path.of("/var/log/rocksdb"), false));
    assertThat(stock(configuration, data, flinkLog)).isEqualTo("/var/log/rocksdb");
  }

  /** The database is in a directory "db" beneath. */
  @ParameterizedTest
  @ValueSource(ints = {200, 247, 248, 249, 250, 300})
  void insideTheDatabaseWhereTheNameWouldBeTooLong(int length) throws Exception {
    String flinkLog = Files.createFile(logs.resolve("taskmanager.log")).toString();
    Path instance = Path.of("/" + "x".repeat(99) + "/" + "y".repeat(length - 101));

    InfoLogDirectory chosen = choose(settings(), instance, flinkLog);

    assertThat(chosen.relocated()).isEqualTo(length <= 248);
    assertThat(stock(new Configuration(), instance, flinkLog))
        .isEqualTo(chosen.directory() == null ? "" : chosen.directory().toString());
  }

  @Test
  void aNameOfManyBytesIsTooLongToo() throws IOException {
    String flinkLog = Files.createFile(logs.resolve("taskmanager.log")).toString();
    Path instance = Path.of("/" + "\u00e9".repeat(130));

    assertThat(choose(settings(), instance, flinkLog).relocated()).isFalse();
  }

  /** Stock fails with a NullPointerException. */
  @Test
  void aLogFileWithoutADirectoryIsInTheWorkingDirectory() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path flinkLog = Files.createTempFile(here, "taskmanager", ".log");
    try {
      assertThat(choose(settings(), data, flinkLog.getFileName().toString()))
          .isEqualTo(new InfoLogDirectory(here, true));
    } finally {
      Files.delete(flinkLog);
    }
  }

  @Test
  void aDatabaseKnowsItsLogs() throws Exception {
    Path database = Files.createDirectories(data.resolve("job_1 \u00e9(x)/db"));
    Path neighbour = Files.createDirectories(data.resolve("job_1 \u00e9(x)/db2"));
    open(database);
    open(database);
    open(neighbour);

    try (Stream<Path> files = Files.list(logs)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(file -> InfoLogDirectory.isLogOf(database, file))
          .hasSize(2)
          .anyMatch(file -> file.endsWith("_db_LOG"))
          .anyMatch(file -> file.contains("_db_LOG.old."));
    }
  }

  private void open(Path database) throws Exception {
    try (Options options = new Options().setCreateIfMissing(true).setDbLogDir(logs.toString());
        RocksDB opened = RocksDB.open(options, database.toString())) {
      assertThat(opened.getName()).isEqualTo(database.toString());
    }
  }

  private static InfoLogSettings settings(String... configured) {
    return StockConfiguration.settings(configured).database().infoLog();
  }

  private static InfoLogDirectory choose(
      InfoLogSettings settings, Path instance, String flinkLogFile) {
    return InfoLogDirectory.choose(settings, instance.resolve("db"), flinkLogFile);
  }

  private static String stock(Configuration configuration, Path instance, String flinkLogFile)
      throws Exception {
    setLogFile(flinkLogFile);
    File directory = instance.toFile();
    try (RocksDBResourceContainer stock =
        new RocksDBResourceContainer(
            configuration, PredefinedOptions.DEFAULT, null, null, directory, false)) {
      return stock.getDbOptions().dbLogDir();
    }
  }

  private static void setLogFile(String value) {
    if (value == null) {
      System.clearProperty(InfoLogDirectory.FLINK_LOG_FILE_PROPERTY);
    } else {
      System.setProperty(InfoLogDirectory.FLINK_LOG_FILE_PROPERTY, value);
    }
  }
}
