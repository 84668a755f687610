package io.basalt.benchmarks.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * A run: in every round each batch of groups is measured on every backend, each time in new
 * processes. Those of the backends in RocksDB take turns of a second or less, so that what the
 * machine does meanwhile hits both of them; each round begins with another. The heap backend, which
 * needs most of the machine's memory, is measured by itself, and in the first two rounds only.
 *
 * <p>Closing it, from any thread, ends the processes that measure.
 */
public final class Interleaving implements AutoCloseable {

  /**
   * The heap backend is there to show the distance; what is judged is Basalt against stock, which
   * get the time that this saves.
   */
  private static final int ROUNDS_OF_HEAP = 2;

  private final Scale scale;
  private final List<Backend> backends;
  private final Path directory;
  private final KeptSteps kept;
  private final Consumer<String> progress;

  private TakingTurns running = new TakingTurns();
  private boolean closed;

  /** What processes do side by side, each with its backend. */
  private record Step(List<Group> groups, List<Backend> backends, int round) {

    List<Group> groups(Backend backend) {
      return groups.stream().filter(group -> group.backends().contains(backend)).toList();
    }

    @Override
    public String toString() {
      return "round %d, %s, %s"
          .formatted(
              round,
              String.join(" ", groups.stream().map(Group::name).toList()),
              String.join(" ", backends.stream().map(Backend::toString).toList()));
    }
  }

  /**
   * @param directory for everything that the processes write; empty, and deleted by the caller
   * @param kept what need not be measured again
   * @param progress told in a line what was done, what it took and what is left
   */
  public Interleaving(
      Scale scale,
      List<Backend> backends,
      Path directory,
      KeptSteps kept,
      Consumer<String> progress) {
    this.scale = scale;
    this.backends = List.copyOf(backends);
    this.directory = directory;
    this.kept = kept;
    this.progress = progress;
  }

  /**
   * Measures the groups.
   *
   * @throws MeasurementFailedException if a process fails: a run with holes is no run
   * @throws InterruptedException if it is closed meanwhile, too
   */
  public Measured measure(List<Group> groups, int rounds)
      throws IOException, InterruptedException, MeasurementFailedException {
    List<Sample> samples = new ArrayList<>();
    Path prepared = Files.createDirectories(directory.resolve("prepared"));
    List<Step> steps = steps(groups, rounds);
    double seconds = 0;
    for (int done = 0; done < steps.size(); done++) {
      Step step = steps.get(done);
      var found = kept.find(step.toString());
      KeptSteps.Kept measured = found.isPresent() ? found.get() : process(step, prepared);
      if (found.isEmpty()) {
        kept.keep(step.toString(), measured);
      }
      samples.addAll(measured.samples());
      seconds += measured.seconds();
      progress.accept(
          "%3d of %d  %4.0f s%s  %s%s"
              .formatted(
                  done + 1,
                  steps.size(),
                  measured.seconds(),
                  found.isPresent() ? ", before" : "",
                  step,
                  left(seconds, done + 1, steps.size())));
    }
    return new Measured(samples, Math.round(seconds));
  }

  /**
   * What came of a run.
   *
   * @param seconds that its processes took
   */
  public record Measured(List<Sample> samples, long seconds) {}

  /** As if every process took the same time, which is near enough once a round is over. */
  private static String left(double seconds, int done, int all) {
    double left = seconds / done * (all - done);
    return done == all
        ? ""
        : left < 90
            ? ", about %.0f s to go".formatted(left)
            : ", about %.0f min to go".formatted(left / 60);
  }

  private List<Step> steps(List<Group> groups, int rounds) {
    List<Step> steps = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      for (List<Group> batch : batches(scale, groups)) {
        for (List<Backend> together : inOrderOf(round)) {
          List<Group> meant =
              batch.stream()
                  .filter(group -> together.stream().anyMatch(group.backends()::contains))
                  .toList();
          if (!meant.isEmpty()) {
            steps.add(new Step(meant, together, round));
          }
        }
      }
    }
    return steps;
  }

  /** Those that take turns, and the heap backend by itself. */
  private List<List<Backend>> inOrderOf(int round) {
    List<Backend> turns = new ArrayList<>(backends);
    turns.remove(Backend.HEAP);
    Collections.rotate(turns, 1 - round);
    List<List<Backend>> order = new ArrayList<>();
    if (!turns.isEmpty()) {
      order.add(turns);
    }
    if (backends.contains(Backend.HEAP) && round <= ROUNDS_OF_HEAP) {
      order.add(List.of(Backend.HEAP));
    }
    return order;
  }

  private static List<Group> meant(List<Group> batch, Backend backend) {
    return batch.stream().filter(group -> group.backends().contains(backend)).toList();
  }

  /** A full run gives each group a process; a quick one saves the starts of them. */
  private static List<List<Group>> batches(Scale scale, List<Group> groups) {
    List<List<Group>> batches = new ArrayList<>();
    for (Group group : groups) {
      List<Group> last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
      if (scale != Scale.FULL && last != null && part(last.get(0)).equals(part(group))) {
        last.add(group);
      } else {
        batches.add(new ArrayList<>(List.of(group)));
      }
    }
    return batches;
  }

  private static String part(Group group) {
    return group.name().substring(0, group.name().indexOf('/'));
  }

  /** The heap of the process in which one of the groups is measured, in MiB. */
  public static int heapMegabytes(Scale scale, List<Group> groups, Group group, Backend backend) {
    List<Group> batch =
        batches(scale, groups).stream()
            .filter(candidate -> candidate.contains(group))
            .findFirst()
            .orElseThrow();
    return heapMegabytes(scale, meant(batch, backend), backend);
  }

  private static int heapMegabytes(Scale scale, List<Group> groups, Backend backend) {
    return groups.stream()
        .mapToInt(group -> group.heapMegabytes(backend, scale))
        .max()
        .orElseThrow();
  }

  private KeptSteps.Kept process(Step step, Path prepared)
      throws IOException, InterruptedException, MeasurementFailedException {
    long began = System.nanoTime();
    Path own = Files.createDirectories(directory.resolve("processes"));
    List<Integer> exits;
    try (TakingTurns turns = begin()) {
      for (Backend backend : step.backends()) {
        turns.start(command(step, backend, own, prepared), log(own, backend));
      }
      exits = turns.untilTheyEnd();
    }
    for (int index = 0; index < exits.size(); index++) {
      if (exits.get(index) != 0) {
        Backend backend = step.backends().get(index);
        throw new MeasurementFailedException(
            "%s: the process of %s ended with %d. It said:%n%s"
                .formatted(step, backend, exits.get(index), Files.readString(log(own, backend))));
      }
    }
    List<Sample> samples = new ArrayList<>();
    for (Backend backend : step.backends()) {
      samples.addAll(
          new ObjectMapper()
              .readValue(output(own, backend).toFile(), new TypeReference<List<Sample>>() {}));
    }
    DirectoryTree.delete(own);
    return new KeptSteps.Kept((System.nanoTime() - began) / 1e9, samples);
  }

  private synchronized TakingTurns begin() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("The run is closed.");
    }
    running = new TakingTurns();
    return running;
  }

  private static Path log(Path own, Backend backend) {
    return own.resolve(backend + ".log");
  }

  private static Path output(Path own, Backend backend) {
    return own.resolve(backend + ".json");
  }

  /** Returns when the processes are gone, so that nothing writes to the directory any more. */
  @Override
  public void close() {
    TakingTurns turns;
    synchronized (this) {
      closed = true;
      turns = running;
    }
    turns.close();
  }

  private List<String> command(Step step, Backend backend, Path own, Path prepared) {
    int heap = heapMegabytes(scale, step.groups(backend), backend);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Flink's needs of the JDK's internals, which this process was started with too.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.add("-Xms%dm".formatted(heap));
    command.add("-Xmx%dm".formatted(heap));
    // A process that runs for weeks has had its whole heap; that of a measurement would get each
    // page
    // of it from the system in the seconds that are measured.
    command.add("-XX:+AlwaysPreTouch");
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(MeasuredProcess.class.getName());
    command.add(output(own, backend).toString());
    command.add(backend.name());
    command.add(scale.name());
    command.add(Integer.toString(step.round()));
    command.add(own.resolve("work-" + backend).toString());
    command.add(prepared.toString());
    step.groups(backend).forEach(group -> command.add(group.name()));
    return command;
  }
}
