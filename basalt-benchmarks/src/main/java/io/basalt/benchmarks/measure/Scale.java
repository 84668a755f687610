package io.basalt.benchmarks.measure;

import java.util.Locale;

/** How much work a run does. */
public enum Scale {
  /** For tests: every benchmark does something, and its figures mean nothing. */
  MOMENT,
  /** Under five minutes: a first look, and enough to see a change of a third. */
  QUICK,
  /** Under ninety minutes: the sizes that the documents quote. */
  FULL;

  public int choose(int moment, int quick, int full) {
    return (int) choose((long) moment, quick, full);
  }

  public long choose(long moment, long quick, long full) {
    return switch (this) {
      case MOMENT -> moment;
      case QUICK -> quick;
      case FULL -> full;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
