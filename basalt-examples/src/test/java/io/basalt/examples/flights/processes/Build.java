package io.basalt.examples.flights.processes;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What the build has packaged, as the pom's configuration of this test names it. */
final class Build {

  private Build() {}

  /** The directory for whatever the build writes. */
  static Path directory() {
    return path("basalt.build.directory");
  }

  /** Flink's jars. */
  static Path flinkLib() {
    return path("basalt.flink.lib");
  }

  /** The options of the JVM that Flink's own configuration has. */
  static String jvmOpens() {
    return property("basalt.flink.jvm.opens");
  }

  /** The same, one by one. */
  static List<String> jvmOpensOneByOne() {
    return List.of(jvmOpens().split(" "));
  }

  /** The state backend. */
  static Path basalt() {
    return path("basalt.jar");
  }

  /** The job with its own dependencies. */
  static Path job() {
    return path("basalt.job.jar");
  }

  /** The same with the state backend. */
  static Path jobWithBasalt() {
    return path("basalt.job.with.basalt.jar");
  }

  private static Path path(String property) {
    return Path.of(property(property)).normalize();
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), "not run by Maven: no " + name);
  }
}
