package io.basalt.statebackend.exchange;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@link Exchange}, each with another type of key than the one before. */
final class Exchanges {

  private final List<Exchange<?>> rows = new ArrayList<>();

  /** Adds a row for each scale. */
  Exchanges add(Participant writer, SnapshotKind kind, Participant reader, List<Scale> scales) {
    for (Scale scale : scales) {
      KeyType<?> keys = KeyType.ALL.get(rows.size() % KeyType.ALL.size());
      rows.add(new Exchange<>(writer, kind, reader, scale, keys));
    }
    return this;
  }

  /** Adds a row for each type of key. */
  Exchanges addForEachKeyType(
      Participant writer, SnapshotKind kind, Participant reader, Scale scale) {
    for (KeyType<?> keys : KeyType.ALL) {
      rows.add(new Exchange<>(writer, kind, reader, scale, keys));
    }
    return this;
  }

  List<Exchange<?>> rows() {
    return rows;
  }
}
