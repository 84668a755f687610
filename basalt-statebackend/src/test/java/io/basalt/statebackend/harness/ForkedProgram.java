package io.basalt.statebackend.harness;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of the tests that is to have a JVM of its own, otherwise like this one. */
public record ForkedProgram(Class<?> program, List<String> arguments) {

  /**
   * The command that runs it.
   *
   * @param directory for temporary files
   * @param options for the JVM, beside those this one has
   */
  public List<String> command(Path directory, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(options));
    command.add("-Djava.io.tmpdir=" + directory);
    // Not beside the sources, should it crash.
    command.add("-XX:ErrorFile=" + directory.resolve("crash.log"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(arguments);
    return command;
  }
}
