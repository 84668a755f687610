package io.basalt.benchmarks;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Groups;
import io.basalt.benchmarks.run.Interleaving;
import io.basalt.benchmarks.run.KeptSteps;
import io.basalt.benchmarks.run.MeasurementFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** What the command has measured for it. */
interface Measuring {

  /** Those whose name is, or begins with, one of the given parts; all if none is given. */
  List<Group> groups(List<String> parts);

  /** A run that has not begun. */
  Begun begin(
      Scale scale,
      List<Backend> backends,
      Path directory,
      KeptSteps kept,
      Consumer<String> progress);

  /** A run. Closing it, from any thread, ends it before its time. */
  interface Begun extends AutoCloseable {
    Interleaving.Measured measure(List<Group> groups, int rounds)
        throws IOException, InterruptedException, MeasurementFailedException;

    @Override
    void close();
  }

  /** In processes, backend after backend. */
  static Measuring interleaved() {
    return new Measuring() {
      @Override
      public List<Group> groups(List<String> parts) {
        return Groups.named(parts);
      }

      @Override
      public Begun begin(
          Scale scale,
          List<Backend> backends,
          Path directory,
          KeptSteps kept,
          Consumer<String> progress) {
        Interleaving interleaving = new Interleaving(scale, backends, directory, kept, progress);
        return new Begun() {
          @Override
          public Interleaving.Measured measure(List<Group> groups, int rounds)
              throws IOException, InterruptedException, MeasurementFailedException {
            return interleaving.measure(groups, rounds);
          }

          @Override
          public void close() {
            interleaving.close();
          }
        };
      }
    };
  }
}
