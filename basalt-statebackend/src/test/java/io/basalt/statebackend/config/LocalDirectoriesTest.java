package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where keyed backends keep their files. */
class LocalDirectoriesTest {

  private static final JobID JOB = new JobID(1, 2);

  @TempDir private Path volumes;

  @Test
  void backendsAreSpreadOverTheDirectoriesInTurn() throws IOException {
    Path a = volumes.resolve("a");
    Path b = volumes.resolve("b");
    Path c = volumes.resolve("c");
    LocalDirectories directories = new LocalDirectories(List.of(a, b, c), 1);

    assertThat(List.of(create(directories), create(directories), create(directories)))
        .extracting(Path::getParent)
        .containsExactly(b, c, a);
    assertThat(create(directories).getParent()).isEqualTo(b);
  }

  @Test
  void anyNumberStartsTheTurn() throws IOException {
    Path a = volumes.resolve("a");
    Path b = volumes.resolve("b");

    assertThat(create(new LocalDirectories(List.of(a, b), -1)).getParent()).isEqualTo(b);
    assertThat(create(new LocalDirectories(List.of(a, b), Integer.MIN_VALUE)).getParent())
        .isEqualTo(a);
  }

  @Test
  void aBackendHasADirectoryOfItsOwn() throws IOException {
    LocalDirectories directories = new LocalDirectories(List.of(volumes), 0);

    Path first = create(directories);
    Path second = create(directories);

    assertThat(first).isEmptyDirectory().isNotEqualTo(second);
    assertThat(second).isEmptyDirectory();
  }

  @Test
  void theNameIsStocks() throws IOException {
    LocalDirectories directories = new LocalDirectories(List.of(volumes), 0);

    Path created = directories.createInstanceDirectory(JOB, "op /\\:x_\u00e9_Op(1/2)");

    assertThat(created.getFileName().toString())
        .matches(
            "job_" + JOB + "_op_op____x___Op_1_2__uuid_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  @Test
  void aLongNameOfAnOperatorStillFitsAFileName() throws IOException {
    LocalDirectories directories = new LocalDirectories(List.of(volumes), 0);

    Path created = directories.createInstanceDirectory(JOB, "x".repeat(1000) + "_(7/12)");

    assertThat(created).isEmptyDirectory();
    assertThat(created.getFileName().toString()).contains("x__7_12__uuid_");
  }

  @Test
  void aDirectoryThatCannotBeUsedIsPassedOver() throws IOException {
    Path file = Files.createFile(volumes.resolve("file"));
    Path good = volumes.resolve("good");
    LocalDirectories directories = new LocalDirectories(List.of(file, good), 0);

    assertThat(create(directories).getParent()).isEqualTo(good);
    assertThat(create(directories).getParent()).isEqualTo(good);
  }

  @Test
  void whereNoneCanBeUsedEachIsNamedWithItsReason() throws IOException {
    Path file = Files.createFile(volumes.resolve("file"));
    Path other = Files.createFile(volumes.resolve("other"));
    LocalDirectories directories = new LocalDirectories(List.of(file, other), 0);

    assertThatThrownBy(() -> create(directories))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(
            "state.backend.rocksdb.localdir", "'" + file + "': ", "'" + other + "': ", "Exception")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
  }

  @Test
  void thereMustBeOne() {
    assertThatThrownBy(() -> new LocalDirectories(List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Path create(LocalDirectories directories) throws IOException {
    return directories.createInstanceDirectory(JOB, "map");
  }
}
