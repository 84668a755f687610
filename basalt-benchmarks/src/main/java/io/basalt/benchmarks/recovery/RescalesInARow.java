package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.util.FileUtils;

/**
 * Rescales that follow each other at once, each from the checkpoint that was taken right after the
 * one before: there is no time to merge anything in between.
 */
final class RescalesInARow extends RecoveryGroup {

  private static final List<Integer> PARALLELISMS = List.of(3, 2, 3, 2);
  private static final List<String> ORDINALS = List.of("1st", "2nd", "3rd", "4th");
  private static final int FIRST_PARALLELISM = 2;

  /** Each of the rescales has such a subtask, and it has the most to copy. */
  private static final int HANDLES_OF_FLOOR = 2;

  RescalesInARow() {
    super("rescales-in-a-row");
  }

  @Override
  String what(Sizing sizing) {
    return ("Rescales from 2 to 3 to 2 to 3 to 2 subtasks of %s, all subtasks together, each from"
            + " the first checkpoint after the one before. Each subtask is restored by itself;"
            + " rows are the subtask that took the longest, with %,d reads of random keys, each"
            + " compared with what was written, and the first checkpoint. The floor is that of a"
            + " subtask with two handles, copied just before: what the machine had to give at that"
            + " moment. With ingest mode: %s=true.")
        .formatted(sizing.label(Sizing.RESCALED), sizing.reads(), Rescales.INGEST);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    rescales(work, work.settings(), "", true, report);
    rescales(work, work.settings().with(Rescales.INGEST, "true"), ", ingest mode", false, report);
  }

  private static void rescales(
      Work work, SubjectSettings settings, String mode, boolean withFloor, Report report)
      throws Exception {
    Path directory = work.directory().resolve("in-a-row");
    try {
      String pointer = work.stored().ofSeveral(FIRST_PARALLELISM);
      int before = FIRST_PARALLELISM;
      for (int step = 0; step < PARALLELISMS.size(); step++) {
        int after = PARALLELISMS.get(step);
        Rescale rescale =
            Rescales.rescale(
                work, settings, directory.resolve(Integer.toString(step)), pointer, after);
        String row = "%s, %d to %d%s".formatted(ORDINALS.get(step), before, after, mode);
        if (withFloor) {
          rescale.floor(row, HANDLES_OF_FLOOR, report);
        }
        pointer = rescale.restore().checkpoint();
        rescale.reportSlowest(row, report);
        before = after;
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
