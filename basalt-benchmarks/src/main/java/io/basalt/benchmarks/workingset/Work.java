package io.basalt.benchmarks.workingset;

/** What is done with one key. */
@FunctionalInterface
interface Work {
  void on(long key) throws Exception;
}
