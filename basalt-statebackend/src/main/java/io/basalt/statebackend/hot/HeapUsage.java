package io.basalt.statebackend.hot;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.ref.WeakReference;
import java.util.List;

/** How full the heap is of what is alive. Any thread. */
interface HeapUsage {

  /**
   * The part of the heap that was still in use after the last collection of old objects, from 0 to
   * 1; 0 before the first. Takes about a microsecond.
   */
  double afterCollection();

  /** Whether there may have been a collection since that was asked last. Takes a nanosecond. */
  default boolean mayHaveChanged() {
    return false;
  }

  /** Of this process. */
  static HeapUsage ofProcess() {
    List<MemoryPoolMXBean> pools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            // Young objects come and go: their pools are empty after each collection.
            .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
            .toList();
    return new HeapUsage() {
      /** Nobody holds what it refers to: the next collection takes it. */
      private volatile WeakReference<Object> collected = new WeakReference<>(new Object());

      @Override
      public double afterCollection() {
        long used = 0;
        for (MemoryPoolMXBean pool : pools) {
          MemoryUsage usage = pool.getCollectionUsage();
          used += usage == null ? 0 : usage.getUsed();
        }
        return (double) used / Runtime.getRuntime().maxMemory();
      }

      @Override
      public boolean mayHaveChanged() {
        if (!collected.refersTo(null)) {
          return false;
        }
        collected = new WeakReference<>(new Object());
        return true;
      }
    };
  }
}
