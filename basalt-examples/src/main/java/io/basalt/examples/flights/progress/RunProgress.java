package io.basalt.examples.flights.progress;

import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come, told by the task that reads the input and followed by whoever started the
 * run. Both find it by the run's name, which works because the embedded cluster's tasks live in the
 * same JVM; it survives their failures for the same reason. Any thread.
 */
public final class RunProgress {

  private static final Map<String, RunProgress> RUNS = new ConcurrentHashMap<>();

  private static final long NOT_STARTED = -1;

  private final AtomicLong flights = new AtomicLong();
  private final AtomicLong firstStart = new AtomicLong(NOT_STARTED);
  private final AtomicInteger failures = new AtomicInteger();
  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private volatile boolean planned;
  private volatile boolean halted;

  private RunProgress() {}

  /** The progress of the run with that name, from zero if it is new. */
  public static RunProgress of(String run) {
    return RUNS.computeIfAbsent(run, name -> new RunProgress());
  }

  /** Lets go of a run that is over. */
  public static void forget(String run) {
    RUNS.remove(run);
  }

  /** The reader has started, or started again, behind so many flights. */
  public void startedAt(long read) {
    flights.set(read);
    boolean first = firstStart.compareAndSet(NOT_STARTED, read);
    if (!first && !planned) {
      events.add("A task failed on its own; the log has the reason.");
    }
    planned = false;
    if (!first || read > 0) {
      events.add(String.format(Locale.ROOT, "Continuing behind flight %,d.", read));
    }
  }

  /** So many flights of the input are behind the reader now. */
  public void reached(long read) {
    flights.lazySet(read);
  }

  /** The reader is about to fail its task, as planned. */
  public void failedAt(long read) {
    failures.incrementAndGet();
    planned = true;
    events.add(String.format(Locale.ROOT, "Task killed behind flight %,d.", read));
  }

  /** The reader has come to the place where it waits for a savepoint. */
  public void halted() {
    halted = true;
  }

  /** How many flights of the input are behind the reader. */
  public long flights() {
    return flights.get();
  }

  /**
   * Behind how many flights the run's first reader started: not zero where it continued a snapshot.
   */
  public long firstStart() {
    return Math.max(0, firstStart.get());
  }

  /** How many failures were injected so far. */
  public int failures() {
    return failures.get();
  }

  /** Whether the reader waits for a savepoint. */
  public boolean isHalted() {
    return halted;
  }

  /** The next event that has not been shown yet, in words; null if there is none. */
  public @Nullable String nextEvent() {
    return events.poll();
  }
}
