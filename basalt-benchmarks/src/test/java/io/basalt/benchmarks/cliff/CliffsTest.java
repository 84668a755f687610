package io.basalt.benchmarks.cliff;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.AllRows;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cliffs, for a moment each. */
class CliffsTest {

  @Test
  void everyRowIsMeasuredOnEveryBackend(@TempDir Path directory) throws Exception {
    var rows = AllRows.of(directory, "cliffs");
    assertThat(rows.get("cliffs/deleted-entries"))
        .containsExactly(
            "isEmpty, beside 1,000 deleted neighbours",
            "iterator over 3 entries, beside 1,000 deleted neighbours",
            "3 puts and clear, beside 1,000 deleted neighbours",
            "isEmpty, after 1,000 of its own entries were deleted",
            "iterator, after 1,000 of its own entries were deleted",
            "3 puts and clear, after 1,000 of its own entries were deleted");
    assertThat(rows.get("cliffs/timers"))
        .containsExactly(
            "far timers, 2,000 of them",
            "near timers, 2,000 of them",
            "far timers, 4,000 of them",
            "near timers, 4,000 of them",
            "500 timers, after 1,000 before them were deleted");
  }
}
