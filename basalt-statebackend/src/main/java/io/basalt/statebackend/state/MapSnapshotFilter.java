package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import java.util.Arrays;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.jspecify.annotations.Nullable;

/** Filters entries of maps: a null value stays, any other goes through the filter of values. */
final class MapSnapshotFilter implements StateSnapshotTransformer<byte[]> {

  private static final int FLAG_BYTES = 1;

  private final StateSnapshotTransformer<byte[]> valueFilter;

  MapSnapshotFilter(StateSnapshotTransformer<byte[]> valueFilter) {
    this.valueFilter = valueFilter;
  }

  @Override
  public byte @Nullable [] filterOrTransform(byte @Nullable [] entry) {
    if (entry == null || MapEntryValue.isNull(entry)) {
      return entry;
    }
    byte[] value = Arrays.copyOfRange(entry, FLAG_BYTES, entry.length);
    byte[] kept = valueFilter.filterOrTransform(value);
    if (kept == null) {
      return null;
    }
    if (Arrays.equals(kept, value)) {
      return entry;
    }
    byte[] transformed = new byte[FLAG_BYTES + kept.length];
    transformed[0] = entry[0];
    System.arraycopy(kept, 0, transformed, FLAG_BYTES, kept.length);
    return transformed;
  }
}
