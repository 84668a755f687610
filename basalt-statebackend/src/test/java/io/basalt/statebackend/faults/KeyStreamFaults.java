package io.basalt.statebackend.faults;

import java.util.List;

/** The keys and maps of a state of which some are changed in the tier. */
final class KeyStreamFaults {

  private static final String RANDOM =
      "state.KeysOfChangedStatesTest#theyAreThoseOfTheMomentInTheOrderOfTheirBytes";
  private static final String WITHOUT_WRITING =
      "state.KeysOfChangedStatesTest#noChangeIsWrittenForThemAndNoCheckpointWaitedFor";

  private static final String KEYS_OF_NUMBERS =
      "state.ChangedMapsOfNumbersTest#aStreamOfKeysIsThatOfTheMomentThoughNothingIsWrittenForIt";
  private static final String WALKS_OF_NUMBERS =
      "state.ChangedMapsOfNumbersTest#aWalkShowsWhatIsChangedAndNothingIsWrittenForIt";
  private static final String NUMBERS_AT_RANDOM =
      "state.ChangedMapsOfNumbersTest#bothAreAsInAModelFromRestoreToRestore";

  private static final String WALKS_AT_RANDOM =
      "state.WalksBesideCheckpointsTest#theyShowWhatThereIs";
  private static final String CHANGES_IN_ORDER =
      "hot.ChangesByKeyTest#walksAtRandomShowWhatThereIs";

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
              "new ArrayList<>(closed).subList(0, 0).forEach(epoch -> lists.add(epoch.inOrder()));",
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
              "hot/ChangesByKey.java",
              "this.lists = lists;",
              "this.lists = lists.subList(0, 1);",
              WALKS),
          new Fault(
              "walk-of-another-key-group",
              "A walk over a map lacks changes if there are some of other key groups",
              "hot/ChangeList.java",
              "if (keyGroup(middle) > keyGroup) {",
              "if (keyGroup(middle) >= keyGroup) {",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-without-later-changes",
              "A walk over a map lacks what has been changed since others have been walked over",
              "hot/ChangesByKey.java",
              "if (entry.namespace == null) {",
              "if (entry.namespace == null && others.containsKey((int) entry.keyGroup)) {",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-over-changes-in-a-wrong-leaf",
              "A walk over a map lacks changes that have been put in order together",
              "hot/OrderedEntries.java",
              "(end == null || Arrays.compareUnsigned(key(some.get(next)), end) < 0)",
              "(end == null || end.length >= 0)",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-over-the-first-hashes",
              "A walk over a map lacks changes if thousands of its key group are in no order yet",
              "hot/UnorderedChanges.java",
              "begin < part.left;",
              "begin < Math.min(part.left, 1);",
              "state.WalksBesideCheckpointsTest#theyShowWhatThereIsOfMoreThanIsPutInOrderAtOnce"),
          new Fault(
              "walk-with-older-values",
              "A walk over a map shows what an earlier checkpoint has yet to write",
              "hot/OrderedEntries.java",
              "if (entries.get(place).epoch < entry.epoch) {",
              "if (entries.get(place).epoch > entry.epoch) {",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-over-the-first-changes",
              "A walk over a map ends with the changes that are put in order at once",
              "hot/ChangesByKey.java",
              "last == null ? range.upperExclusive() : Arrays.copyOf(last, last.length + 1)",
              "range.upperExclusive()",
              "hot.ChangesByKeyTest#moreChangesThanAreLookedAtAtOnceAreWalkedOver"),
          new Fault(
              "walk-before-the-last-one",
              "A walk over a map lacks changes before those of the walk before",
              "hot/KeyRanges.java",
              "ends.floorEntry(key)",
              "ends.lastEntry()",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-by-hashes-of-longer-keys",
              "A walk over a map lacks changes if one over a map with a longer key was before",
              "hot/UnorderedChanges.java",
              "if (common < hashed) {",
              "if (hashed == Integer.MAX_VALUE) {",
              CHANGES_IN_ORDER),
          new Fault(
              "walk-over-changes-that-move",
              "A walk over a map fails or lacks changes when others have come and gone",
              "hot/TableChanges.java",
              "lists.add(open.inOrder());",
              "lists.add(open);",
              CHANGES_IN_ORDER),
          new Fault(
              "order-that-stays-counted",
              "With each checkpoint that maps are walked over beside, the tier has less room",
              "hot/ChangesByKey.java",
              "taking.accept(-heldBytes);",
              "",
              "hot.ChangesByKeyTest#whatAnOrderTakesIsCountedAndGivenBack"),
          new Fault(
              "walk-with-removed-entries",
              "A walk over a map shows entries that have been removed during a checkpoint",
              "state/CursorWithChanges.java",
              "if (order == 0) {",
              "if (order == 0 && change.isPresent()) {",
              WALKS),
          new Fault(
              "walk-with-values-put-later",
              "A walk over a map during a checkpoint shows what is put after it has begun",
              "state/CursorWithChanges.java",
              "((byte[]) changed().value()).clone()",
              "(byte[]) changed().value()",
              "state.WalksBesideCheckpointsTest#aWalkShowsTheValuesOfItsBeginning"),
          new Fault(
              "walk-as-of-the-first",
              "A second walk over a map during a checkpoint lacks what was put since the first",
              "hot/TableChanges.java",
              "byKey.add(entry);",
              "",
              WALKS_AT_RANDOM),
          new Fault(
              "walk-as-of-an-earlier-checkpoint",
              "A walk over a map shows what it had when an earlier checkpoint was written",
              "hot/TableChanges.java",
              "byKey = null;",
              "",
              WALKS_AT_RANDOM),
          new Fault(
              "walk-waits",
              "The task waits for a checkpoint if it walks over a map",
              "state/HotEntries.java",
              "if (!hot.waitsForEpoch()) {",
              "if (!hot.name().isEmpty()) {",
              WALKS),
          new Fault(
              "keys-of-emptied-maps",
              "A stream of keys shows those of maps whose last entries have been removed",
              "state/WalkWithChanges.java",
              "group.add(new Change(removed, false));",
              "",
              KEYS_OF_NUMBERS),
          new Fault(
              "keys-of-maps-emptied-since",
              "A stream of keys shows those of maps that were emptied since two checkpoints",
              "state/WalkWithChanges.java",
              "group.add(new Change(bytes, isPresent));",
              "if (isPresent || emptied == null) group.add(new Change(bytes, isPresent));",
              KEYS_OF_NUMBERS),
          new Fault(
              "walk-without-changed-numbers",
              "A walk over a map of numbers lacks what is changed of it",
              "state/MapsFromTable.java",
              "above.isEmpty() ? below",
              "!above.contains(null) ? below",
              WALKS_OF_NUMBERS),
          new Fault(
              "walk-with-removed-numbers",
              "A walk over a map of numbers shows what has been removed from it",
              "state/MapsFromTable.java",
              "if (bounds.contain(key)) {",
              "if (bounds.contain(key) && !map.isAbsent(at)) {",
              WALKS_OF_NUMBERS),
          new Fault(
              "walk-writes-numbers",
              "A walk over a map of numbers has all changes of the state written",
              "hot/TableChanges.java",
              "return withoutNamespace == 0 &&",
              "return open.isEmpty() &&",
              WALKS_OF_NUMBERS),
          new Fault(
              "walk-without-the-rest-of-numbers",
              "A walk over a large map of numbers lacks entries that are not with the others",
              "hot/TableChanges.java",
              "withoutNamespace += entry.namespace == null ? 1 : 0;",
              "withoutNamespace += entry.namespace == null ? 0 : 0;",
              WALKS_OF_NUMBERS),
          new Fault(
              "numbers-read-over-changes",
              "A map of numbers has entries twice once it has been walked over",
              "state/MapsFromTable.java",
              "if (more.place(userKey) >= 0) {",
              "if (more.place(userKey) >= SmallMap.MOST) {",
              NUMBERS_AT_RANDOM),
          new Fault(
              "changed-map-taken-for-all",
              "A walk over a large map of numbers ends early once it has been changed",
              "state/MapsFromTable.java",
              "if (hasAll) {",
              "if (hasAll || !isWhole) {",
              NUMBERS_AT_RANDOM));

  private KeyStreamFaults() {}
}
