package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Linux tells of its memory, and what a control group leaves of it. */
class AvailableMemoryTest {

  @TempDir Path temporary;
  private Path kernel;
  private Path groups;

  @BeforeEach
  void aSystemOfTwoGibibytes() throws IOException {
    kernel = temporary.resolve("proc");
    groups = temporary.resolve("groups");
    write(
        kernel.resolve("meminfo"),
        "MemTotal: 9000000 kB\nMemFree: 1 kB\nMemAvailable:    2097152 kB\n");
    write(kernel.resolve("self/cgroup"), "4:memory:/old\n0::/job/task\n");
  }

  @Test
  void withoutALimitItIsTheSystems() throws IOException {
    assertThat(bytes()).isEqualTo(2L << 30);
    group("max", 1, 1, 1);
    assertThat(bytes()).isEqualTo(2L << 30);
    Files.delete(kernel.resolve("self/cgroup"));
    assertThat(bytes()).isZero();
  }

  @Test
  void aGroupHasWhatItsLimitLeavesAndItsOwnPagesOfFiles() throws IOException {
    group("1000000", 900_000, 300_000, 50_000);
    assertThat(bytes()).isEqualTo(450_000);
    group("1000000", 1_900_000, 300_000, 50_000);
    assertThat(bytes()).isZero();
    group("9000000000", 1_000, 0, 0);
    assertThat(bytes()).isEqualTo(2L << 30);
  }

  @Test
  void whatCannotBeReadIsNothing() throws IOException {
    group("a lot", 1, 1, 1);
    assertThat(bytes()).isZero();
    write(kernel.resolve("meminfo"), "MemTotal: 9000000 kB\n");
    assertThat(bytes()).isZero();
    assertThat(new AvailableMemory(temporary.resolve("none"), groups).bytes()).isZero();
  }

  private long bytes() {
    return new AvailableMemory(kernel, groups).bytes();
  }

  private void group(String most, long used, long inactive, long active) throws IOException {
    Path group = groups.resolve("job/task");
    write(group.resolve("memory.max"), most + "\n");
    write(group.resolve("memory.current"), used + "\n");
    write(
        group.resolve("memory.stat"),
        "anon 5\ninactive_file " + inactive + "\nactive_file " + active + "\n");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
