package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.transfer.Transfers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;

/** A task that restores its keyed state, and can tell whether anything is left behind. */
final class RestoringTask {

  private final Path directory;
  private final int keyGroups;
  private final Map<NativeCount.Kind, Long> openBefore;
  private final CloseableRegistry cancellation = new CloseableRegistry();
  private final Map<String, Long> metrics = new TreeMap<>();
  private RescaleSettings rescale = new RescaleSettings(0.0, true, true, true);
  private TypeSerializer<Integer> keySerializer = IntSerializer.INSTANCE;
  private RocksDBOptionsFactory optionsFactory;

  RestoringTask(Path directory, int keyGroups) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.keyGroups = keyGroups;
    NativeLibrary.load(directory);
    openBefore = NativeCount.open();
  }

  RestoringTask withRescaleSettings(RescaleSettings settings) {
    rescale = settings;
    return this;
  }

  /** One database at most is opened as it is; of all others entries are copied. */
  RestoringTask withoutJoining() {
    return withRescaleSettings(new RescaleSettings(0.0, false, true, true));
  }

  RestoringTask withKeySerializer(TypeSerializer<Integer> serializer) {
    keySerializer = serializer;
    return this;
  }

  void withOptionsFactory(RocksDBOptionsFactory factory) {
    optionsFactory = factory;
  }

  RestoredState restore(KeyGroupRange range, Collection<? extends KeyedStateHandle> handles)
      throws Exception {
    return KeyedStateRestore.restore(
        new RestoreRequest<>(
            new ArrayList<>(handles),
            range,
            keyGroups,
            StateSerializerProvider.fromNewRegisteredSerializer(keySerializer),
            getClass().getClassLoader(),
            new DatabaseSpecification(
                DatabaseSettings.defaults(), optionsFactory, null, List.of(), 0, () -> 0L),
            instance(),
            new Transfers(4),
            rescale,
            false,
            cancellation,
            metrics::put));
  }

  /** Where the restore puts its files. */
  Path instance() {
    return directory.resolve("instance");
  }

  /** Closing it cancels the restore. */
  CloseableRegistry cancellation() {
    return cancellation;
  }

  /** What has been reported. */
  Map<String, Long> metrics() {
    return metrics;
  }

  void assertOnlyTheDatabaseIsLeft(RestoredState restored) throws IOException {
    assertThat(restored.database().directory()).isEqualTo(instance().resolve("db"));
    try (Stream<Path> files = Files.list(instance())) {
      assertThat(files).containsExactly(instance().resolve("db"));
    }
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
    restored.database().close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  void assertNothingIsLeft() {
    assertThat(instance()).doesNotExist();
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }
}
