package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadAheadTest {

  @Test
  void fewCursorsReadAsFarAheadAsItPays() {
    for (int cursors = 0; cursors <= 128; cursors++) {
      assertThat(ReadAhead.bytes(cursors)).isEqualTo(ReadAhead.MOST);
    }
  }

  @Test
  void manyShareABudgetAndManyMoreHaveNone() {
    for (int cursors = 129; cursors <= 10_000; cursors++) {
      long bytes = ReadAhead.bytes(cursors);
      assertThat(cursors * bytes).isLessThanOrEqualTo(ReadAhead.BUDGET);
      assertThat(bytes).matches(b -> b == 0 || b >= ReadAhead.LEAST);
      assertThat(bytes > 0).as("of %s", cursors).isEqualTo(cursors <= 512);
    }
  }
}
