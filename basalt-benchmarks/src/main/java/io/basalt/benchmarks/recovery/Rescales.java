package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.util.FileUtils;

/** Restores at another parallelism, from incremental checkpoints. */
final class Rescales extends RecoveryGroup {

  static final String INGEST = "state.backend.rocksdb.use-ingest-db-restore-mode";

  private static final Row TWO_TO_THREE_ONE = new Row("rescale 2 to 3, one handle", 1);
  private static final Row TWO_TO_THREE_TWO = new Row("rescale 2 to 3, two handles", 2);
  private static final Row THREE_TO_TWO = new Row("rescale 3 to 2, two handles", 2);
  private static final Row ONE_TO_TWO = new Row("1 to 2", 1);
  private static final Row TWO_TO_FOUR = new Row("2 to 4 after 1 to 2", 1);

  Rescales() {
    super("rescales");
  }

  @Override
  String what(Sizing sizing) {
    return ("Rescales of an incremental checkpoint of %s, all subtasks together. Each subtask is"
            + " restored by itself; rows are the mean of the subtasks that restore from so many"
            + " handles. Then %,d reads of random keys, each compared with what was written, and"
            + " the first checkpoint. With ingest mode: %s=true.")
        .formatted(sizing.label(Sizing.RESCALED), sizing.reads(), INGEST);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    rescales(work, work.settings(), "", true, report);
    rescales(work, work.settings().with(INGEST, "true"), ", ingest mode", false, report);
  }

  private static void rescales(
      Work work, SubjectSettings settings, String mode, boolean withFloor, Report report)
      throws Exception {
    Path directory = work.directory().resolve("rescales");
    try {
      String checkpointOfTwo = work.stored().ofSeveral(2);
      Rescale twoToThree = rescale(work, settings, directory.resolve("2-to-3"), checkpointOfTwo, 3);
      rows(twoToThree, List.of(TWO_TO_THREE_ONE, TWO_TO_THREE_TWO), mode, withFloor, report);
      twoToThree.delete();
      String checkpointOfThree = work.stored().ofSeveral(3);
      Rescale threeToTwo =
          rescale(work, settings, directory.resolve("3-to-2"), checkpointOfThree, 2);
      rows(threeToTwo, List.of(THREE_TO_TWO), mode, withFloor, report);
      threeToTwo.delete();
      String checkpointOfOne =
          StoredSnapshots.pointer(
              work.stored().ofOne(Sizing.RESCALED), SnapshotKind.INCREMENTAL_CHECKPOINT);
      Rescale oneToTwo = rescale(work, settings, directory.resolve("1-to-2"), checkpointOfOne, 2);
      rows(oneToTwo, List.of(ONE_TO_TWO), mode, withFloor, report);
      Rescale twoToFour =
          rescale(work, settings, directory.resolve("2-to-4"), oneToTwo.checkpoint(), 4);
      rows(twoToFour, List.of(TWO_TO_FOUR), mode, withFloor, report);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  static Rescale rescale(
      Work work, SubjectSettings settings, Path directory, String pointer, int parallelism)
      throws Exception {
    Sizing sizing = work.sizing();
    return new Rescale(
        settings,
        directory,
        Restore.From.checkpoint(
            pointer, parallelism, sizing.keys(Sizing.RESCALED), sizing.reads()));
  }

  private static void rows(
      Rescale rescale, List<Row> rows, String mode, boolean withFloor, Report report)
      throws Exception {
    if (withFloor) {
      for (Row row : rows) {
        rescale.floor(row.name(), row.handles(), report);
      }
    }
    rescale.restore();
    for (Row row : rows) {
      rescale.report(row.name() + mode, row.handles(), report);
    }
  }

  /**
   * Subtasks that are alike.
   *
   * @param handles that each of them is restored from
   */
  private record Row(String name, int handles) {}
}
