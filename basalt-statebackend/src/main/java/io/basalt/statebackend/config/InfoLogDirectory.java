package io.basalt.statebackend.config;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the log of one database goes.
 *
 * <p>Beside Flink's own log if there is one, so that it outlives the database's directory for as
 * long as somebody may look at it and is found where logs are looked for. RocksDB then makes the
 * database's path part of the file's name; where that would be too long for a file system the log
 * stays inside the database. Whoever closes the database deletes a log that was relocated so.
 *
 * @param directory where the log goes; null for the database's own directory
 * @param relocated whether it goes there because Flink's log is there, rather than because the
 *     configuration says so
 */
public record InfoLogDirectory(@Nullable Path directory, boolean relocated) {

  /** The system property by which Flink's scripts tell where the log of the process is. */
  public static final String FLINK_LOG_FILE_PROPERTY = "log.file";

  /** Of Linux, macOS and Windows alike, in bytes. */
  private static final int LONGEST_FILE_NAME = 255;

  private static final String SUFFIX = "_LOG";

  /**
   * Chooses the directory.
   *
   * @param settings what is configured
   * @param database the directory of the database
   * @param flinkLogFile the value of {@link #FLINK_LOG_FILE_PROPERTY}, if it is set
   */
  public static InfoLogDirectory choose(
      InfoLogSettings settings, Path database, @Nullable String flinkLogFile) {
    Setting<String> configured = settings.directory();
    if (configured != null) {
      return new InfoLogDirectory(Path.of(configured.value()), false);
    }
    if (flinkLogFile == null || !new File(flinkLogFile).exists()) {
      return new InfoLogDirectory(null, false);
    }
    Path parent = Path.of(flinkLogFile).toAbsolutePath().getParent();
    if (parent == null || nameLength(database) > LONGEST_FILE_NAME) {
      return new InfoLogDirectory(null, false);
    }
    return new InfoLogDirectory(parent, true);
  }

  /**
   * Whether a file in the directory of a relocated log is a log of the database, the rolled ones
   * included.
   */
  public static boolean isLogOf(Path database, String fileName) {
    String current = prefix(database) + SUFFIX;
    return fileName.equals(current) || fileName.startsWith(current + ".old");
  }

  /** How RocksDB writes a path in the name of a log: what is not allowed in it becomes '_'. */
  private static String prefix(Path database) {
    String path = database.toAbsolutePath().toString();
    StringBuilder prefix = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) b;
      boolean kept =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '.'
              || c == '_';
      if (kept) {
        prefix.append(c);
      } else if (!prefix.isEmpty()) {
        prefix.append('_');
      }
    }
    return prefix.toString();
  }

  private static int nameLength(Path database) {
    byte[] path = database.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    return path.length + SUFFIX.length();
  }
}
