package io.basalt.statebackend.faults;

import java.util.List;

/** The kinds of state and the streams of keys. */
final class StateFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "highest-key-untold",
              "A key that was written lately is taken for one that never was",
              "state/HotValues.java",
              "highest.written(entryKey, keyGroup);\n        windows.add(entryKey);\n        writes.put(",
              "windows.add(entryKey);\n        writes.put(",
              "state.HighestKeysTest#whatHasBeenWrittenIsFound"),
          new Fault(
              "highest-key-falls",
              "A key is taken for absent because a lower one was written after it",
              "state/HighestKeys.java",
              """
              if (before != null && Arrays.compareUnsigned(written, before) <= 0) {
                return;
              }
              byte[] key = Bounds.notBelow(written);
              while (before == null || Arrays.compareUnsigned(key, before) > 0) {
              """,
              """
              byte[] key = Bounds.notBelow(written);
              while (before != key) {
              """,
              "state.HighestKeysTest"),
          new Fault(
              "highest-key-without-a-look",
              "After a restore keys that count up are taken for new, and are not",
              "state/HighestKeys.java",
              "isTimeToLook(index) && isNothingFrom(key, keyGroup);",
              "isTimeToLook(index);",
              "state.HighestKeysTest#whatHasBeenWrittenIsFound"),
          new Fault(
              "changed-behind-an-entry",
              "An entry of a map shows a value that was put after the one that was set through it",
              "state/MapIterator.java",
              "written.clone()",
              "written",
              "peer.MapCornersTest#anEntryShowsWhatWasSetThroughItWhateverIsPutLater"),
          new Fault(
              "known-with-what-never-came",
              "A map is not empty after a put that has failed for want of disk space",
              "state/MapOperations.java",
              "// Some of them may not be there.\n      known.forget(prefix);",
              "",
              "state.MapsOnAFullDiskTest#whatIsKnownOfAMapIsWhatItHas"),
          new Fault(
              "discarded-by-the-end-of-the-task",
              "A savepoint that goes on when its task ends lacks what was just being written",
              "state/HotStates.java",
              "tier.close(); }",
              "tier.close(); writer.discard(); }",
              "state.ClosedTierTest"),
          new Fault(
              "windows-written-and-unknown",
              "The sum of a window that was evicted begins anew",
              "state/HotValues.java",
              "windows.add(entryKey); writes.put(",
              "writes.put(",
              "state.HotWindowsTest"),
          new Fault(
              "windows-passed-by-and-unknown",
              "The sum of a window begins anew if the tier is too small to be of use",
              "state/HotValues.java",
              "windows.add(entryKey); table.putBuffered(",
              "table.putBuffered(",
              "state.HotWindowsTest"),
          new Fault(
              "restored-windows-unknown",
              "Windows that a job is restored with begin anew",
              "catalog/RegisteredState.java",
              "return isNew;",
              "return true;",
              "state.HotWindowsTest#theyAreThereUntilTheyGoWhateverIsWrittenMeanwhile"),
          new Fault(
              "restored-windows-seen-in-part",
              "Windows that a job is restored with begin anew when a few others have been looked for",
              "state/KeyWalk.java",
              "boolean isOver = keyGroup == keyGroupBehindLast;",
              "boolean isOver = true;",
              "state.WindowsBelowTest"),
          new Fault(
              "restored-windows-passed-over",
              "Windows that a job is restored with begin anew where a key group has many",
              "state/KeyWalk.java",
              "if (cursor.isValid()) {",
              "if (false) {",
              "state.WindowsBelowTest"),
          new Fault(
              "windows-leave-entries",
              "Windows that have fired make every look-up of others slower",
              "hot/UnwrittenKeys.java",
              "table.drop(entry);",
              "",
              "state.HotWindowsTest#theyAreThereUntilTheyGoWhateverIsWrittenMeanwhile"),
          new Fault(
              "written-and-left",
              "A window that has fired after a checkpoint fires again after a restore",
              "hot/UnwrittenKeys.java",
              "|| entry.maybeBelow",
              "",
              "hot.HotTierModelTest"),
          new Fault(
              "left-while-written",
              "A checkpoint lacks windows that fired while it was written",
              "hot/UnwrittenKeys.java",
              "!tier.isOpen(entry) ||",
              "",
              "hot.HotTierModelTest"),
          new Fault(
              "null-is-not-contained",
              "contains() of a map says no for a key whose value is null",
              "state/MapOperations.java",
              """
              return entries.contains(
                  keys.write(key, keyGroup, namespace, userKey, userKeySerializer));
              """,
              "return get(key, keyGroup, namespace, userKey) != null;",
              "state.MapStateTest#aNullValueIsThereAndNull"),
          new Fault(
              "clear-leaves-the-first",
              "clear() leaves the first entry of a map",
              "state/TableEntries.java",
              "batch.delete(table, cursor.key());",
              """
              if (entries > 1) {
                batch.delete(table, cursor.key());
              }
              """,
              "state.MapStateTest"),
          new Fault(
              "half-a-map",
              "putAll() that fails at one value has put those before it",
              "state/MapOperations.java",
              "values.add(writeUserValue(entry.getValue(), keyGroup));",
              """
              values.add(writeUserValue(entry.getValue(), keyGroup));
              entries.put(entryKeys.get(values.size() - 1), values.get(values.size() - 1));
              """,
              "state.MapStateTest#ofAMapThatCannotBeWrittenWholeNothingIs"),
          new Fault(
              "entry-twice",
              "An iteration over a map shows the 128th entry twice",
              "state/MapIterator.java",
              "lowerInclusive = Arrays.copyOf(lastKey, lastKey.length + 1);",
              "lowerInclusive = lastKey;",
              "state.MapStateTest#everyEntryIsShownOnceAndCanBeRemoved"),
          new Fault(
              "one-chunk-only",
              "An iteration over a map ends behind the 128th entry",
              "state/MapIterator.java",
              "lastChunk = !cursor.isValid();",
              "lastChunk = chunk.size() <= CHUNK_ENTRIES;",
              "state.MapStateTest#everyEntryIsShownOnceAndCanBeRemoved"),
          new Fault(
              "range-takes-all-behind",
              "clear() of a large map takes every map behind it, too",
              "state/HotEntries.java",
              "table.deleteRange(bounds.lowerInclusive(), bounds.upperExclusive());",
              "table.deleteRange(bounds.lowerInclusive(), new byte[] {(byte) 0x7F});",
              "state.LargeCollectionsTest#clearedMapsAreEmptyAndNobodyElseIs"),
          new Fault(
              "list-without-end",
              "A list that was restored grows beyond its limit",
              "state/ListSizes.java",
              "+ 1; length = table.valueLength(entryKey);",
              "+ 1; length = 0;",
              "state.LargeCollectionsTest#theLimitHoldsAcrossARestore"),
          new Fault(
              "update-appends",
              "update() of a list appends to it",
              "state/ListOperations.java",
              """
              if (hot == null) {
                table.put(entryKey, bytes);
              } else {
                hot.put(entryKey, bytes);
              }
              """,
              "append(key, keyGroup, namespace, bytes);",
              "state.KeyedStateTest#anEmptyListIsNone"),
          new Fault(
              "target-among-sources",
              "Merging windows loses the list of one that goes on under its own name",
              "state/ListOperations.java",
              "Arrays.equals(sourceKey, targetKey) ? null : read(sourceKey)",
              "read(sourceKey)",
              "state.KeyedStateTest#listsOfNamespacesAreMergedBehindTheTargets"),
          new Fault(
              "source-gone-first",
              "On a full disk merged windows lose the list that could not be appended",
              "state/ListOperations.java",
              "byte[] bytes = list.toArray();",
              "byte[] bytes = list.toArray(); remove(sourceKey);",
              "state.MergedListsOnAFullDiskTest"),
          new Fault(
              "sources-stay",
              "Merged windows keep their accumulators and count twice",
              "state/AccumulatingOperations.java",
              "merged.values().forEach(source -> accumulators.remove(key, keyGroup, source));",
              "merged.values().stream().limit(0)"
                  + ".forEach(source -> accumulators.remove(key, keyGroup, source));",
              "state.KeyedStateTest#accumulatorsOfNamespacesAreMergedAndTheTargetsComesLast"),
          new Fault(
              "target-forgotten",
              "What the target of a merge held is lost",
              "state/AccumulatingOperations.java",
              "A old = merged.containsKey(targetKey) ? null : accumulators.get(key, keyGroup, target);",
              "A old = null;",
              "state.KeyedStateTest#accumulatorsOfNamespacesAreMergedAndTheTargetsComesLast"),
          new Fault(
              "shared-default",
              "Changing a default value that was read changes it for every key",
              "state/KeyedValueState.java",
              "getValueSerializer().copy(defaultValue)",
              "defaultValue",
              "state.KeyedStateTest#aNullValueClearsAndNothingGivesACopyOfTheDefault"),
          new Fault(
              "serializer-of-before",
              "A list that is registered again is read with the serializer of before",
              "state/KeyedListState.java",
              "operations = operationsOf(newBinding);",
              "",
              "schema.StateRegistrationTest#everyKindIsReadWithTheSerializersOfItsLatestRegistration"),
          new Fault(
              "queried-key-group",
              "Queryable state answers from the key group that the task happens to be at",
              "state/KeyedState.java",
              """
              KeyGroupRangeAssignment.assignToKeyGroup(
                  keyAndNamespace.f0, context.keyContext().getNumberOfKeyGroups());
              """,
              "context.keyContext().getCurrentKeyGroupIndex();",
              "state.SerializedValueTest#everyKindIsReadInTheFormOfFlinksClients"),
          new Fault(
              "keys-repeated",
              "The keys of several states come once for each of them",
              "state/MergedKeys.java",
              "Arrays.equals(other.pair(), pair)",
              "other.pair() == pair",
              "state.KeyStreamsTest#aKeyOfSeveralStatesComesOnceAndInTheSameOrder"),
          new Fault(
              "cursor-never-closed",
              "isEmpty() of a map leaks native memory with every call",
              "state/MapOperations.java",
              "try (EntryCursor cursor = entries.openAt(Bounds.ofPrefix(prefix))) {",
              "{ EntryCursor cursor = entries.openAt(Bounds.ofPrefix(prefix));",
              "state.MapStateTest#anAbandonedIteratorHoldsNothing"),
          new Fault(
              "delimiter-in-front",
              "A savepoint turns lists whose first element has expired into garbage",
              "state/ListSnapshotFilter.java",
              "if (kept.size() > 0) {",
              "if (start > 0) {",
              "state.SnapshotFiltersTest#elementsOfAListAreFilteredAndChangedOneByOne"),
          new Fault(
              "walk-of-before-not-heard",
              "A map has an entry, and is empty",
              "state/HotStates.java",
              "before.outlive();",
              "",
              "state.OutlivingOperationsTest#aWalkBringsAnEntryBackIntoAMap"),
          new Fault(
              "highest-key-of-one-registration",
              "A sum is lost that was being made when its state was registered again",
              "state/HotStates.java",
              "highest.computeIfAbsent( table.name(), name -> new HighestKeys(table, prefix, keyGroups)),",
              "new java.util.HashMap<String, HighestKeys>().computeIfAbsent("
                  + "table.name(), name -> new HighestKeys(table, prefix, keyGroups)),",
              "state.OutlivingOperationsTest#aSumIsFoundThatWasBeingMadeMeanwhile"));

  private StateFaults() {}
}
