package io.basalt.benchmarks.run;

import io.basalt.benchmarks.cliff.DeletedEntriesGroup;
import io.basalt.benchmarks.cliff.LargeMapsGroup;
import io.basalt.benchmarks.cliff.TimersGroup;
import io.basalt.benchmarks.expiry.CompactionGroup;
import io.basalt.benchmarks.expiry.MigrationGroup;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.operations.Operations;
import io.basalt.benchmarks.recovery.RecoveryGroups;
import io.basalt.benchmarks.workingset.AbsentGroup;
import io.basalt.benchmarks.workingset.BeyondCacheGroup;
import io.basalt.benchmarks.workingset.TightCacheGroup;
import io.basalt.benchmarks.workingset.WindowsGroup;
import io.basalt.benchmarks.workingset.WorkingSetGroup;
import java.util.ArrayList;
import java.util.List;

/** Everything that there is to measure, in the order in which the document shows it. */
public final class Groups {

  private Groups() {}

  public static List<Group> all() {
    List<Group> groups = new ArrayList<>();
    groups.addAll(Operations.groups());
    groups.add(WorkingSetGroup.ofLong());
    groups.add(WorkingSetGroup.ofObject());
    groups.add(WorkingSetGroup.ofRowData());
    groups.add(WorkingSetGroup.ofMapEntry());
    groups.add(WindowsGroup.ofEqualMemory());
    groups.add(WorkingSetGroup.ofLong().againstMoreMemory());
    groups.add(WorkingSetGroup.ofObject().againstMoreMemory());
    groups.add(WorkingSetGroup.ofRowData().againstMoreMemory());
    groups.add(WorkingSetGroup.ofMapEntry().againstMoreMemory());
    groups.add(WindowsGroup.againstMoreMemory());
    groups.add(new AbsentGroup());
    groups.add(new TightCacheGroup());
    groups.add(new BeyondCacheGroup());
    groups.add(new DeletedEntriesGroup());
    groups.add(new LargeMapsGroup());
    groups.add(new TimersGroup());
    groups.add(new CompactionGroup());
    groups.add(new MigrationGroup());
    groups.addAll(RecoveryGroups.all());
    return groups;
  }

  /**
   * Those whose name is, or begins with, one of the given parts.
   *
   * @throws IllegalArgumentException if one of them names nothing
   */
  public static List<Group> named(List<String> parts) {
    if (parts.isEmpty()) {
      return all();
    }
    for (String part : parts) {
      if (all().stream().noneMatch(group -> isIn(group, part))) {
        throw new IllegalArgumentException(
            "Nothing is called '%s'. There are: %s"
                .formatted(part, String.join(", ", all().stream().map(Group::name).toList())));
      }
    }
    return all().stream()
        .filter(group -> parts.stream().anyMatch(part -> isIn(group, part)))
        .toList();
  }

  private static boolean isIn(Group group, String part) {
    return group.name().equals(part) || group.name().startsWith(part + "/");
  }
}
