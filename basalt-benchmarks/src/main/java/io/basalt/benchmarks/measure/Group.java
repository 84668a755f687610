package io.basalt.benchmarks.measure;

import java.util.EnumSet;
import java.util.Set;

/** Work that is measured together, in one process for each backend and round. */
public interface Group {

  /** Its part of the run and its own name, as in {@code working-sets/long}. */
  String name();

  /** One sentence for the head of its table: what is done, with which sizes and which memory. */
  String description(Scale scale);

  /** The backends that it makes sense for. */
  default Set<Backend> backends() {
    return EnumSet.allOf(Backend.class);
  }

  /** The heap of the process, in MiB. */
  int heapMegabytes(Backend backend, Scale scale);

  /**
   * Does the work and reports its rows. Called on the thread that plays the task.
   *
   * @throws Exception if any of it fails; nothing of the group counts then
   */
  void measure(Conditions conditions, Report report) throws Exception;

  /** Takes what was measured of a row. */
  @FunctionalInterface
  interface Report {
    void row(String row, Measurement measurement);
  }
}
