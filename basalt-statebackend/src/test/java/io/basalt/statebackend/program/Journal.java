package io.basalt.statebackend.program;

import java.util.ArrayList;
import java.util.List;

/** What a program has done so far, a line for each thing. */
final class Journal {

  private final List<String> lines = new ArrayList<>();

  void add(String line) {
    lines.add(line);
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
