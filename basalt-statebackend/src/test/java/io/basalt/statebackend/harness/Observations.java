package io.basalt.statebackend.harness;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;

/**
 * What the functions of a job of this process have seen, by the name of the job.
 *
 * <p>Compiled against older versions of Flink, too.
 */
public final class Observations {

  private static final Map<String, Observations> ALL = new ConcurrentHashMap<>();

  private final Set<String> seen = new ConcurrentSkipListSet<>();
  private final CountDownLatch missing;

  private Observations(int awaited) {
    this.missing = new CountDownLatch(awaited);
  }

  /**
   * Begins.
   *
   * @param awaited so many until {@link #await} returns
   */
  public static Observations begin(String job, int awaited) {
    Observations begun = new Observations(awaited);
    ALL.put(job, begun);
    return begun;
  }

  /** Something was seen; the same twice counts once and shows as its second time. */
  public static void add(String job, String what) {
    Observations observations = ALL.get(job);
    if (observations != null) {
      observations.seen.add(observations.seen.contains(what) ? what + ", again" : what);
      observations.missing.countDown();
    }
  }

  /** Waits until as much as was announced has been seen. */
  public void await() throws InterruptedException {
    missing.await();
  }

  public Set<String> seen() {
    return new TreeSet<>(seen);
  }
}
