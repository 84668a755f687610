package io.basalt.benchmarks.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.AllRows;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States that expire, for a moment each. */
class ExpiryTest {

  @Test
  void everyRowIsMeasuredOnEveryBackend(@TempDir Path directory) throws Exception {
    var rows = AllRows.of(directory, "expiry");
    assertThat(rows.get("expiry/compaction"))
        .containsExactly(
            "values of a Long, expired ones kept",
            "values of a Long, expired ones removed",
            "maps of ten Longs, expired ones kept",
            "maps of ten Longs, expired ones removed",
            "lists of ten Longs, expired ones kept",
            "lists of ten Longs, expired ones removed",
            "lists of ten short texts, expired ones kept",
            "lists of ten short texts, expired ones removed");
    assertThat(rows.get("expiry/migration"))
        .containsExactly("migration of values of a Long", "migration of texts of 100 characters");
  }
}
