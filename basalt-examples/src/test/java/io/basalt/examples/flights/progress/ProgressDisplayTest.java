package io.basalt.examples.flights.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

  private static final String RUN = "ProgressDisplayTest";
  private static final CheckpointStatus CHECKPOINTS =
      new CheckpointStatus(4, 1, 5 * 1024 * 1024 / 2, 1024, Optional.empty());

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final RunProgress progress = RunProgress.of(RUN);

  @AfterEach
  void forgetTheRun() {
    RunProgress.forget(RUN);
  }

  @Test
  void drawsOverItsLineOnATerminal() {
    ProgressDisplay display = display(true);
    progress.reached(500);
    display.show(progress, CHECKPOINTS, Duration.ofSeconds(1));
    progress.reached(1000);
    display.show(progress, CHECKPOINTS, Duration.ofSeconds(2));
    display.finish();

    String half = "[##############--------------]  50 %  500 flights  500/s  checkpoints 4";
    String full = "[############################] 100 %  1,000 flights  500/s  checkpoints 4";
    assertThat(shown())
        .isEqualTo(
            ("CLEAR" + half + "  state 2.5 MiBCLEAR" + full + "  state 2.5 MiBCLEAR")
                .replace("CLEAR", "\r\u001B[2K"));
  }

  @Test
  void printsALineEveryTwoSecondsElsewhere() {
    ProgressDisplay display = display(false);
    for (int tenths = 1; tenths <= 60; tenths++) {
      display.show(progress, CheckpointStatus.NONE, Duration.ofMillis(tenths * 100L));
    }
    display.finish();

    assertThat(shown().lines())
        .hasSize(3)
        .allMatch(line -> line.endsWith("0 %  0 flights  0/s  checkpoints 0  state 0 bytes"));
    assertThat(shown()).doesNotContain("\u001B");
  }

  @Test
  void tellsOfFailuresAndRecoveriesOnLinesThatStay() {
    progress.startedAt(0);
    progress.failedAt(1_234);
    progress.startedAt(1_000);
    progress.startedAt(900);
    display(false).show(progress, CHECKPOINTS, Duration.ofMillis(1));

    assertThat(shown())
        .isEqualTo(
            """
            Task killed behind flight 1,234.
            Continuing behind flight 1,000.
            A task failed on its own; the log has the reason.
            Continuing behind flight 900.
            """);
    assertThat(progress.failures()).isEqualTo(1);
    assertThat(progress.firstStart()).isZero();
  }

  private ProgressDisplay display(boolean terminal) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new ProgressDisplay(stream, terminal, 1_000);
  }

  private String shown() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
