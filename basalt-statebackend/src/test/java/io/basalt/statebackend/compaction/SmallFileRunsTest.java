package io.basalt.statebackend.compaction;

import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_FILES_TO_COMPACT;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_FILE_SIZE_TO_COMPACT;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_OUTPUT_FILE_SIZE;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MIN_FILES_TO_COMPACT;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.ManualCompactionSettings;
import io.basalt.statebackend.store.TableFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;

/** Which files are merged, over random tables and settings. */
class SmallFileRunsTest {

  private static final long SMALL = 100;

  @Property
  void onlySmallNeighboursOfALevelAreMergedAndBecomeFewer(@ForAll long seed) {
    Random random = new Random(seed);
    int minimum = 1 + random.nextInt(5);
    int maximum = minimum + 1 + random.nextInt(5);
    long output = 1L + random.nextInt(1_000);
    List<TableFile> files = randomFiles(random);
    Set<String> settled = new HashSet<>();
    files.stream().filter(file -> random.nextInt(4) == 0).forEach(f -> settled.add(f.name()));

    List<List<TableFile>> runs =
        SmallFileRuns.of(files, settings(minimum, maximum, output), settled);

    for (List<TableFile> run : runs) {
      assertThat(run).hasSizeBetween(Math.max(2, minimum), maximum);
      int first = files.indexOf(run.get(0));
      assertThat(run).as("neighbours").isEqualTo(files.subList(first, first + run.size()));
      assertThat(run)
          .allMatch(file -> file.level() == run.get(0).level() && file.level() > 0)
          .allMatch(file -> file.bytes() <= SMALL && !file.beingCompacted())
          .anyMatch(file -> !settled.contains(file.name()));
      long bytes = run.stream().mapToLong(TableFile::bytes).sum();
      assertThat(bytes).as("fits into fewer files").isLessThan(output * (run.size() - 1));
    }
    assertThat(runs.stream().flatMap(List::stream)).doesNotHaveDuplicates();
    if (runs.isEmpty() && settled.isEmpty() && output > SMALL * maximum) {
      assertThat(longestRun(files)).as("nothing was missed").isLessThan(Math.max(2, minimum));
    }
  }

  @Test
  void aRunEndsAtALargeFileAtTheNextLevelAndAtTheMost() {
    List<TableFile> files =
        List.of(
            file("a", 0, 1),
            file("b", 1, 1),
            file("c", 1, SMALL),
            file("large", 1, SMALL + 1),
            file("d", 1, 1),
            file("e", 2, 1),
            file("f", 2, 1),
            file("g", 2, 1),
            file("h", 2, 1));

    assertThat(SmallFileRuns.of(files, settings(2, 3, 1_000), Set.of()))
        .containsExactly(files.subList(1, 3), files.subList(5, 8));
  }

  private static List<TableFile> randomFiles(Random random) {
    List<TableFile> files = new ArrayList<>();
    for (int level = 0; level < 4; level++) {
      int count = random.nextInt(20);
      for (int i = 0; i < count; i++) {
        files.add(
            new TableFile(
                level + "-" + i,
                level,
                1 + random.nextLong(SMALL + SMALL / 4),
                random.nextInt(10) == 0));
      }
    }
    return files;
  }

  private static int longestRun(List<TableFile> files) {
    int longest = 0;
    int run = 0;
    int level = 0;
    for (TableFile file : files) {
      boolean small = file.level() > 0 && file.bytes() <= SMALL && !file.beingCompacted();
      run = !small ? 0 : file.level() == level ? run + 1 : 1;
      level = file.level();
      longest = Math.max(longest, run);
    }
    return longest;
  }

  private static TableFile file(String name, int level, long bytes) {
    return new TableFile(name, level, bytes, false);
  }

  private static ManualCompactionSettings settings(int minimum, int maximum, long output) {
    Configuration configuration = new Configuration();
    configuration.set(MAX_FILE_SIZE_TO_COMPACT, new MemorySize(SMALL));
    configuration.set(MIN_FILES_TO_COMPACT, minimum);
    configuration.set(MAX_FILES_TO_COMPACT, maximum);
    configuration.set(MAX_OUTPUT_FILE_SIZE, new MemorySize(output));
    return BackendSettings.defaults()
        .configured(configuration, SmallFileRunsTest.class.getClassLoader())
        .manualCompaction();
  }
}
