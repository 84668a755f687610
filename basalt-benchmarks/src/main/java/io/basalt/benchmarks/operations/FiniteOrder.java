package io.basalt.benchmarks.operations;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;

/**
 * Keys for operations that use them up, as the removal of an entry does, or that let their state
 * grow. Each is handed out once in every pass, in the same random order; when the passes are done,
 * all keys are restored to what they were, which is not measured.
 */
final class FiniteOrder {

  private final Task task;
  private final Long[] keys;
  private final int passes;
  private final Task.Step restore;
  private int next;
  private int pass;

  FiniteOrder(Task task, Long[] keys, int passes, Task.Step restore) {
    this.task = task;
    this.keys = keys.clone();
    this.passes = passes;
    this.restore = restore;
    Collections.shuffle(Arrays.asList(this.keys), new Random(31));
  }

  Long next() throws Exception {
    if (next == keys.length) {
      nextPass();
    }
    return keys[next++];
  }

  private void nextPass() throws Exception {
    next = 0;
    if (++pass == passes) {
      pass = 0;
      task.aside(keys, restore);
    }
  }
}
