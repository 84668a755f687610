package io.basalt.benchmarks.workingset;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.AllRows;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The working sets, for a moment each. */
class WorkingSetsTest {

  @Test
  void everyRowIsMeasuredOnEveryBackend(@TempDir Path directory) throws Exception {
    var rows = AllRows.of(directory, "working-sets");
    assertThat(rows.get("working-sets/long"))
        .containsExactly(
            "uniform over 2 k keys",
            "drifting recent keys",
            "uniform over 2 k keys, with scans",
            "drifting recent keys, with scans",
            "Zipf 0.99 over 5 k keys",
            "uniform over 5 k keys");
    assertThat(rows.get("working-sets/object"))
        .isEqualTo(rows.get("working-sets/row-data"))
        .hasSize(4);
    assertThat(rows.get("working-sets/map-entry")).isEqualTo(rows.get("working-sets/long"));
    assertThat(rows.get("working-sets/windows"))
        .containsExactly("tumbling windows", "sliding windows");
    assertThat(rows.get("working-sets/absent")).hasSize(3);
    assertThat(rows.get("working-sets/tight-cache")).hasSize(1);
  }

  @Test
  void theFairRivalHasTheSameRows(@TempDir Path directory) throws Exception {
    var rows = AllRows.of(directory, "fair-rival/long", "fair-rival/windows");
    assertThat(rows.get("fair-rival/long")).hasSize(6);
    assertThat(rows.get("fair-rival/windows"))
        .containsExactly("tumbling windows", "sliding windows");
  }
}
