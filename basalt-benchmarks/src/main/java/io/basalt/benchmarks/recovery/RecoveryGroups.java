package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Group;
import java.util.List;

/** The groups of this part. */
public final class RecoveryGroups {

  private RecoveryGroups() {}

  public static List<Group> all() {
    return List.of(
        new Snapshots(),
        new CheckpointsTogether(),
        new Restores(),
        new LargeCanonicalRestore(),
        new Rescales(),
        new RescalesInARow(),
        new Sizes());
  }
}
