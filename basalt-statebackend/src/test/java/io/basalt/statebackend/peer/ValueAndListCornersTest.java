package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nulls, empty things, defaults and mutated objects in value and list states. */
final class ValueAndListCornersTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  @Test
  void valuesOfNullAndOfNothing() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ValueState<String> value =
              backend.state(new ValueStateDescriptor<>("v", StringSerializer.INSTANCE));
          transcript.show("nothing", value::value);
          transcript.run("clear nothing", value::clear);
          transcript.run("update(null) on nothing", () -> value.update(null));
          transcript.run("update", () -> value.update("x"));
          transcript.show("value", value::value);
          transcript.run("update to empty", () -> value.update(""));
          transcript.show("value", value::value);
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
          transcript.run("update(null)", () -> value.update(null));
          transcript.show("value", value::value);
          transcript.show("keys", () -> backend.keys("v", VoidNamespace.INSTANCE));
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
        });
  }

  @Test
  @SuppressWarnings("deprecation") // Default values are deprecated and still Flink's.
  void defaultValues() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          byte[] ours = {1, 2};
          ValueState<byte[]> value =
              backend.state(
                  new ValueStateDescriptor<>("v", BytePrimitiveArraySerializer.INSTANCE, ours));
          backend.key(1);
          transcript.show("default", value::value);
          value.value()[0] = 9;
          transcript.show("default after the one read was changed", value::value);
          transcript.run("update", () -> value.update(new byte[0]));
          transcript.show("empty array", value::value);
          value.clear();
          transcript.show("default again", value::value);
          transcript.show("keys", () -> backend.keys("v", VoidNamespace.INSTANCE));
          ours[0] = 7;
          transcript.show("default after the caller's was changed", value::value);
        });
  }

  @Test
  void listsOfNullAndOfNothing() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ListState<String> list =
              backend.state(new ListStateDescriptor<>("l", StringSerializer.INSTANCE));
          transcript.show("nothing", list::get);
          transcript.run("add(null)", () -> list.add(null));
          transcript.run("addAll(null)", () -> list.addAll(null));
          transcript.run("addAll(with null)", () -> list.addAll(Arrays.asList("a", null)));
          transcript.run("update(null)", () -> list.update(null));
          transcript.run("update(with null)", () -> list.update(Arrays.asList("a", null)));
          transcript.run("addAll(empty)", () -> list.addAll(List.of()));
          transcript.show("nothing", list::get);
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
          transcript.run("add", () -> list.add(""));
          transcript.run("add", () -> list.add(","));
          transcript.run("addAll", () -> list.addAll(List.of("b", "c")));
          transcript.show("list", list::get);
          transcript.run("addAll(with null)", () -> list.addAll(Arrays.asList("a", null)));
          transcript.run("update(with null)", () -> list.update(Arrays.asList("a", null)));
          transcript.show("list", list::get);
          transcript.run("addAll(empty)", () -> list.addAll(List.of()));
          transcript.show("list", list::get);
          transcript.run("update(empty)", () -> list.update(List.of()));
          transcript.show("list", list::get);
          transcript.show("keys", () -> backend.keys("l", VoidNamespace.INSTANCE));
          transcript.run("add", () -> list.add("again"));
          transcript.show("list", list::get);
          transcript.run("clear", list::clear);
          transcript.run("clear", list::clear);
          transcript.show("list", list::get);
        });
  }

  @Test
  void theInnerInterfaceOfLists() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          InternalListState<Integer, VoidNamespace, String> list =
              backend.internal(
                  VoidNamespace.INSTANCE,
                  VoidNamespaceSerializer.INSTANCE,
                  new ListStateDescriptor<>("l", StringSerializer.INSTANCE));
          transcript.show("nothing", list::getInternal);
          transcript.run("updateInternal(null)", () -> list.updateInternal(null));
          transcript.run("updateInternal", () -> list.updateInternal(List.of("a")));
          transcript.show("list", list::getInternal);
          transcript.show("class", () -> list.getInternal().getClass());
          transcript.show("value serializer", () -> list.getValueSerializer().getClass());
          transcript.run("updateInternal(empty)", () -> list.updateInternal(List.of()));
          transcript.show("list", list::getInternal);
        });
  }

  @Test
  void objectsChangedAfterTheyWereWrittenOrRead() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ValueState<byte[]> value =
              backend.state(new ValueStateDescriptor<>("v", BytePrimitiveArraySerializer.INSTANCE));
          ListState<byte[]> list =
              backend.state(new ListStateDescriptor<>("l", BytePrimitiveArraySerializer.INSTANCE));
          ValueState<List<byte[]>> lists =
              backend.state(
                  new ValueStateDescriptor<>(
                      "vl", new ListSerializer<>(BytePrimitiveArraySerializer.INSTANCE)));
          byte[] written = {1, 2, 3};
          value.update(written);
          list.add(written);
          List<byte[]> both = new ArrayList<>(List.of(written, written));
          list.addAll(both);
          lists.update(both);
          written[0] = 99;
          both.clear();
          transcript.show("value", value::value);
          transcript.show("list", list::get);
          transcript.show("value of a list", lists::value);
          value.value()[1] = 98;
          list.get().iterator().next()[1] = 98;
          lists.value().clear();
          transcript.show("value", value::value);
          transcript.show("list", list::get);
          transcript.show("value of a list", lists::value);
        });
  }

  @Test
  void largeValues() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ValueState<byte[]> value =
              backend.state(new ValueStateDescriptor<>("v", BytePrimitiveArraySerializer.INSTANCE));
          ListState<byte[]> list =
              backend.state(new ListStateDescriptor<>("l", BytePrimitiveArraySerializer.INSTANCE));
          byte[] megabyte = new byte[1 << 20];
          for (int i = 0; i < megabyte.length; i++) {
            megabyte[i] = (byte) (i * 31 + i / 1000);
          }
          value.update(megabyte);
          for (int i = 0; i < 5; i++) {
            list.add(megabyte);
            list.add(new byte[0]);
          }
          transcript.show("value", () -> Arrays.hashCode(value.value()));
          transcript.show(
              "list",
              () -> {
                List<Integer> hashes = new ArrayList<>();
                list.get().forEach(element -> hashes.add(Arrays.hashCode(element)));
                return hashes;
              });
          backend.restore(backend.checkpoint());
          backend.key(1);
          ValueState<byte[]> restored =
              backend.state(new ValueStateDescriptor<>("v", BytePrimitiveArraySerializer.INSTANCE));
          transcript.show("restored", () -> Arrays.hashCode(restored.value()));
        });
  }
}
