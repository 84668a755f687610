package io.basalt.statebackend.timer;

/** Flink's suite for queues, with the smallest cache: almost every step goes to the table. */
class TableTimerQueueSmallCacheConformanceTest extends TableTimerQueueConformanceTest {

  @Override
  int cacheSize() {
    return 1;
  }
}
