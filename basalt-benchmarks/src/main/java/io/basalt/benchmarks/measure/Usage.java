package io.basalt.benchmarks.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What has been used since the process began, or between two such moments.
 *
 * @param taskCpuNanos of the calling thread
 * @param processCpuNanos of all threads, those of RocksDB and of the collector too. Linux counts it
 *     in steps of 10 ms: measure for a second at least.
 * @param allocatedBytes by the calling thread, on the heap
 */
public record Usage(
    long elapsedNanos,
    long taskCpuNanos,
    long processCpuNanos,
    long allocatedBytes,
    long collectionMillis) {

  public static final Usage NOTHING = new Usage(0, 0, 0, 0, 0);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Looked up once: to look them up takes longer than many an operation, and allocates. */
  private static final List<GarbageCollectorMXBean> COLLECTORS =
      List.copyOf(ManagementFactory.getGarbageCollectorMXBeans());

  /** Up to now, as the calling thread sees it. */
  public static Usage now() {
    long collectionMillis = 0;
    for (GarbageCollectorMXBean collector : COLLECTORS) {
      collectionMillis += collector.getCollectionTime();
    }
    return new Usage(
        System.nanoTime(),
        THREADS.getCurrentThreadCpuTime(),
        PROCESS.getProcessCpuTime(),
        THREADS.getCurrentThreadAllocatedBytes(),
        collectionMillis);
  }

  /** What was used between an earlier moment and this one, both seen by the same thread. */
  public Usage since(Usage earlier) {
    return new Usage(
        elapsedNanos - earlier.elapsedNanos,
        taskCpuNanos - earlier.taskCpuNanos,
        processCpuNanos - earlier.processCpuNanos,
        allocatedBytes - earlier.allocatedBytes,
        collectionMillis - earlier.collectionMillis);
  }

  /** The same with another time of the process. */
  public Usage withProcessCpu(long nanos) {
    return new Usage(elapsedNanos, taskCpuNanos, nanos, allocatedBytes, collectionMillis);
  }

  /** Both together. */
  public Usage plus(Usage other) {
    return new Usage(
        elapsedNanos + other.elapsedNanos,
        taskCpuNanos + other.taskCpuNanos,
        processCpuNanos + other.processCpuNanos,
        allocatedBytes + other.allocatedBytes,
        collectionMillis + other.collectionMillis);
  }
}
