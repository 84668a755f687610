package io.basalt.benchmarks.report;

import java.util.Locale;

/** How Basalt stands against another backend, or today against yesterday. */
enum Verdict {
  FASTER,
  /** Not told apart. */
  LEVEL,
  SLOWER;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
