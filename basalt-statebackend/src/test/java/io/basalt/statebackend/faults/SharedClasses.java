package io.basalt.statebackend.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of libraries in the form in which a JVM takes them without reading, parsing and
 * verifying them (class data sharing): most of what a JVM that lives for two seconds does. Of the
 * code under test nothing is in it, for only archives can be shared and those classes lie in
 * directories.
 */
final class SharedClasses {

  private static final Logger LOG = LoggerFactory.getLogger(SharedClasses.class);

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private SharedClasses() {}

  /**
   * What is on the class path of this JVM, its archives first: what is shared must be in front.
   *
   * @param classes take precedence over the backend's
   */
  static String classPath(Path classes) {
    return String.join(File.pathSeparator, archives(), classes.toAbsolutePath().toString())
        + File.pathSeparator
        + Arrays.stream(entries())
            .filter(entry -> !isArchive(entry))
            .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Makes the classes of libraries that a JVM loads shareable.
   *
   * @param directory for what comes of it
   * @param loading runs such a JVM with the options it is given
   * @return the options of a JVM that shares them; none if that cannot be, which is slower and the
   *     same otherwise
   */
  static List<String> of(Path directory, Loading loading) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path list = directory.resolve("classes.txt").toAbsolutePath();
    Path shared = directory.resolve("classes.jsa").toAbsolutePath();
    loading.run(List.of("-XX:DumpLoadedClassList=" + list));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + list,
                "-XX:SharedArchiveFile=" + shared,
                "-cp",
                archives())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output.txt").toFile())
            .start();
    try {
      if (process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS) && Files.exists(shared)) {
        return List.of("-XX:SharedArchiveFile=" + shared);
      }
    } finally {
      process.destroyForcibly();
    }
    LOG.warn("No classes are shared, see {}.", directory);
    return List.of();
  }

  /** Runs a JVM with these options. */
  @FunctionalInterface
  interface Loading {
    void run(List<String> options) throws IOException, InterruptedException;
  }

  private static String archives() {
    return Arrays.stream(entries())
        .filter(SharedClasses::isArchive)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isArchive(String entry) {
    return entry.endsWith(".jar");
  }

  private static String[] entries() {
    return System.getProperty("java.class.path").split(File.pathSeparator);
  }
}
