package io.basalt.benchmarks;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Interleaving;
import io.basalt.benchmarks.run.KeptSteps;
import io.basalt.benchmarks.run.Machine;
import io.basalt.benchmarks.run.MeasurementFailedException;
import io.basalt.benchmarks.run.Results;
import io.basalt.benchmarks.run.Versions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From what is asked for to what came out.
 *
 * @param command what was typed
 */
record Run(
    Measuring measuring,
    String command,
    Instant began,
    Scale scale,
    int rounds,
    List<Backend> backends,
    List<Group> groups) {

  /**
   * Measures all of it. Neither a process nor a file is left, not if it fails and not if the user
   * breaks it off either.
   */
  Results in(WorkingDirectory directory, KeptSteps kept, Consumer<String> progress)
      throws IOException, InterruptedException, MeasurementFailedException {
    Measuring.Begun begun = measuring.begin(scale, backends, directory.path(), kept, progress);
    Thread cleaner = new Thread(() -> clean(begun, directory), "cleaner");
    Runtime.getRuntime().addShutdownHook(cleaner);
    try (directory;
        begun) {
      Map<String, String> machine = Machine.facts(directory.path());
      Map<String, String> versions = versions();
      Interleaving.Measured measured = begun.measure(groups, rounds);
      return new Results(
          command,
          DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
              .withZone(ZoneOffset.UTC)
              .format(began),
          measured.seconds(),
          scale,
          rounds,
          machine,
          versions,
          descriptions(),
          measured.samples());
    } finally {
      forget(cleaner);
    }
  }

  /** What must be the same for figures of two processes to be of one run. */
  String identity() throws IOException, InterruptedException {
    return "scale: %s%ngroups: %s%nmemory: %s%nversions: %s%n"
        .formatted(
            scale,
            String.join(" ", groups.stream().map(Group::name).toList()),
            descriptions().values(),
            versions());
  }

  private static Map<String, String> versions() throws InterruptedException {
    return Versions.facts(Path.of("").toAbsolutePath());
  }

  private static void clean(Measuring.Begun begun, WorkingDirectory directory) {
    begun.close();
    try {
      directory.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void forget(Thread cleaner) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // The JVM is on its way down already, and the cleaner with it.
      return;
    }
  }

  private Map<String, String> descriptions() {
    Map<String, String> descriptions = new TreeMap<>();
    for (Group group : groups) {
      descriptions.put(group.name(), group.description(scale) + " " + heaps(group));
    }
    return descriptions;
  }

  /** The memory on the heap belongs to the figures as that off it, which the group itself names. */
  private String heaps(Group group) {
    return backends.stream()
        .filter(group.backends()::contains)
        .flatMap(backend -> Stream.of(heap(group, backend)))
        .collect(Collectors.joining(", ", "Java heap of the process: ", "."));
  }

  private String heap(Group group, Backend backend) {
    return "%s %d MiB"
        .formatted(backend, Interleaving.heapMegabytes(scale, groups, group, backend));
  }
}
