package io.basalt.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.basalt.benchmarks.measure.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a run have measured so far, in a directory that outlives it: a run of an
 * hour that was broken off goes on from there, and one that is done can be given another round.
 */
public final class KeptSteps {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final @Nullable Path directory;

  private KeptSteps(@Nullable Path directory) {
    this.directory = directory;
  }

  /** Keeps nothing. */
  public static KeptSteps nowhere() {
    return new KeptSteps(null);
  }

  /**
   * Keeps them in the directory, which is new or of the same run.
   *
   * @param run says what is measured, of which commit and on which machine
   * @throws IllegalArgumentException if the directory is of another run
   */
  public static KeptSteps in(Path directory, String run) throws IOException {
    Files.createDirectories(directory);
    Path identity = directory.resolve("run.txt");
    if (!Files.exists(identity)) {
      try (var entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException("%s is not of a run.".formatted(directory));
        }
      }
      Files.writeString(identity, run);
    } else if (!Files.readString(identity).equals(run)) {
      throw new IllegalArgumentException(
          "%s is of another run:%n%s%nThis one is:%n%s"
              .formatted(directory, Files.readString(identity), run));
    }
    return new KeptSteps(directory);
  }

  Optional<Kept> find(String step) throws IOException {
    Path file = file(step);
    return file == null || !Files.exists(file)
        ? Optional.empty()
        : Optional.of(JSON.readValue(file.toFile(), Kept.class));
  }

  void keep(String step, Kept kept) throws IOException {
    Path file = file(step);
    if (file != null) {
      Path partial = file.resolveSibling("partial");
      JSON.writeValue(partial.toFile(), kept);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private @Nullable Path file(String step) {
    return directory == null
        ? null
        : directory.resolve(step.replaceAll("[^a-z0-9]+", "-") + ".json");
  }

  /**
   * What one process has measured.
   *
   * @param seconds from its start to its end
   */
  record Kept(double seconds, List<Sample> samples) {}
}
