package io.basalt.statebackend.faults;

import java.util.List;

/** Large maps that are cleared by a range deletion, beside their changes in the tier. */
final class RangeFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "dropped-changes-not-kept",
              "Entries of a map are lost if the disk is full when another one is cleared",
              "hot/RemovedRanges.java",
              "aside.forEach(changes::add);",
              "",
              "hot.ClearingsTest#changesStayIfThoseBesideThemCannotBeWritten"),
          new Fault(
              "dropped-changes-are-found",
              "Entries of a large map are found again that was cleared soon after it had been filled",
              "hot/RemovedRanges.java",
              "table.entries.clear(removed);",
              "",
              "hot.ClearingsTest"),
          new Fault(
              "changes-dropped-before-a-range",
              "A large map that could not be cleared has values of before its last changes",
              "state/HotEntries.java",
              "// Before anything is forgotten: it may fail.",
              "hot.ranges().forget(bounds, keyGroup);",
              "state.MapsOnAFullDiskTest#aLargeMapThatCannotBeClearedIsAsItWas"),
          new Fault(
              "changes-of-a-range-stay",
              "A large map that was cleared before most of it was written comes back",
              "state/HotEntries.java",
              "aside.forEach(changed -> hot.remove(changed, null, keyGroup, changed.heapBytes()));",
              "aside.subList(0, 0)"
                  + ".forEach(changed -> hot.remove(changed, null, keyGroup, changed.heapBytes()));",
              "state.MapsOnAFullDiskTest#aMapThatIsClearedBeforeMostOfItIsWrittenIsEmpty"),
          new Fault(
              "cleared-map-stays-hot",
              "Entries of a large map that was cleared are found again",
              "state/HotEntries.java",
              """
              table.deleteRange(bounds.lowerInclusive(), bounds.upperExclusive());
              hot.ranges().forget(bounds, keyGroup);
              """,
              "table.deleteRange(bounds.lowerInclusive(), bounds.upperExclusive());",
              "state.HotMapsTest#aLargeMapThatWasClearedIsNotFoundAgain"));

  private RangeFaults() {}
}
