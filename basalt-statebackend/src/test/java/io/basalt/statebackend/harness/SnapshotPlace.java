package io.basalt.statebackend.harness;

import java.util.function.Function;
import org.apache.flink.core.fs.Path;

/**
 * Where an operator keeps its snapshots.
 *
 * @param address how Flink finds a local directory
 * @param inlineBytes up to that size a file travels inside its handle ({@code
 *     execution.checkpointing.data-inline-threshold})
 */
public record SnapshotPlace(Function<java.nio.file.Path, Path> address, int inlineBytes) {

  /** In local files, all of them: every byte of state goes through a file. */
  public static final SnapshotPlace LOCAL =
      new SnapshotPlace(directory -> new Path(directory.toUri()), 0);
}
