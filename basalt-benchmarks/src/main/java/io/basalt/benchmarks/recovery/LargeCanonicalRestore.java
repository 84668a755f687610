package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A canonical savepoint of the whole state, which takes stock minutes to restore. */
final class LargeCanonicalRestore extends RecoveryGroup {

  LargeCanonicalRestore() {
    super("large-canonical-restore");
  }

  @Override
  public Set<Backend> backends() {
    // The heap would need several times the size of the state.
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  String what(Sizing sizing) {
    return "The restore of stock's canonical savepoint of %s, then %,d reads of random keys."
        .formatted(sizing.label(Sizing.WHOLE), sizing.reads());
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    Sizing sizing = work.sizing();
    report.row(
        "canonical savepoint, " + sizing.label(Sizing.WHOLE),
        Restore.mean(
            List.of(
                work.restore(
                    Restore.From.savepoint(
                        work.stored().canonicalSavepointOfWhole(),
                        sizing.keys(Sizing.WHOLE),
                        sizing.reads())))));
  }
}
