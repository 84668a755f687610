package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.LOCAL_DIRECTORIES;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lists of local directories, as paths of the TaskManagers. Nothing here looks at a file system:
 * the client's and the JobManager's are other ones.
 */
final class DirectoryPaths {

  private static final Rule<String> RULE =
      new Rule<>(
          "a list of absolute paths, separated by '" + File.pathSeparator + "' or ','",
          value -> split(value).stream().allMatch(path -> new File(path).isAbsolute()));

  private DirectoryPaths() {}

  /** The directories that were chosen first; as in stock blanks are part of a path. */
  static @Nullable Setting<List<String>> first(
      SettingReader reader, @Nullable Setting<List<String>> previous) {
    if (previous != null) {
      return previous;
    }
    Optional<Setting<String>> configured = reader.explicit(LOCAL_DIRECTORIES, RULE);
    return configured
        .map(setting -> new Setting<>(split(setting.value()), setting.origin()))
        .orElse(null);
  }

  /**
   * The directories that a program names: absolute paths, or URIs with the scheme {@code file}.
   *
   * @throws IllegalArgumentException if there is none, or one is neither
   */
  static List<String> ofProgram(@Nullable String... paths) {
    if (paths.length == 0) {
      throw new IllegalArgumentException("No local directory is given.");
    }
    return Arrays.stream(paths).map(DirectoryPaths::ofProgram).toList();
  }

  private static String ofProgram(@Nullable String path) {
    if (path == null) {
      throw new IllegalArgumentException("A local directory is null.");
    }
    String local = path.isEmpty() ? path : localPart(path);
    if (!new File(local).isAbsolute()) {
      throw new IllegalArgumentException(
          "The local directory '" + path + "' is not an absolute path.");
    }
    return local;
  }

  /** Flink's own reading of a path, which leaves escapes such as {@code %20} alone. */
  private static String localPart(String path) {
    Path parsed = new Path(path);
    String scheme = parsed.toUri().getScheme();
    if (scheme != null && !scheme.equalsIgnoreCase("file")) {
      throw new IllegalArgumentException(
          "The local directory '" + path + "' has the scheme '" + scheme + "': it must be local.");
    }
    return parsed.getPath();
  }

  /** Trailing separators count for nothing, others make an empty path, as in stock. */
  private static List<String> split(String value) {
    return List.of(value.split("[," + File.pathSeparator + "]"));
  }
}
