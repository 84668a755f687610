package io.basalt.statebackend.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.VoidNamespace;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Serializers of users that write nothing, no lengths, more than they read, or read null. */
final class OddSerializersTest {

  @TempDir private Path directory;

  /** Texts in a user's way. */
  abstract static class Texts extends TypeSerializerSingleton<String> {

    private static final long serialVersionUID = 1L;

    @Override
    public final boolean isImmutableType() {
      return true;
    }

    @Override
    public final String createInstance() {
      return "";
    }

    @Override
    public final String copy(String from) {
      return from;
    }

    @Override
    public final String copy(String from, String reuse) {
      return from;
    }

    @Override
    public int getLength() {
      return -1;
    }

    @Override
    public final String deserialize(String reuse, DataInputView source) throws IOException {
      return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
      serialize(deserialize(source), target);
    }
  }

  /** No bytes at all. */
  public static final class Nothing extends Texts {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(String text, DataOutputView target) {}

    @Override
    public String deserialize(DataInputView source) {
      return "nothing";
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new OfNothing();
    }
  }

  public static final class OfNothing extends SimpleTypeSerializerSnapshot<String> {
    public OfNothing() {
      super(Nothing::new);
    }
  }

  /** No length: all that is there is the text. */
  public static final class Rest extends Texts {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
      target.write(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
      byte[] bytes = new byte[((DataInputDeserializer) source).available()];
      source.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new OfRest();
    }
  }

  public static final class OfRest extends SimpleTypeSerializerSnapshot<String> {
    public OfRest() {
      super(Rest::new);
    }
  }

  /** Something behind the text that is not read. */
  public static final class More extends Texts {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
      target.writeUTF(text);
      target.writeByte(44);
      target.writeLong(0);
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
      return source.readUTF();
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new OfMore();
    }
  }

  public static final class OfMore extends SimpleTypeSerializerSnapshot<String> {
    public OfMore() {
      super(More::new);
    }
  }

  /** The empty text is read as null. */
  public static final class EmptyIsNull extends Texts {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
      target.writeUTF(text == null ? "" : text);
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
      String text = source.readUTF();
      return text.isEmpty() ? null : text;
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new OfEmptyIsNull();
    }
  }

  public static final class OfEmptyIsNull extends SimpleTypeSerializerSnapshot<String> {
    public OfEmptyIsNull() {
      super(EmptyIsNull::new);
    }
  }

  /** Another byte each time before the text. */
  public static final class Numbered extends Texts {
    private static final long serialVersionUID = 1L;
    private int number;

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
      target.writeByte(number++);
      target.writeUTF(text);
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
      source.readByte();
      return source.readUTF();
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
      return new OfNumbered();
    }
  }

  public static final class OfNumbered extends SimpleTypeSerializerSnapshot<String> {
    public OfNumbered() {
      super(Numbered::new);
    }
  }

  record Case(Texts serializer, boolean expires, boolean tier) {

    /** Where one element ends nobody knows of More, and with null Flink takes a list to end. */
    boolean areListsRead() {
      return !(serializer instanceof More) && !(serializer instanceof EmptyIsNull);
    }

    @Override
    public String toString() {
      return serializer.getClass().getSimpleName() + expires + tier;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Texts texts :
        List.of(new Nothing(), new Rest(), new More(), new EmptyIsNull(), new Numbered())) {
      cases.add(new Case(texts, false, true));
      cases.add(new Case(texts, true, true));
      cases.add(new Case(texts, false, false));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everywhere(Case odd) throws Exception {
    Peers peers = odd.tier() ? new Peers(directory) : new Peers(directory).withoutTier();
    peers.assertSame(
        IntSerializer.INSTANCE,
        (backend, transcript) -> {
          write(backend, transcript, odd);
          read(backend, transcript, odd);
          backend.restore(backend.checkpoint());
          read(backend, transcript, odd);
          write(backend, transcript, odd);
          read(backend, transcript, odd);
          backend.restore(backend.savepoint());
          read(backend, transcript, odd);
        });
  }

  private static final List<String> TEXTS =
      List.of("a", "", "b", ",", "x".repeat(5_000), "ab", "a,");

  private static <D extends org.apache.flink.api.common.state.StateDescriptor<?, ?>> D in(
      Case odd, D descriptor) {
    if (odd.expires()) {
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(java.time.Duration.ofHours(1)).build());
    }
    return descriptor;
  }

  private static ValueState<String> value(PeerBackend<Integer> backend, Case odd) throws Exception {
    return ttl(backend, new ValueStateDescriptor<>("v", odd.serializer()), odd);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private static <S extends org.apache.flink.api.common.state.State> S ttl(
      PeerBackend<Integer> backend,
      org.apache.flink.api.common.state.StateDescriptor<S, ?> descriptor,
      Case odd)
      throws Exception {
    return backend.state(in(odd, descriptor));
  }

  private static void write(PeerBackend<Integer> backend, Transcript transcript, Case odd)
      throws Exception {
    MapState<String, Integer> asKeys =
        ttl(backend, new MapStateDescriptor<>("k", odd.serializer(), IntSerializer.INSTANCE), odd);
    MapState<Integer, String> asValues =
        ttl(backend, new MapStateDescriptor<>("m", IntSerializer.INSTANCE, odd.serializer()), odd);
    MapState<String, String> both =
        ttl(backend, new MapStateDescriptor<>("b", odd.serializer(), odd.serializer()), odd);
    ListState<String> list = ttl(backend, new ListStateDescriptor<>("l", odd.serializer()), odd);
    ListState<String> appended =
        ttl(backend, new ListStateDescriptor<>("la", odd.serializer()), odd);
    ReducingState<String> reducing =
        ttl(
            backend,
            new ReducingStateDescriptor<>(
                "r", (left, right) -> left.length() > 6 ? "" : left + right, odd.serializer()),
            odd);
    for (int key = 0; key < TEXTS.size(); key++) {
      backend.key(key);
      String text = TEXTS.get(key);
      transcript.run("update", () -> value(backend, odd).update(text));
      transcript.run("update list", () -> list.update(List.of(text)));
      for (int i = 0; i < TEXTS.size(); i++) {
        String other = TEXTS.get(i);
        transcript.run("append", () -> appended.add(other));
        if (i % 3 == key % 3) {
          transcript.run("add", () -> list.add(other));
        }
        if (!(odd.serializer() instanceof Numbered)) {
          transcript.run("put key", () -> asKeys.put(other, other.length()));
          transcript.run("put both", () -> both.put(other, text));
        }
        int userKey = i;
        transcript.run("put value", () -> asValues.put(userKey, other));
        transcript.run("reduce", () -> reducing.add(other));
        transcript.show("reduced", reducing::get);
      }
      if (!(odd.serializer() instanceof Numbered)) {
        Map<String, String> all = new HashMap<>();
        all.put(text, "all");
        transcript.run("put all", () -> both.putAll(all));
      }
      Iterator<Map.Entry<Integer, String>> entries = asValues.iterator();
      entries.next().setValue("set");
      entries.next();
      entries.remove();
    }
  }

  private static void read(PeerBackend<Integer> backend, Transcript transcript, Case odd)
      throws Exception {
    MapState<String, Integer> asKeys =
        ttl(backend, new MapStateDescriptor<>("k", odd.serializer(), IntSerializer.INSTANCE), odd);
    MapState<Integer, String> asValues =
        ttl(backend, new MapStateDescriptor<>("m", IntSerializer.INSTANCE, odd.serializer()), odd);
    MapState<String, String> both =
        ttl(backend, new MapStateDescriptor<>("b", odd.serializer(), odd.serializer()), odd);
    ListState<String> list = ttl(backend, new ListStateDescriptor<>("l", odd.serializer()), odd);
    ListState<String> appended =
        ttl(backend, new ListStateDescriptor<>("la", odd.serializer()), odd);
    ReducingState<String> reducing =
        ttl(
            backend,
            new ReducingStateDescriptor<>(
                "r", (left, right) -> left.length() > 6 ? "" : left + right, odd.serializer()),
            odd);
    for (int key = 0; key <= TEXTS.size(); key++) {
      backend.key(key);
      transcript.show("value " + key, () -> value(backend, odd).value());
      if (odd.areListsRead()) {
        transcript.show("list " + key, list::get);
        transcript.show("appended " + key, appended::get);
      }
      transcript.show("reduced " + key, reducing::get);
      transcript.show("as keys " + key, asKeys::entries);
      transcript.show("as values " + key, asValues::entries);
      transcript.show("both " + key, both::entries);
      for (String other : TEXTS) {
        transcript.show("get", () -> asKeys.get(other));
        transcript.show("contains", () -> both.contains(other));
        transcript.show("get both", () -> both.get(other));
      }
      for (int i = 0; i < TEXTS.size(); i++) {
        int userKey = i;
        transcript.show("get value", () -> asValues.get(userKey));
      }
    }
    for (String state : List.of("v", "l", "la", "r", "k", "m", "b")) {
      transcript.show("keys of " + state, () -> backend.keys(state, VoidNamespace.INSTANCE));
    }
    transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
  }
}
