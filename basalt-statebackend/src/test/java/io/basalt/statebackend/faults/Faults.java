package io.basalt.statebackend.faults;

import java.util.List;
import java.util.stream.Stream;

/** All planted faults. */
final class Faults {

  private Faults() {}

  static List<Fault> all() {
    return Stream.of(
            LayoutFaults.ALL,
            PojoFaults.ALL,
            StateFaults.ALL,
            TimerFaults.ALL,
            StoreFaults.ALL,
            SnapshotFaults.ALL,
            LedgerFaults.ALL,
            RestoreFaults.ALL,
            SchemaFaults.ALL,
            HotFaults.ALL,
            KeyStreamFaults.ALL,
            ExpiryFaults.ALL,
            SmallMapFaults.ALL,
            PackedMapFaults.ALL,
            RangeFaults.ALL,
            WaitingFaults.ALL,
            RoomFaults.ALL,
            StallFaults.ALL)
        .flatMap(List::stream)
        .toList();
  }
}
