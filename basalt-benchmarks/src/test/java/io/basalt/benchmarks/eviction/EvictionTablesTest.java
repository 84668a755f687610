package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Scale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The document. */
class EvictionTablesTest {

  @Test
  void everyPolicyIsOnEveryTrace() throws IOException {
    List<String> progress = new ArrayList<>();

    String document = EvictionTables.of(Scale.MOMENT, progress::add);

    assertThat(progress).hasSize(14);
    assertThat(document)
        .contains("## Traces", "## Hit ratio", "## Dirty evictions", "## All writes", "## Cost")
        .contains("| Zipf | 200 |");
    for (PolicyKind kind : PolicyKind.values()) {
      assertThat(document).contains("| " + kind + " | ");
    }
    // Thirteen traces, of which six have four sizes and seven three, in three tables.
    assertThat(
            document.lines().filter(line -> line.matches("\\| .* \\| [0-9,]+ \\| [0-9.,]+ \\|.*")))
        .hasSize(13 + 3 * (6 * 4 + 7 * 3));
  }
}
