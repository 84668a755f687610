package io.basalt.examples.flights.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows a run while it runs: one line that is drawn over again on a terminal, a new line every few
 * seconds where the output goes to a file. One thread.
 */
public final class ProgressDisplay {

  private static final int BAR_WIDTH = 28;
  private static final String CLEAR_LINE = "\r\u001B[2K";
  private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(2);

  /** Weight of the newest interval in the shown rate, against a figure too restless to read. */
  private static final double RATE_WEIGHT = 0.2;

  private final PrintStream out;
  private final boolean terminal;
  private final long totalFlights;

  private Duration shownAt = Duration.ZERO;
  private Duration measuredAt = Duration.ZERO;
  private long measuredFlights;
  private double rate;

  /**
   * @param out where to; the caller closes it
   * @param terminal whether it understands ANSI control sequences
   * @param totalFlights the number of flights at which the bar is full
   */
  public ProgressDisplay(PrintStream out, boolean terminal, long totalFlights) {
    this.out = out;
    this.terminal = terminal;
    this.totalFlights = totalFlights;
  }

  /**
   * Shows how things stand.
   *
   * @param progress how far the reading has come; its events are shown and used up
   * @param checkpoints how the checkpoints stand
   * @param elapsed time since the start
   */
  public void show(RunProgress progress, CheckpointStatus checkpoints, Duration elapsed) {
    showEvents(progress);
    long flights = progress.flights();
    measure(flights, elapsed);
    String line = line(flights, checkpoints);
    if (terminal) {
      out.print(CLEAR_LINE + line);
      out.flush();
    } else if (elapsed.minus(shownAt).compareTo(PLAIN_INTERVAL) >= 0) {
      shownAt = elapsed;
      out.println(line);
    }
  }

  /**
   * Shows the events that were not shown yet: also those of the last moment, when nothing moves any
   * more.
   */
  public void showEvents(RunProgress progress) {
    for (String event = progress.nextEvent(); event != null; event = progress.nextEvent()) {
      announce(event);
    }
  }

  /** Shows a line that stays. */
  public void announce(String text) {
    out.println(terminal ? CLEAR_LINE + text : text);
  }

  /** Takes the moving line away; what is printed next starts on a line of its own. */
  public void finish() {
    if (terminal) {
      out.print(CLEAR_LINE);
      out.flush();
    }
  }

  private void measure(long flights, Duration elapsed) {
    double seconds = elapsed.minus(measuredAt).toNanos() / 1e9;
    if (seconds <= 0) {
      return;
    }
    // After a recovery the count goes back: that is no negative speed.
    double newest = Math.max(0, flights - measuredFlights) / seconds;
    rate = rate == 0 ? newest : rate + RATE_WEIGHT * (newest - rate);
    measuredAt = elapsed;
    measuredFlights = flights;
  }

  private String line(long flights, CheckpointStatus checkpoints) {
    double share = totalFlights == 0 ? 1 : Math.min(1, (double) flights / totalFlights);
    int filled = (int) (share * BAR_WIDTH);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%  %,d flights  %,d/s  checkpoints %d  state %s",
        "#".repeat(filled),
        "-".repeat(BAR_WIDTH - filled),
        (int) (share * 100),
        flights,
        Math.round(rate),
        checkpoints.completed(),
        ByteSize.format(checkpoints.stateBytes()));
  }
}
