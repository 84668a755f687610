package io.basalt.statebackend.faults;

import java.util.List;

/** The keys of a state of which some are changed in the tier. */
final class KeyStreamFaults {

  private static final String RANDOM =
      "state.KeysOfChangedStatesTest#theyAreThoseOfTheMomentInTheOrderOfTheirBytes";
  private static final String WITHOUT_WRITING =
      "state.KeysOfChangedStatesTest#noChangeIsWrittenForThemAndNoCheckpointWaitedFor";

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "keys-without-their-end",
              "A stream of keys shows one that has been removed since it was changed",
              "hot/HotTable.java",
              "changes.open().mark(changed, value == ABSENT);",
              "",
              RANDOM),
          new Fault(
              "keys-without-a-checkpoint",
              "A stream of keys lacks those that a checkpoint has yet to write",
              "hot/TableChanges.java",
              "closed.forEach(epoch -> lists.add(epoch.changes()));",
              "",
              WITHOUT_WRITING),
          new Fault(
              "keys-of-before",
              "A stream of keys shows one as it was before it was last changed",
              "hot/TableChanges.java",
              "closed.forEach(epoch -> lists.add(epoch.changes()));",
              "closed.forEach(epoch -> lists.add(0, epoch.changes()));",
              WITHOUT_WRITING),
          new Fault(
              "keys-twice",
              "A stream of keys shows one twice that is changed and below",
              "state/WalkWithChanges.java",
              "if (order == 0) {",
              "if (order > 1) {",
              RANDOM),
          new Fault(
              "changed-keys-twice",
              "A stream of keys shows one again that two checkpoints have",
              "state/WalkWithChanges.java",
              "} while (position < group.size() && Arrays.equals(group.get(position).key, passed));",
              "} while (group.isEmpty() && Arrays.equals(group.get(position).key, passed));",
              WITHOUT_WRITING),
          new Fault(
              "keys-of-one-key-group",
              "A stream of keys ends with the first key group that has changes",
              "state/WalkWithChanges.java",
              "if (position == group.size()) {",
              "if (position == 0 && group.isEmpty()) {",
              RANDOM));

  private KeyStreamFaults() {}
}
