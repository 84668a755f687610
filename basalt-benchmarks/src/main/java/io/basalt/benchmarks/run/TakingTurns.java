package io.basalt.benchmarks.run;

import io.basalt.benchmarks.measure.Turns;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that are alive side by side while one of them works at a time: see {@link
 * io.basalt.benchmarks.measure.Turns}. Closing it, from any thread, ends them.
 */
final class TakingTurns implements AutoCloseable {

  private final List<Process> processes = new ArrayList<>();
  private boolean closed;

  /**
   * Starts a process, which waits for its turn.
   *
   * @param log for what it says
   */
  synchronized void start(List<String> command, Path log) throws IOException, InterruptedException {
    if (closed) {
      throw new InterruptedException("The run is closed.");
    }
    processes.add(new ProcessBuilder(command).redirectError(log.toFile()).start());
  }

  /**
   * Gives turns until all have ended, or one has ended with an error.
   *
   * @return what the processes have ended with, in the order of their start; 0 for those that have
   *     not ended
   */
  List<Integer> untilTheyEnd() throws IOException, InterruptedException {
    List<Process> working = new ArrayList<>(processes);
    List<BufferedReader> ends = new ArrayList<>();
    for (Process process : working) {
      ends.add(
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    }
    int turn = 0;
    while (!working.isEmpty()) {
      turn %= working.size();
      if (hasMoreToDo(working.get(turn), ends.get(turn))) {
        turn++;
      } else {
        Process ended = working.remove(turn);
        ends.remove(turn);
        if (ended.waitFor() != 0) {
          break;
        }
      }
    }
    synchronized (this) {
      if (closed) {
        throw new InterruptedException("The run is closed.");
      }
    }
    List<Integer> exits = new ArrayList<>();
    for (Process process : processes) {
      exits.add(working.contains(process) ? 0 : process.waitFor());
    }
    return exits;
  }

  private static boolean hasMoreToDo(Process process, BufferedReader end)
      throws IOException, InterruptedException {
    signal(process, "CONT");
    try {
      OutputStream begin = process.getOutputStream();
      begin.write('\n');
      begin.flush();
    } catch (IOException e) {
      // It has ended without a word; what it ended with says more than a broken pipe.
      return false;
    }
    String how = end.readLine();
    if (Turns.REST.equals(how)) {
      signal(process, "STOP");
    }
    return how != null;
  }

  /**
   * By the command of POSIX, for Java has no signals; where there is none, processes that rest go
   * on. One that has ended does not mind, and one that is killed while it is stopped is gone all
   * the same.
   */
  private static void signal(Process process, String name) throws InterruptedException {
    Process kill;
    try {
      kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return;
    }
    kill.waitFor();
  }

  /** Returns when the processes are gone, so that nothing writes to their directories any more. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Process process : processes) {
      process.destroyForcibly().onExit().join();
    }
  }
}
