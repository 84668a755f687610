package io.basalt.examples.flights.processes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A directory like that of Flink's distribution: {@code lib}, {@code conf} and {@code log}, and
 * beside them what the cluster writes.
 *
 * <p>The build has brought the jars (see the pom): Flink's modules one by one, since the jar that
 * holds them all in the distribution is not published.
 */
final class FlinkHome {

  private static final String LOGGING =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.file.ref = file
      appender.file.type = File
      appender.file.name = file
      appender.file.fileName = ${sys:log.file}
      appender.file.layout.type = PatternLayout
      appender.file.layout.pattern = %d{HH:mm:ss.SSS} %-5p [%t] %c - %m%n
      """;

  private static final List<String> FLINKS_OWN =
      List.of("/blobStorage/", "/slotAllocationSnapshots/");

  private final Path directory;

  /** A home with a directory of that name, not set up yet. */
  FlinkHome(String name) {
    this.directory = Build.directory().resolve("flink-homes").resolve(name);
  }

  /**
   * Sets it up, in place of what an earlier test has left.
   *
   * @param configuration the entries of {@code conf/config.yaml}
   * @param added jars in {@code lib} beside Flink's
   */
  void assemble(Map<String, String> configuration, Path... added) throws IOException {
    deleteRecursively(directory);
    Files.createDirectories(lib());
    Files.createDirectories(conf());
    for (Path jar : jars(added)) {
      Files.createSymbolicLink(lib().resolve(jar.getFileName()), jar);
    }
    List<String> lines = new ArrayList<>();
    configuration.forEach((key, value) -> lines.add(key + ": " + value));
    Files.write(conf().resolve("config.yaml"), lines);
    Files.writeString(logging(), LOGGING);
  }

  private static List<Path> jars(Path... added) throws IOException {
    List<Path> jars = new ArrayList<>(List.of(added));
    try (DirectoryStream<Path> flink = Files.newDirectoryStream(Build.flinkLib(), "*.jar")) {
      flink.forEach(jars::add);
    }
    return jars;
  }

  private static void deleteRecursively(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    List<Path> contents;
    try (Stream<Path> walk = Files.walk(directory)) {
      contents = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : contents) {
      Files.delete(path);
    }
  }

  Path directory() {
    return directory;
  }

  Path lib() {
    return directory.resolve("lib");
  }

  Path conf() {
    return directory.resolve("conf");
  }

  /** The logging of every process. */
  Path logging() {
    return conf().resolve("log4j.properties");
  }

  /** Where a process logs to, in a directory of its own: RocksDB's logs go beside it. */
  Path log(String process) {
    return directory.resolve("log").resolve(process).resolve("flink.log");
  }

  /** Where a process writes what only it needs. */
  Path local(String process) {
    return directory.resolve("local").resolve(process);
  }

  /**
   * The files a process has there, but for Flink's own: jars of jobs, and its notes on who has a
   * slot. The process may be deleting them meanwhile.
   */
  List<Path> localFiles(String process) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        local(process),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()
                && FLINKS_OWN.stream().noneMatch(own -> file.toString().contains(own))) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return unlessGone(failure);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            return failure == null ? FileVisitResult.CONTINUE : unlessGone(failure);
          }
        });
    return files;
  }

  private static FileVisitResult unlessGone(IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }

  Path checkpoints() {
    return directory.resolve("checkpoints");
  }
}
