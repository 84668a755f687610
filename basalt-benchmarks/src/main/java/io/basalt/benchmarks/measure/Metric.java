package io.basalt.benchmarks.measure;

/** What can be said of a piece of work, each with its unit. */
public enum Metric {
  /** CPU time of the task thread by operation. */
  TASK_CPU("ns"),
  /** CPU time of the whole process by operation: flushes, compactions and the collector too. */
  PROCESS_CPU("ns"),
  /** Elapsed time by operation. */
  ELAPSED("ns"),
  /** Bytes that the task thread allocated on the heap by operation. */
  ALLOCATED("bytes"),
  /** Time that the collector took, of every second of the measurement. */
  COLLECTION("ms/s"),
  /** The 99th percentile of the time that one operation takes. */
  LATENCY_99("us"),
  /** The 99.9th percentile. */
  LATENCY_99_9("us"),
  /**
   * The longest time in which the task did not get on, as by the synchronous part of a checkpoint.
   */
  LONGEST_STALL("ms"),
  /** Operations that were measured. */
  OPERATIONS("count"),

  /** The part of a snapshot during which the task waits. */
  SYNCHRONOUS("ms"),
  /** The part of a snapshot beside the running task. */
  ASYNCHRONOUS("ms"),
  /** Bytes that a snapshot wrote to the checkpoint storage. */
  WRITTEN("bytes"),
  /**
   * Bytes that a checkpoint wrote to the checkpoint storage by operation since the one before: who
   * does more in the same time has more to write.
   */
  UPLOADED("bytes"),
  /** Bytes that a snapshot refers to, whoever wrote them. */
  STATE("bytes"),
  /** CPU time of the process for both parts of a snapshot with nothing beside it. */
  SNAPSHOT_CPU("ms"),

  /** From the handles of a snapshot to a backend that takes records. */
  READY("ms"),
  /** 20,000 reads of random keys right after that. */
  READS("ms"),
  /** Both together. */
  READY_AND_READS("ms"),
  /** CPU time of the process for both. */
  READY_AND_READS_CPU("ms"),
  /** The first checkpoint after a restore, both parts. */
  FIRST_CHECKPOINT("ms"),
  /** Bytes that the first checkpoint after a restore wrote. */
  FIRST_CHECKPOINT_WRITTEN("bytes"),
  /** The most that the local directory held at once between the start and the end. */
  PEAK_DISK("bytes"),
  /** Bytes that flushes and compactions wrote to local files by operation. */
  LOCAL_WRITTEN("bytes"),
  /** The size of the local files of the database once compactions have come to rest. */
  LOCAL_SPACE("bytes");

  private final String unit;

  Metric(String unit) {
    this.unit = unit;
  }

  public String unit() {
    return unit;
  }
}
