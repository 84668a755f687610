package io.basalt.statebackend.older;

import io.basalt.statebackend.harness.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Writes an archive with the version of Flink that is on the class path, on stock's backend.
 *
 * <p>Everything a snapshot consists of is small enough to travel in its meta data, so that one file
 * is all of it, and refers to no directory.
 */
final class ArchiveWriter {

  private static final String JOB = "archived";
  private static final String INLINE_BYTES = "1048576";

  private static final int ATTEMPTS = 50;
  private static final long MILLISECONDS_BETWEEN_ATTEMPTS = 100;

  private ArchiveWriter() {}

  /**
   * Writes one.
   *
   * @param arguments the name of the kind, see {@link ArchivedSnapshot}, and the file
   */
  public static void main(String[] arguments) throws Exception {
    write(ArchivedSnapshot.valueOf(arguments[0]), Paths.get(arguments[1]));
    // Some versions leave threads.
    System.exit(0);
  }

  private static void write(ArchivedSnapshot kind, Path archive) throws Exception {
    Path directory = Files.createTempDirectory("older-flink");
    MiniCluster cluster = new MiniCluster(cluster(configuration(kind, directory)));
    cluster.start();
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(OlderJob.PARALLELISM);
    Feed feed = Feed.of(JOB);
    OlderJob.build(environment, feed, JOB, OlderJob.PARALLELISM);
    JobGraph job = environment.getStreamGraph().getJobGraph();
    cluster.submitJob(job).get();
    feed.emit(0, OlderJob.KEYS);
    if (kind.isCheckpoint()) {
      // One before, so that an incremental one has something to refer to.
      trigger(cluster, kind, job.getJobID(), directory);
    }
    feed.emit(OlderJob.KEYS, OlderJob.STORED);
    Path snapshot = trigger(cluster, kind, job.getJobID(), directory);
    pack(snapshot.resolve("_metadata"), archive);
    cluster.close();
  }

  private static MiniClusterConfiguration cluster(Configuration configuration) {
    return new MiniClusterConfiguration.Builder()
        .setNumTaskManagers(1)
        .setNumSlotsPerTaskManager(OlderJob.PARALLELISM)
        .setConfiguration(configuration)
        .build();
  }

  /** Options of all versions, under all names that they have had. */
  private static Configuration configuration(ArchivedSnapshot kind, Path directory) {
    Configuration configuration = new Configuration();
    configuration.setString("rest.port", "0");
    configuration.setString("rest.bind-port", "0");
    configuration.setString("state.backend", kind.backend());
    configuration.setString("state.backend.type", kind.backend());
    configuration.setString(
        "state.backend.rocksdb.timer-service.factory", kind.timers().toUpperCase(Locale.ROOT));
    // With incremental checkpoints off, Flink 1.15 has no files of RocksDB in native savepoints
    // either.
    String incremental =
        String.valueOf(kind.isOfFiles() && kind != ArchivedSnapshot.FULL_CHECKPOINT);
    configuration.setString("state.backend.incremental", incremental);
    configuration.setString("execution.checkpointing.incremental", incremental);
    configuration.setString("state.checkpoints.dir", directory.toUri().toString());
    configuration.setString("execution.checkpointing.dir", directory.toUri().toString());
    configuration.setString("state.backend.fs.memory-threshold", INLINE_BYTES);
    configuration.setString("state.storage.fs.memory-threshold", INLINE_BYTES);
    configuration.setString("execution.checkpointing.data-inline-threshold", INLINE_BYTES);
    configuration.setString("taskmanager.memory.managed.size", "64m");
    return configuration;
  }

  /** Calls what has had other parameters in every few versions. */
  private static Path trigger(MiniCluster cluster, ArchivedSnapshot kind, JobID job, Path directory)
      throws Exception {
    String name = kind.isCheckpoint() ? "triggerCheckpoint" : "triggerSavepoint";
    String format = kind.isOfFiles() ? "NATIVE" : "CANONICAL";
    for (Method method : MiniCluster.class.getMethods()) {
      if (method.getName().equals(name) && method.getParameterTypes()[0] == JobID.class) {
        Class<?>[] types = method.getParameterTypes();
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
          values[i] = value(types[i], job, format, directory);
        }
        return Paths.get(URI.create(String.valueOf(await(cluster, method, values))));
      }
    }
    throw new IllegalStateException("This version of Flink cannot do " + name + ".");
  }

  /** Flink refuses for as long as a task is starting. */
  private static Object await(MiniCluster cluster, Method method, Object[] values)
      throws Exception {
    for (int attempt = 1; true; attempt++) {
      try {
        return ((Future<?>) method.invoke(cluster, values)).get();
      } catch (ExecutionException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(MILLISECONDS_BETWEEN_ATTEMPTS);
      }
    }
  }

  private static Object value(Class<?> type, JobID job, String format, Path directory) {
    if (type == JobID.class) {
      return job;
    }
    if (type == String.class) {
      return directory.toUri().toString();
    }
    if (type == boolean.class) {
      return false;
    }
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(format)) {
        return constant;
      }
    }
    throw new IllegalStateException("What is " + type + "?");
  }

  private static void pack(Path metadata, Path archive) throws IOException {
    Files.createDirectories(archive.toAbsolutePath().getParent());
    try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(archive))) {
      Files.copy(metadata, file);
    }
    System.out.println(archive + " " + Files.size(archive) + " bytes");
  }
}
