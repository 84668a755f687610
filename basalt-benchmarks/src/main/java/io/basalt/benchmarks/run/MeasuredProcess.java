package io.basalt.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The process that does the measuring: some groups of work, one backend, one round. It leaves its
 * samples in a file; that the file is there says that all went well.
 */
public final class MeasuredProcess {

  private MeasuredProcess() {}

  /** Measures the groups in the calling thread. */
  public static List<Sample> measure(List<Group> groups, Conditions conditions) throws Exception {
    List<Sample> samples = new ArrayList<>();
    for (Group group : groups) {
      if (group.backends().contains(conditions.backend())) {
        Path directory =
            java.nio.file.Files.createDirectories(
                conditions.directory().resolve(group.name().replace('/', '-')));
        group.measure(
            new Conditions(
                conditions.backend(),
                conditions.scale(),
                conditions.round(),
                directory,
                conditions.prepared()),
            (row, measurement) -> {
              samples.add(
                  new Sample(
                      group.name(),
                      row,
                      conditions.backend(),
                      conditions.round(),
                      measurement.values()));
              Turns.rest();
            });
      }
    }
    return samples;
  }

  /** Called by {@link Interleaving} only. */
  public static void main(String[] arguments) throws Exception {
    PrintStream over = System.out;
    System.setOut(System.err);
    Turns.take(System.in, over);
    Path output = Path.of(arguments[0]);
    Conditions conditions =
        new Conditions(
            Backend.valueOf(arguments[1]),
            Scale.valueOf(arguments[2]),
            Integer.parseInt(arguments[3]),
            Path.of(arguments[4]),
            Path.of(arguments[5]));
    List<Group> groups = Groups.named(Arrays.asList(arguments).subList(6, arguments.length));
    new ObjectMapper().writeValue(output.toFile(), measure(groups, conditions));
    // A thread of a backend that does not end must not keep the run waiting.
    System.exit(0);
  }
}
