package io.basalt.statebackend.backend;

import io.basalt.statebackend.config.MemoryBudget;
import io.basalt.statebackend.config.MemorySettings;
import io.basalt.statebackend.store.MemoryShare;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.memory.OpaqueMemoryResource;
import org.apache.flink.runtime.memory.SharedResources;
import org.apache.flink.util.function.LongFunctionWithException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the lease on the memory that the databases of a slot or TaskManager share.
 *
 * <p>The names of the resources are Basalt's own: what lies under stock's in the same TaskManager
 * is of a type that only stock knows.
 */
final class SharedMemory {

  private static final Logger LOG = LoggerFactory.getLogger(SharedMemory.class);

  private static final String MANAGED = "state-basalt-managed-memory";
  private static final String FIXED_PER_SLOT = "state-basalt-fixed-slot-memory";
  private static final String FIXED_PER_TASK_MANAGER = "state-basalt-fixed-task-manager-memory-";

  private SharedMemory() {}

  /**
   * Takes a lease, to be closed after the last database that uses the memory; null if every table
   * has memory of its own.
   *
   * @param managedFraction the part of the slot's managed memory that state may take, 0 to 1
   */
  static @Nullable OpaqueMemoryResource<MemoryShare> lease(
      MemorySettings settings, Environment environment, double managedFraction) throws IOException {
    MemoryBudget budget = settings.budget(environment.getTaskManagerInfo().getConfiguration());
    LongFunctionWithException<MemoryShare, Exception> allocation =
        bytes -> {
          LOG.info("RocksDB gets {} bytes of memory: {}.", bytes, budget);
          return MemoryShare.allocate(
              bytes,
              budget.writeBufferRatio(),
              budget.highPriorityPoolRatio(),
              budget.blockCache(),
              budget.indexPartitions());
        };
    try {
      return switch (budget.scope()) {
        case MANAGED_SLOT ->
            environment
                .getMemoryManager()
                .getSharedMemoryResourceForManagedMemory(MANAGED, allocation, managedFraction);
        case FIXED_SLOT ->
            environment
                .getMemoryManager()
                .getExternalSharedMemoryResource(FIXED_PER_SLOT, allocation, budget.fixedBytes());
        case FIXED_TASK_MANAGER -> ofTaskManager(environment.getSharedResources(), budget);
        case UNSHARED -> null;
      };
    } catch (Exception e) {
      throw new IOException(
          "Could not acquire the memory for RocksDB ("
              + budget
              + "). See state.backend.rocksdb.memory.*, and taskmanager.memory.managed.* for the"
              + " size of the slot's managed memory.",
          e);
    }
  }

  /**
   * A slot is one job's, but a TaskManager may run several that have brought Basalt with them, each
   * in a class loader of its own: what they share is of RocksDB's classes, which they have in
   * common.
   */
  private static OpaqueMemoryResource<MemoryShare> ofTaskManager(
      SharedResources resources, MemoryBudget budget) throws Exception {
    long bytes = budget.fixedBytes();
    MemoryShare share =
        MemoryShare.acquire(
            new TaskManagerParts(resources, bytes),
            bytes,
            budget.writeBufferRatio(),
            budget.highPriorityPoolRatio(),
            budget.blockCache(),
            budget.indexPartitions());
    return new OpaqueMemoryResource<>(share, bytes, share::close);
  }

  /** The parts of a TaskManager's memory among Flink's shared resources, leased to one backend. */
  private static final class TaskManagerParts implements MemoryShare.Parts {

    private final Object leaseHolder = new Object();
    private final SharedResources resources;
    private final long bytes;

    TaskManagerParts(SharedResources resources, long bytes) {
      this.resources = resources;
      this.bytes = bytes;
    }

    @Override
    public <T extends AutoCloseable> T acquire(String name, Supplier<T> opening) throws Exception {
      LongFunctionWithException<T, Exception> logged =
          size -> {
            LOG.info("RocksDB gets {} bytes of memory for this TaskManager: {}.", size, name);
            return opening.get();
          };
      return resources
          .getOrAllocateSharedResource(FIXED_PER_TASK_MANAGER + name, leaseHolder, logged, bytes)
          .resourceHandle();
    }

    @Override
    public void release(String name) throws Exception {
      resources.release(FIXED_PER_TASK_MANAGER + name, leaseHolder, size -> {});
    }
  }
}
