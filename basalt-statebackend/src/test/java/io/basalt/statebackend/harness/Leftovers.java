package io.basalt.statebackend.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * A census of what backends may leave behind, taken before and compared after: native objects and
 * leases, threads, open files, hard links and files.
 */
public final class Leftovers {

  private final Path root;
  private final Map<NativeCount.Kind, Long> nativeObjects = NativeCount.open();
  private final NewThreads threads;

  private Leftovers(Path root, NewThreads threads) {
    this.root = root;
    this.threads = threads;
  }

  /**
   * Counts now.
   *
   * @param root every directory of the backends is below it
   */
  public static Leftovers since(Path root) {
    return new Leftovers(root, NewThreads.ofAll());
  }

  /** The same beside a cluster, which starts and ends threads as it likes. */
  static Leftovers besideCluster(Path root) {
    return new Leftovers(root, NewThreads.ofBasalt());
  }

  /** While backends are alive: what an operation that has ended has let go of. */
  public void assertNothingIsHeld() throws InterruptedException {
    assertThat(threads.left()).as("threads").isEmpty();
    assertThat(NativeCount.open()).as("native objects and leases").isEqualTo(nativeObjects);
  }

  /**
   * After all backends have ended.
   *
   * @param localDirectories are empty then
   * @param foreign local directories of other backends, which leave what they leave
   */
  public void assertNothingIsLeft(Collection<Path> localDirectories, Collection<Path> foreign)
      throws IOException, InterruptedException {
    assertNothingIsHeld();
    assertThat(OpenFiles.below(root))
        .filteredOn(file -> foreign.stream().noneMatch(other -> file.startsWith(other + "/")))
        .as("open files")
        .isEmpty();
    assertThat(LocalFiles.linkedFromOutside(root)).as("files with other hard links").isEmpty();
    for (Path directory : localDirectories) {
      assertThat(LocalFiles.left(directory)).as("files left in %s", directory).isEmpty();
    }
  }
}
