package io.basalt.statebackend.schema;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The key groups of a backend, as parts of its tables.
 *
 * @param range those that the backend has
 * @param prefix how keys begin
 */
public record KeyGroups(KeyGroupRange range, KeyGroupPrefix prefix) {

  /** All keys of all of them. */
  Bounds all() {
    return prefix.bounds(range);
  }

  /** As many parts of about as many key groups each, or fewer; in order, together all of them. */
  List<Bounds> parts(int most) {
    int count = Math.min(most, range.getNumberOfKeyGroups());
    List<Bounds> parts = new ArrayList<>();
    long groups = range.getNumberOfKeyGroups();
    for (int part = 0; part < count; part++) {
      int first = range.getStartKeyGroup() + (int) (groups * part / count);
      int behind = range.getStartKeyGroup() + (int) (groups * (part + 1) / count);
      parts.add(prefix.bounds(KeyGroupRange.of(first, behind - 1)));
    }
    return parts;
  }
}
