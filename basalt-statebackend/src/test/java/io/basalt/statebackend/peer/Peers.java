package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;

/** Runs a script on stock and on Basalt. */
final class Peers {

  static final String STOCK = "rocksdb";
  static final String BASALT = "io.basalt.statebackend.BasaltStateBackendFactory";

  private static final int FEW_KEY_GROUPS = 16;
  private static final int KEY_GROUPS_OF_TWO_BYTES = 300;

  private final Path directory;
  private final Configuration configuration;
  private final int keyGroups;

  /**
   * Peers with their working state below a path, as they are by default.
   *
   * @param directory exists
   */
  Peers(Path directory) {
    this(directory, new Configuration(), FEW_KEY_GROUPS);
  }

  private Peers(Path directory, Configuration configuration, int keyGroups) {
    this.directory = directory;
    this.configuration = configuration;
    this.keyGroups = keyGroups;
  }

  /** The same with so many key groups that the prefix of a key takes two bytes. */
  Peers withManyKeyGroups() {
    return new Peers(directory, configuration, KEY_GROUPS_OF_TWO_BYTES);
  }

  /** The same with an option switched on. */
  Peers with(ConfigOption<Boolean> option) {
    Configuration more = new Configuration(configuration);
    more.set(option, true);
    return new Peers(directory, more, keyGroups);
  }

  /** The same with Basalt reading and writing its tables, with nothing above them. */
  Peers withoutTier() {
    Configuration more = new Configuration(configuration);
    more.set(BasaltOptions.HOT_TIER_SIZE, MemorySize.ZERO);
    return new Peers(directory, more, keyGroups);
  }

  /** Both must say the same to every call. */
  <K> void assertSame(TypeSerializer<K> keySerializer, Script<K> script) throws Exception {
    List<String> stock = onStock(keySerializer, script);
    List<String> basalt = onBasalt(keySerializer, script);
    assertThat(stock).isNotEmpty();
    assertThat(basalt).hasSameSizeAs(stock);
    assertThat(differences(stock, basalt)).isEmpty();
  }

  <K> List<String> onStock(TypeSerializer<K> keySerializer, Script<K> script) throws Exception {
    return run(STOCK, keySerializer, script);
  }

  <K> List<String> onBasalt(TypeSerializer<K> keySerializer, Script<K> script) throws Exception {
    return run(BASALT, keySerializer, script);
  }

  private <K> List<String> run(String type, TypeSerializer<K> keySerializer, Script<K> script)
      throws Exception {
    Transcript transcript = new Transcript();
    Configuration chosen = new Configuration(configuration);
    chosen.set(StateBackendOptions.STATE_BACKEND, type);
    try (PeerBackend<K> backend =
        new PeerBackend<>(chosen, directory, keySerializer.duplicate(), keyGroups)) {
      script.run(backend, transcript);
    }
    return transcript.lines();
  }

  private static List<String> differences(List<String> stock, List<String> basalt) {
    return IntStream.range(0, stock.size())
        .filter(line -> !stock.get(line).equals(basalt.get(line)))
        .mapToObj(line -> "stock: " + stock.get(line) + ", Basalt: " + basalt.get(line))
        .toList();
  }
}
