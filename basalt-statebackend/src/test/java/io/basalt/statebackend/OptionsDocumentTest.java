package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions;
import org.junit.jupiter.api.Test;

/**
 * docs/options.md is made from the options themselves: a test, so that it cannot fall behind.
 *
 * <p>With {@code -Dbasalt.docs.write=true} it writes the page instead of comparing.
 */
class OptionsDocumentTest {

  private static final Path PAGE = Path.of("..", "docs", "options.md");

  /** What is chosen by Basalt while nobody sets the option. */
  private static final Map<String, String> CHOSEN_IF_NOT_SET =
      Map.of(
          RocksDBConfigurableOptions.USE_BLOOM_FILTER.key(),
          "if not set: `true` for every state that is read by key",
          RocksDBConfigurableOptions.BLOOM_FILTER_BITS_PER_KEY.key(),
          "if neither this nor `use-bloom-filter` is set: 7",
          RocksDBConfigurableOptions.USE_INGEST_DB_RESTORE_MODE.key(),
          "if not set: databases become one by their files where that is right, see architecture.md",
          RocksDBConfigurableOptions.USE_DELETE_FILES_IN_RANGE_DURING_RESCALING.key(),
          "if not set: files without a key of the task are not even fetched",
          RocksDBConfigurableOptions.INCREMENTAL_RESTORE_ASYNC_COMPACT_AFTER_RESCALE.key(),
          "if not set: after the first checkpoint, tables up to the size of level 1",
          RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL.key(),
          "if not set: `LZ4_COMPRESSION`",
          RocksDBConfigurableOptions.COMPACT_FILTER_PERIODIC_COMPACTION_TIME.key(),
          "if not set: by the time to live, for states that expire only",
          RocksDBOptions.ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE.key(),
          "if not set: 256",
          RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS.key(),
          "if not set: `true` once whole ones would not fit the block cache",
          RocksDBOptions.HIGH_PRIORITY_POOL_RATIO.key(),
          "if not set: a clock cache, which keeps such blocks longer without a fixed part");

  @Test
  void thePageSaysWhatTheOptionsSay() throws Exception {
    String page = page();
    if (Boolean.getBoolean("basalt.docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("docs/options.md; write it with -Dbasalt.docs.write=true")
        .isEqualTo(page);
  }

  private static String page() throws IllegalAccessException {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Options

        Written by `OptionsDocumentTest`; do not edit. One option chooses Basalt:

        ```yaml
        state.backend.type: io.basalt.statebackend.BasaltStateBackendFactory
        ```

        Every option of Flink's RocksDB state backend keeps its key and its meaning, and its default
        but where the table says what Basalt chooses if nobody sets it ([cold-path.md](cold-path.md)),
        in the cluster's configuration and in a job's own. A value that cannot be used is refused when
        the job is submitted, with the key, the value and what is allowed.
        Basalt's own options come last.

        Setters of `BasaltStateBackend` beat the configuration. The user's `options-factory` beats
        both for RocksDB's options, except where shared memory needs its own (block cache, write
        buffer manager).
        """);
    section(
        page,
        "Flink's own",
        List.of(
            CheckpointingOptions.INCREMENTAL_CHECKPOINTS,
            CheckpointingOptions.LOCAL_BACKUP_ENABLED,
            StateRecoveryOptions.LOCAL_RECOVERY));
    section(page, "Backend", options(RocksDBOptions.class));
    section(page, "RocksDB", options(RocksDBConfigurableOptions.class));
    section(page, "Compaction of small files", options(RocksDBManualCompactionOptions.class));
    section(page, "Native metrics", options(RocksDBNativeMetricOptions.class));
    ownSection(page);
    return page.toString();
  }

  /** With the meaning: nobody else's documentation has it. */
  private static void ownSection(StringBuilder page) throws IllegalAccessException {
    page.append("\n## Basalt's own\n\n| option | default | meaning |\n| --- | --- | --- |\n");
    HtmlFormatter formatter = new HtmlFormatter();
    for (ConfigOption<?> option : options(BasaltOptions.class)) {
      page.append("| `").append(option.key()).append("` | ");
      page.append(text(option.defaultValue())).append(" | ");
      page.append(formatter.format(option.description())).append(" |\n");
    }
  }

  private static void section(
      StringBuilder page, String title, Collection<ConfigOption<?>> options) {
    page.append("\n## ").append(title).append("\n\n| option | default |\n| --- | --- |\n");
    Map<String, ConfigOption<?>> byKey = new TreeMap<>();
    options.forEach(option -> byKey.put(option.key(), option));
    byKey.forEach(
        (key, option) -> {
          page.append("| `").append(key).append('`');
          page.append(" | ").append(text(option.defaultValue()));
          String chosen = CHOSEN_IF_NOT_SET.get(key);
          if (chosen != null) {
            page.append(" (").append(chosen).append(')');
          }
          page.append(" |\n");
        });
  }

  private static String text(Object value) {
    if (value == null) {
      return "none";
    }
    if (value instanceof Collection<?> values) {
      return values.stream().map(v -> "`" + v + "`").collect(Collectors.joining(", "));
    }
    return "`" + value + "`";
  }

  private static Collection<ConfigOption<?>> options(Class<?> holder)
      throws IllegalAccessException {
    Map<String, ConfigOption<?>> options = new TreeMap<>();
    for (Field field : holder.getFields()) {
      if (Modifier.isStatic(field.getModifiers())
          && field.get(null) instanceof ConfigOption<?> option) {
        options.put(option.key(), option);
      }
    }
    return options.values();
  }
}
