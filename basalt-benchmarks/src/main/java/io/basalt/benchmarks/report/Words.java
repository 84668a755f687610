package io.basalt.benchmarks.report;

import java.util.Locale;

/** Small matters of spelling. */
final class Words {

  private Words() {}

  /** With a capital at its beginning. */
  static String capitalized(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
