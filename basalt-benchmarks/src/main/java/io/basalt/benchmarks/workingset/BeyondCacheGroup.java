package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/**
 * State three times the block cache: what it costs to write it in random order, how much flushes
 * and compactions write for it, how much room the files take, and what a read costs.
 */
public final class BeyondCacheGroup implements Group {

  private static final Path COUNTERS = Path.of("/proc/self/io");
  private static final String WRITTEN = "wchar: ";

  private final Kind kind = new ObjectKind();

  @Override
  public String name() {
    return "working-sets/beyond-cache";
  }

  @Override
  public String description(Scale scale) {
    return """
        %s for each of %s keys, created and then changed once each in random order with a         checkpoint after every tenth part, and read; managed memory %d KiB, of which a third of the         files' size is left for blocks."""
        .formatted(kind.description(), Sizes.count(keys(scale)), sizes(scale).managedBytes() >> 10);
  }

  private static int keys(Scale scale) {
    return scale.choose(4_000, 60_000, 1_000_000);
  }

  private static Sizes sizes(Scale scale) {
    return Sizes.of(scale).with(keys(scale), (long) scale.choose(256, 2_048, 32_768) << 10);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 1_024);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Sizes sizes = sizes(conditions.scale());
    Path directory = conditions.directory().resolve("state");
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), sizes.managedBytes());
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, Population.KEY_GROUPS)) {
      Subtask<Long> subtask = operator.openOnly();
      Kind.Access access = kind.open(subtask);
      report.row("create and change in random order", write(sizes, subtask, access));
      report.row(
          "read, uniform over %s keys".formatted(Sizes.count(sizes.large())),
          Window.measure(
              sizes,
              operator,
              Keys.uniform(sizes.large(), sizes.stream()),
              key -> Population.mustBeThere(access.read(key), key)));
    }
    FileUtils.deleteDirectory(directory.toFile());
  }

  /** Without a checkpoint, whose upload would count: the process writes to local files only. */
  private static Measurement write(Sizes sizes, Subtask<Long> subtask, Kind.Access access)
      throws Exception {
    int keys = sizes.large();
    int operations = 2 * keys;
    int part = Math.max(1, operations / 10);
    Latencies latencies = new Latencies();
    Usage used = Usage.NOTHING;
    Usage began = Usage.now();
    long writtenBefore = written();
    for (int first = 0; first < operations; first += part) {
      Turns.pass();
      latencies.goOn();
      Usage before = Usage.now();
      for (int operation = first; operation < Math.min(operations, first + part); operation++) {
        latencies.before();
        long key = key(operation % keys, keys);
        if (operation < keys) {
          access.create(key);
        } else {
          Population.mustBeThere(access.change(key), key);
        }
        latencies.after();
      }
      used = used.plus(Usage.now().since(before));
    }
    long space = sizeAtRest(subtask.localDirectory());
    long written = written() - writtenBefore;
    Measurement measurement =
        new Measurement()
            .with(
                used.withProcessCpu(Usage.now().since(began).processCpuNanos()),
                latencies.operations())
            .with(latencies)
            .with(Metric.LOCAL_SPACE, (double) space);
    return Files.exists(COUNTERS)
        ? measurement.with(Metric.LOCAL_WRITTEN, (double) written / operations)
        : measurement;
  }

  /** Every number below the count once: the multiplier has no factor in common with it. */
  private static long key(long operation, int keys) {
    return operation * 1_000_003 % keys;
  }

  private static long written() throws IOException {
    if (!Files.exists(COUNTERS)) {
      return 0;
    }
    return Files.readAllLines(COUNTERS).stream()
        .filter(line -> line.startsWith(WRITTEN))
        .mapToLong(line -> Long.parseLong(line.substring(WRITTEN.length())))
        .findFirst()
        .orElseThrow(() -> new IOException(COUNTERS + " has no line " + WRITTEN));
  }

  /** Compactions go on for a while after the last write. */
  private static long sizeAtRest(Path directory) throws IOException, InterruptedException {
    long before;
    long size = size(directory);
    int same = 0;
    do {
      Thread.sleep(100);
      before = size;
      size = size(directory);
      same = size == before ? same + 1 : 0;
    } while (same < 5);
    return size;
  }

  private static long size(Path directory) throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.getFileName().toString().endsWith(".sst")) {
              bytes.addAndGet(attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              // A compaction has just deleted it.
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return bytes.get();
  }
}
