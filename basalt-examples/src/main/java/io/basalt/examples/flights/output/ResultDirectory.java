package io.basalt.examples.flights.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The directory the result files are in. Each file is replaced as a whole, or not at all. */
public final class ResultDirectory {

  private final Path directory;

  /** Touches nothing yet. */
  public ResultDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the directory ready for a run: it exists, and files of an earlier run are gone, which
   * might otherwise be taken for those of a run that failed.
   */
  public void prepare() throws IOException {
    Files.createDirectories(directory);
    for (ResultFile file : ResultFile.values()) {
      Files.deleteIfExists(path(file));
    }
  }

  /**
   * Writes the files, their lines in order. All are complete on disk before the first is moved into
   * place.
   */
  void publish(Map<ResultFile, List<String>> results) throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<ResultFile, List<String>> result : results.entrySet()) {
      ResultFile file = result.getKey();
      List<String> lines = new ArrayList<>(result.getValue());
      lines.sort(file.order());
      lines.add(0, file.header());
      Files.writeString(unpublished(file), String.join("\n", lines) + "\n");
    }
    for (ResultFile file : results.keySet()) {
      Files.move(unpublished(file), path(file), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Where a file is when it is finished. */
  public Path path(ResultFile file) {
    return directory.resolve(file.fileName());
  }

  /** How many lines a finished file has, its header not counted. */
  public long countRows(ResultFile file) throws IOException {
    try (Stream<String> lines = Files.lines(path(file))) {
      return lines.count() - 1;
    }
  }

  private Path unpublished(ResultFile file) {
    return directory.resolve("." + file.fileName() + ".unpublished");
  }
}
