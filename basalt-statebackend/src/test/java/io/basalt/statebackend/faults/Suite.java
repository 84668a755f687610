package io.basalt.statebackend.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The suites of the table, each a set of test classes; every class is in the first that has it. */
enum Suite {
  RANDOM_PROGRAMS("random programs", "program\\..*"),
  EXCHANGE("exchange", "exchange\\..*"),
  NOTHING_LEFT("nothing left", "lifecycle\\..*"),
  FLINKS_SUITES("Flink's suites", "flink\\..*"),
  // HouseTest looks at the classes themselves, and this package runs all the others.
  THE_REST("the rest", "(?!HouseTest$|faults\\.).*");

  static final String ROOT = "io.basalt.statebackend.";

  private static final Path TEST_CLASSES = Path.of("target", "test-classes");

  private final String title;
  private final String classNames;

  /**
   * @param classNames matches the names of its classes below the root package
   */
  Suite(String title, String classNames) {
    this.title = title;
    this.classNames = classNames;
  }

  /** The suite's name for readers. */
  String title() {
    return title;
  }

  /** The test classes below the root package, by the names that Surefire runs; maybe none. */
  List<String> classes() throws IOException {
    Path root = TEST_CLASSES.resolve(ROOT.replace('.', '/'));
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString().replace('/', '.').replace('\\', '.'))
          .filter(name -> name.matches("[^$]*Tests?\\.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .filter(name -> of(name) == this)
          .sorted()
          .toList();
    }
  }

  private static Suite of(String name) {
    for (Suite suite : values()) {
      if (name.matches(suite.classNames)) {
        return suite;
      }
    }
    return null;
  }
}
