package io.basalt.statebackend.faults;

import java.util.List;

/** The keys and maps of a state of which some are changed in the tier. */
final class KeyStreamFaults {

  private static final String RANDOM =
      "state.KeysOfChangedStatesTest#theyAreThoseOfTheMomentInTheOrderOfTheirBytes";
  private static final String WITHOUT_WRITING =
      "state.KeysOfChangedStatesTest#noChangeIsWrittenForThemAndNoCheckpointWaitedFor";

  private static final String WALKS = "state.WalksBesideCheckpointsTest#theyDoNotWaitForIt";

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
              "closed.forEach(epoch -> lists.add(epoch.inOrder()));",
              "",
              WITHOUT_WRITING),
          new Fault(
              "keys-of-before",
              "A stream of keys shows one as it was before it was last changed",
              "hot/TableChanges.java",
              "closed.forEach(epoch -> lists.add(epoch.inOrder()));",
              "closed.forEach(epoch -> lists.add(0, epoch.inOrder()));",
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
              RANDOM),
          new Fault(
              "walk-without-a-checkpoint",
              "A walk over a map lacks what a checkpoint has yet to write",
              "hot/TableChanges.java",
              ".forEachRemaining(epoch -> epoch.inOrder().visitOrdered(keyGroup, visitor));",
              ";",
              WALKS),
          new Fault(
              "walk-of-another-key-group",
              "A walk over a map lacks changes if there are some of later key groups",
              "hot/ChangeList.java",
              "if (keyGroup(middle) > keyGroup) {",
              "if (keyGroup(middle) >= keyGroup) {",
              WALKS),
          new Fault(
              "walk-with-removed-entries",
              "A walk over a map shows entries that have been removed during a checkpoint",
              "store/EntriesAbove.java",
              "batch.delete(columnFamily, entry.key());",
              "",
              WALKS),
          new Fault(
              "walk-waits",
              "The task waits for a checkpoint if it walks over a map",
              "state/HotEntries.java",
              "hot.waitsForEpoch()\n",
              "hot.name().isEmpty()\n",
              WALKS));

  private KeyStreamFaults() {}
}
