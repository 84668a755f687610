package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.util.EnumSet;
import java.util.Set;

/**
 * What memory stock gets beside Basalt, whose tier has a part of the heap that stock leaves alone.
 */
enum Rivalry {
  EQUAL_MANAGED_MEMORY("working-sets"),
  EQUAL_MEMORY_IN_ALL("fair-rival");

  /** Basalt's default: a fifth of the task heap. */
  private static final int TIER_PART = 5;

  private final String part;

  Rivalry(String part) {
    this.part = part;
  }

  String part() {
    return part;
  }

  Set<Backend> backends() {
    return this == EQUAL_MANAGED_MEMORY
        ? EnumSet.allOf(Backend.class)
        : EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  /** What the description of a group says of it, after the rest. */
  String description() {
    return this == EQUAL_MANAGED_MEMORY
        ? ""
        : " Stock has a fifth of the task heap, which is what Basalt's tier may take, as managed"
            + " memory in addition.";
  }

  SubjectSettings settings(Backend backend, long managedBytes) {
    boolean more = this == EQUAL_MEMORY_IN_ALL && backend == Backend.STOCK;
    return SubjectSettings.of(
        backend, managedBytes + (more ? Runtime.getRuntime().maxMemory() / TIER_PART : 0));
  }
}
