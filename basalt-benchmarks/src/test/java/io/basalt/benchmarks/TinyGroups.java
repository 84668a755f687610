package io.basalt.benchmarks;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Interleaving;
import io.basalt.benchmarks.run.KeptSteps;
import io.basalt.benchmarks.run.MeasuredProcess;
import io.basalt.benchmarks.run.MeasurementFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Two groups without any work, measured in the calling thread. */
final class TinyGroups implements Measuring {

  private boolean fails;

  /** Those that were begun and closed. */
  int closed;

  TinyGroups failing() {
    fails = true;
    return this;
  }

  @Override
  public List<Group> groups(List<String> parts) {
    for (String part : parts) {
      if (!part.equals("tiny") && !part.equals("tiny/one") && !part.equals("tiny/two")) {
        throw new IllegalArgumentException("Nothing is called '%s'.".formatted(part));
      }
    }
    return List.<Group>of(new Tiny("one"), new Tiny("two")).stream()
        .filter(group -> parts.isEmpty() || parts.contains("tiny") || parts.contains(group.name()))
        .toList();
  }

  @Override
  public Begun begin(
      Scale scale,
      List<Backend> backends,
      Path directory,
      KeptSteps kept,
      Consumer<String> progress) {
    return new Begun() {
      @Override
      public Interleaving.Measured measure(List<Group> groups, int rounds)
          throws IOException, MeasurementFailedException {
        List<Sample> samples = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
          for (Backend backend : backends) {
            samples.addAll(inThisThread(groups, backend, scale, round, directory));
            progress.accept("done: " + backend);
          }
        }
        return new Interleaving.Measured(samples, 1);
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  private List<Sample> inThisThread(
      List<Group> groups, Backend backend, Scale scale, int round, Path directory)
      throws IOException {
    try {
      return MeasuredProcess.measure(
          groups, new Conditions(backend, scale, round, directory, directory));
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private final class Tiny implements Group {
    private final String name;

    private Tiny(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return "tiny/" + name;
    }

    @Override
    public String description(Scale scale) {
      return "Nothing, %s.".formatted(name);
    }

    @Override
    public int heapMegabytes(Backend backend, Scale scale) {
      return name.equals("one") ? 10 : 20;
    }

    @Override
    public void measure(Conditions conditions, Report report) throws IOException {
      Files.writeString(conditions.directory().resolve("file"), "something");
      if (fails) {
        throw new IOException("There was nothing to do.");
      }
      double nanos = conditions.backend() == Backend.BASALT ? 50 : 100;
      report.row("row", new Measurement().with(Metric.TASK_CPU, nanos + conditions.round()));
    }
  }
}
