package io.basalt.examples.flights.processes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that runs one of Flink's main classes with the jars of {@code lib}, as the scripts do. */
final class FlinkProcess {

  private static final long MAX_STOP_SECONDS = 60;

  private final String name;
  private final Process process;
  private final Path log;
  private final Path output;
  private final Thread whenTheTestIsInterrupted;

  private FlinkProcess(String name, Process process, Path log, Path output) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.output = output;
    this.whenTheTestIsInterrupted = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(whenTheTestIsInterrupted);
  }

  /**
   * Starts a process.
   *
   * @param name under which it logs
   * @param jvmOptions sizes of its memory
   * @param command Flink's main class and its arguments
   */
  static FlinkProcess start(
      FlinkHome home, String name, List<String> jvmOptions, List<String> command)
      throws IOException {
    Path log = home.log(name);
    Files.createDirectories(log.getParent());
    Files.createDirectories(home.local(name));
    Path output = log.resolveSibling("output");
    List<String> line = new ArrayList<>();
    line.add(ProcessHandle.current().info().command().orElseThrow());
    line.addAll(Build.jvmOpensOneByOne());
    line.addAll(jvmOptions);
    // Several JVMs share few processors, and none lives long.
    line.add("-XX:+UseSerialGC");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-Dlog.file=" + log);
    line.add("-Dlog4j.configurationFile=" + home.logging().toUri());
    line.add("-cp");
    line.add(home.lib() + "/*");
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line).directory(home.directory().toFile());
    builder.environment().put("FLINK_CONF_DIR", home.conf().toString());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    return new FlinkProcess(name, builder.start(), log, output);
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has logged. */
  String log() throws IOException {
    return read(log);
  }

  /** What it has printed. */
  String output() throws IOException {
    return read(output);
  }

  /** The files beside its log, its own not counted. */
  List<Path> filesBesideItsLog() throws IOException {
    try (var files = Files.list(log.getParent())) {
      return files.filter(file -> !file.equals(log) && !file.equals(output)).toList();
    }
  }

  /** Waits for the end of a process that ends by itself; gives its exit code. */
  int end(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " has not ended after " + seconds + " seconds.");
    }
    forgetHook();
    return process.exitValue();
  }

  /**
   * {@code kill -9}: that is what {@link Process#destroyForcibly} does where there are signals.
   * Gives the exit code.
   */
  int kill() throws InterruptedException {
    process.destroyForcibly();
    return end(MAX_STOP_SECONDS);
  }

  /** Asks it to end ({@code SIGTERM}), as the scripts do; gives the exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    return end(MAX_STOP_SECONDS);
  }

  private void forgetHook() {
    Runtime.getRuntime().removeShutdownHook(whenTheTestIsInterrupted);
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
  }
}
