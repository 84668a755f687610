package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What RocksDB writes down of all options that are in force, whenever one changes. */
public final class OptionsInForce {

  private OptionsInForce() {}

  /** The newest options file beneath the directory, as section and key to value. */
  public static Map<String, String> below(Path directory) throws IOException {
    Path newest;
    try (Stream<Path> files = Files.walk(directory)) {
      newest =
          files
              .filter(file -> file.getFileName().toString().matches("OPTIONS-\\d+"))
              .max(Comparator.comparing(file -> file.getFileName().toString()))
              .orElseThrow(() -> new NoSuchElementException("no options file in " + directory));
    }
    Map<String, String> options = new TreeMap<>();
    String section = "";
    for (String line : Files.readAllLines(newest)) {
      String text = line.strip();
      if (text.startsWith("[")) {
        section = text;
      } else if (text.contains("=") && !text.startsWith("#")) {
        int equals = text.indexOf('=');
        options.put(section + "." + text.substring(0, equals), text.substring(equals + 1));
      }
    }
    return options;
  }
}
