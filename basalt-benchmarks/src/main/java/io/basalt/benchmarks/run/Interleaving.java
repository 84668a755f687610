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
import org.jspecify.annotations.Nullable;

/**
 * A run: in every round each batch of groups is measured on one backend after the other, each time
 * in a new process, so that what the machine does meanwhile hits all of them. Each round begins
 * with another backend. The heap backend is measured in the first two rounds only.
 *
 * <p>Closing it, from any thread, ends the process that measures.
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

  private final Object lock = new Object();
  private @Nullable Process running;
  private boolean closed;

  /** What one process does. */
  private record Step(List<Group> groups, Backend backend, int round) {
    @Override
    public String toString() {
      return "round %d, %s, %s"
          .formatted(round, String.join(" ", groups.stream().map(Group::name).toList()), backend);
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
        for (Backend backend : inOrderOf(round)) {
          if (backend == Backend.HEAP && round > ROUNDS_OF_HEAP) {
            continue;
          }
          List<Group> meant = meant(batch, backend);
          if (!meant.isEmpty()) {
            steps.add(new Step(meant, backend, round));
          }
        }
      }
    }
    return steps;
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

  private List<Backend> inOrderOf(int round) {
    List<Backend> order = new ArrayList<>(backends);
    Collections.rotate(order, 1 - round);
    return order;
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
    Path own = Files.createDirectories(directory.resolve("process"));
    Path output = own.resolve("samples.json");
    Path log = own.resolve("process.log");
    int exit = exitOf(new ProcessBuilder(command(step, own, prepared, output)), log);
    if (exit != 0 || !Files.exists(output)) {
      throw new MeasurementFailedException(
          "%s: the process ended with %d. It said:%n%s"
              .formatted(step, exit, Files.readString(log)));
    }
    List<Sample> samples =
        new ObjectMapper().readValue(output.toFile(), new TypeReference<List<Sample>>() {});
    DirectoryTree.delete(own);
    return new KeptSteps.Kept((System.nanoTime() - began) / 1e9, samples);
  }

  private int exitOf(ProcessBuilder builder, Path log) throws IOException, InterruptedException {
    Process process;
    synchronized (lock) {
      if (closed) {
        throw new InterruptedException("The run is closed.");
      }
      process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      running = process;
    }
    try {
      int exit = process.waitFor();
      synchronized (lock) {
        if (closed) {
          throw new InterruptedException("The run is closed.");
        }
      }
      return exit;
    } finally {
      process.destroyForcibly();
      synchronized (lock) {
        running = null;
      }
    }
  }

  /** Returns when the process is gone, so that nothing writes to the directory any more. */
  @Override
  public void close() {
    Process process;
    synchronized (lock) {
      closed = true;
      process = running;
    }
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private List<String> command(Step step, Path own, Path prepared, Path output) {
    int heap = heapMegabytes(scale, step.groups(), step.backend());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Flink's needs of the JDK's internals, which this process was started with too.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.add("-Xms%dm".formatted(heap));
    command.add("-Xmx%dm".formatted(heap));
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(MeasuredProcess.class.getName());
    command.add(output.toString());
    command.add(step.backend().name());
    command.add(scale.name());
    command.add(Integer.toString(step.round()));
    command.add(own.resolve("work").toString());
    command.add(prepared.toString());
    step.groups().forEach(group -> command.add(group.name()));
    return command;
  }
}
