package io.basalt.statebackend.faults;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JVMs like this one, with other classes before the backend's on their class path. */
final class TestJvm {

  private static final Path MEMORY = Path.of("/dev/shm");

  private TestJvm() {}

  /**
   * How to start one.
   *
   * @param classes take precedence over the backend's
   * @param options for the JVM, beside those this one has
   * @param temporary its directory for temporary files
   */
  static ProcessBuilder of(
      Path classes, List<String> options, Path temporary, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger or profiler is for one JVM; a coverage agent would count what is not the code.
      if (!argument.startsWith("-agent") && !argument.startsWith("-javaagent")) {
        command.add(argument);
      }
    }
    // What Surefire asks for without an argument of the JVM.
    command.add("-ea");
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporary);
    // Not beside the sources, should a fault make it crash.
    command.add("-XX:ErrorFile=" + temporary.resolve("crash.log"));
    command.add("-cp");
    command.add(SharedClasses.classPath(classes));
    command.add(main.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** In memory if there is any: on a disk these tests wait for RocksDB's fsync most of the time. */
  static Path temporaryDirectory(Path work) throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "basalt-fault")
        : Files.createTempDirectory(work.toAbsolutePath(), "tmp");
  }
}
