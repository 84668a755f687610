package io.basalt.statebackend.failures;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.store.HarmlessChanges;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/**
 * A process of its own with a job whose databases have manifests larger than its heap, and which is
 * restored from them.
 */
final class LongManifestProgram {

  private static final int BLOCKS = (int) ((2 * Runtime.getRuntime().maxMemory()) >> 15);

  private final Workspace workspace;

  private LongManifestProgram(Workspace workspace) {
    this.workspace = workspace;
  }

  /** Runs it: a seed, and the parallelism after the restore. */
  public static void main(String[] arguments) throws Exception {
    try (Workspace workspace = Workspace.opened(Long.parseLong(arguments[0]))) {
      int parallelism = Integer.parseInt(arguments[1]);
      new LongManifestProgram(workspace).run(parallelism);
      System.out.println("restored with parallelism " + parallelism);
    }
  }

  private void run(int parallelism) throws Exception {
    Snapshot<Integer> snapshot;
    try (NumberedJob job = NumberedJob.start(workspace, Participant.BASALT, 2)) {
      job.write(3);
      snapshot = job.checkpoint(3);
    }
    write(Path.of(URI.create(snapshot.pointer())), withLongManifests(snapshot.operatorState()));
    try (NumberedJob job =
        NumberedJob.restore(workspace, Participant.BASALT, snapshot, parallelism)) {
      job.assertHas(3);
    }
  }

  private static void write(Path checkpoint, OperatorState state) throws IOException {
    try (DataOutputStream output =
        new DataOutputStream(Files.newOutputStream(checkpoint.resolve("_metadata")))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(
              1,
              List.of(state),
              List.of(),
              CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION)),
          output);
    }
  }

  private OperatorState withLongManifests(OperatorState state) throws IOException {
    OperatorState changed =
        new OperatorState(
            null, null, state.getOperatorID(), state.getParallelism(), state.getMaxParallelism());
    for (int subtask = 0; subtask < state.getParallelism(); subtask++) {
      KeyedStateHandle handle = state.getState(subtask).getManagedKeyedState().iterator().next();
      changed.putState(
          subtask,
          OperatorSubtaskState.builder()
              .setManagedKeyedState(withLongManifest((IncrementalRemoteKeyedStateHandle) handle))
              .build());
    }
    return changed;
  }

  private KeyedStateHandle withLongManifest(IncrementalRemoteKeyedStateHandle handle)
      throws IOException {
    List<HandleAndLocalPath> files = new ArrayList<>();
    for (HandleAndLocalPath file : handle.getPrivateState()) {
      String name = file.getLocalPath();
      files.add(
          name.startsWith("MANIFEST-")
              ? HandleAndLocalPath.of(lengthened(file.getHandle()), name)
              : file);
    }
    return new IncrementalRemoteKeyedStateHandle(
        handle.getBackendIdentifier(),
        handle.getKeyGroupRange(),
        handle.getCheckpointId(),
        handle.getSharedState(),
        files,
        handle.getMetaDataStateHandle());
  }

  private StreamStateHandle lengthened(StreamStateHandle manifest) throws IOException {
    Path file = workspace.directory().resolve("manifest");
    try (InputStream input = manifest.openInputStream()) {
      Files.copy(input, file);
    }
    HarmlessChanges.append(file, BLOCKS);
    return new FileStateHandle(new org.apache.flink.core.fs.Path(file.toUri()), Files.size(file));
  }
}
