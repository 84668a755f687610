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
import org.apache.flink.util.FileUtils;

/**
 * A run: in every round each batch of groups is measured on one backend after the other, each time
 * in a new process, so that what the machine does meanwhile hits all of them. Each round begins
 * with another backend.
 */
public final class Interleaving {

  private final Scale scale;
  private final List<Backend> backends;
  private final Path directory;
  private final Consumer<String> progress;

  /**
   * @param directory for everything that the processes write; empty, and deleted by the caller
   * @param progress told in a line what begins and what it took
   */
  public Interleaving(
      Scale scale, List<Backend> backends, Path directory, Consumer<String> progress) {
    this.scale = scale;
    this.backends = List.copyOf(backends);
    this.directory = directory;
    this.progress = progress;
  }

  /**
   * Measures the groups.
   *
   * @throws MeasurementFailedException if a process fails: a run with holes is no run
   */
  public List<Sample> measure(List<Group> groups, int rounds)
      throws IOException, InterruptedException, MeasurementFailedException {
    List<Sample> samples = new ArrayList<>();
    Path prepared = Files.createDirectories(directory.resolve("prepared"));
    for (int round = 1; round <= rounds; round++) {
      for (List<Group> batch : batches(groups)) {
        for (Backend backend : inOrderOf(round)) {
          List<Group> meant =
              batch.stream().filter(group -> group.backends().contains(backend)).toList();
          if (!meant.isEmpty()) {
            samples.addAll(process(meant, backend, round, prepared));
          }
        }
      }
    }
    return samples;
  }

  /** A full run gives each group a process; a quick one saves the starts of them. */
  private List<List<Group>> batches(List<Group> groups) {
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

  private List<Sample> process(List<Group> groups, Backend backend, int round, Path prepared)
      throws IOException, InterruptedException, MeasurementFailedException {
    String what =
        "round %d, %s, %s"
            .formatted(round, String.join(" ", groups.stream().map(Group::name).toList()), backend);
    Path own = Files.createDirectories(directory.resolve("process"));
    Path output = own.resolve("samples.json");
    Path log = own.resolve("process.log");
    long began = System.nanoTime();
    int exit =
        new ProcessBuilder(command(groups, backend, round, own, prepared, output))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (exit != 0 || !Files.exists(output)) {
      throw new MeasurementFailedException(
          "%s: the process ended with %d. It said:%n%s"
              .formatted(what, exit, Files.readString(log)));
    }
    List<Sample> samples =
        new ObjectMapper().readValue(output.toFile(), new TypeReference<List<Sample>>() {});
    FileUtils.deleteDirectory(own.toFile());
    progress.accept("%4d s  %s".formatted((System.nanoTime() - began) / 1_000_000_000, what));
    return samples;
  }

  private List<String> command(
      List<Group> groups, Backend backend, int round, Path own, Path prepared, Path output) {
    int heap =
        groups.stream().mapToInt(group -> group.heapMegabytes(backend, scale)).max().orElseThrow();
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
    command.add(backend.name());
    command.add(scale.name());
    command.add(Integer.toString(round));
    command.add(own.resolve("work").toString());
    command.add(prepared.toString());
    groups.forEach(group -> command.add(group.name()));
    return command;
  }
}
