package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.ListDelimitedSerializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.junit.jupiter.api.Test;

/** Filters of stored entries made of filters of values. */
class SnapshotFiltersTest {

  private static final ListSerializer<String> LIST =
      new ListSerializer<>(StringSerializer.INSTANCE);
  private static final MapSerializer<Integer, String> MAP =
      new MapSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE);

  @Test
  void whereNothingIsFilteredThereIsNoFilter() {
    StateSnapshotTransformFactory<String> none = StateSnapshotTransformFactory.noTransform();

    for (TypeSerializer<?> serializer : List.of(StringSerializer.INSTANCE, LIST, MAP)) {
      StateSnapshotTransformFactory<?> filters = SnapshotFilters.of(none, serializer);
      assertThat(filters.createForSerializedState()).isEmpty();
      assertThat(filters.createForDeserializedState()).isEmpty();
    }
  }

  @Test
  void aValueGoesThroughTheFilterAsItIs() {
    StateSnapshotTransformer<byte[]> filter =
        serialized(new DropOrShout(), StringSerializer.INSTANCE);

    assertThat(filter.filterOrTransform(string("drop"))).isNull();
    assertThat(filter.filterOrTransform(string("keep"))).isEqualTo(string("keep"));
  }

  @Test
  void elementsOfAListAreFilteredAndChangedOneByOne() throws Exception {
    StateSnapshotTransformer<byte[]> filter = serialized(new DropOrShout(), LIST);

    assertThat(filter.filterOrTransform(null)).isNull();
    assertThat(filter.filterOrTransform(list("drop"))).isNull();
    assertThat(filter.filterOrTransform(list("drop", "drop"))).isNull();
    assertThat(filter.filterOrTransform(list("a", "drop", ",,", "shout", "drop")))
        .isEqualTo(list("a", ",,", "SHOUT"));
    assertThat(filter.filterOrTransform(list("drop", "a", ",", ""))).isEqualTo(list("a", ",", ""));
    byte[] untouched = list("a", ",");
    assertThat(filter.filterOrTransform(untouched)).isEqualTo(untouched);
  }

  @Test
  void aFilterThatStopsAtTheFirstKeptElementKeepsTheRestUnseen() throws Exception {
    StateSnapshotTransformer<byte[]> filter = serialized(new DropFirst(), LIST);

    assertThat(filter.filterOrTransform(list("drop", "drop", "a", "drop", "b")))
        .isEqualTo(list("a", "drop", "b"));
    byte[] untouched = list("a", "drop");
    assertThat(filter.filterOrTransform(untouched)).isSameAs(untouched);
    assertThat(filter.filterOrTransform(list("drop"))).isNull();
  }

  @Test
  void valuesOfAMapAreFilteredBehindTheirFlag() {
    StateSnapshotTransformer<byte[]> filter = serialized(new DropOrShout(), MAP);
    byte[] nullValue = {1};

    assertThat(filter.filterOrTransform(null)).isNull();
    assertThat(filter.filterOrTransform(nullValue)).isEqualTo(nullValue);
    assertThat(filter.filterOrTransform(flagged("drop"))).isNull();
    assertThat(filter.filterOrTransform(flagged("keep"))).isEqualTo(flagged("keep"));
    assertThat(filter.filterOrTransform(flagged("shout"))).isEqualTo(flagged("SHOUT"));
  }

  @Test
  void objectsAreFilteredAsFlinksHeapFiltersThem() {
    StateSnapshotTransformer<List<String>> lists =
        SnapshotFilters.of(new DropOrShout(), LIST).createForDeserializedState().orElseThrow();
    StateSnapshotTransformer<Map<Integer, String>> maps =
        SnapshotFilters.of(new DropOrShout(), MAP).createForDeserializedState().orElseThrow();

    assertThat(lists.filterOrTransform(List.of("a", "drop"))).containsExactly("a");
    assertThat(maps.filterOrTransform(Map.of(1, "a", 2, "drop"))).isEqualTo(Map.of(1, "a"));
  }

  private static StateSnapshotTransformer<byte[]> serialized(
      StateSnapshotTransformFactory<String> elementFilter, TypeSerializer<?> serializer) {
    return SnapshotFilters.of(elementFilter, serializer).createForSerializedState().orElseThrow();
  }

  private static byte[] list(String... elements) throws Exception {
    return new ListDelimitedSerializer()
        .serializeList(List.of(elements), StringSerializer.INSTANCE);
  }

  private static byte[] flagged(String value) {
    byte[] bytes = string(value);
    byte[] flagged = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, flagged, 1, bytes.length);
    return flagged;
  }

  /** As StringSerializer writes short strings of ASCII: the length plus one, then the letters. */
  private static byte[] string(String value) {
    byte[] letters = value.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[letters.length + 1];
    bytes[0] = (byte) (letters.length + 1);
    System.arraycopy(letters, 0, bytes, 1, letters.length);
    return bytes;
  }

  /** Leaves out "drop", turns "shout" into "SHOUT", keeps the rest. */
  private static final class DropOrShout implements StateSnapshotTransformFactory<String> {

    @Override
    public Optional<StateSnapshotTransformer<String>> createForDeserializedState() {
      return Optional.of(value -> "drop".equals(value) ? null : value);
    }

    @Override
    public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
      return Optional.of(
          bytes -> {
            String value = new String(bytes, 1, bytes.length - 1, StandardCharsets.US_ASCII);
            return switch (value) {
              case "drop" -> null;
              case "shout" -> string("SHOUT");
              default -> bytes;
            };
          });
    }
  }

  /** Leaves out "drop" up to the first element that is something else. */
  private static final class DropFirst implements StateSnapshotTransformFactory<String> {

    @Override
    public Optional<StateSnapshotTransformer<String>> createForDeserializedState() {
      return Optional.empty();
    }

    @Override
    public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
      return Optional.of(
          new StateSnapshotTransformer.CollectionStateSnapshotTransformer<>() {
            @Override
            public byte[] filterOrTransform(byte[] bytes) {
              String value = new String(bytes, 1, bytes.length - 1, StandardCharsets.US_ASCII);
              return "drop".equals(value) ? null : bytes;
            }

            @Override
            public TransformStrategy getFilterStrategy() {
              return TransformStrategy.STOP_ON_FIRST_INCLUDED;
            }
          });
    }
  }
}
