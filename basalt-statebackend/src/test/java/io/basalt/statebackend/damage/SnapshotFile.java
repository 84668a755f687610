package io.basalt.statebackend.damage;

import io.basalt.statebackend.harness.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;

/** A file in checkpoint storage, and what is in it. */
record SnapshotFile(String name, Path path, Content content) {

  /** What a file holds. */
  enum Content {
    TABLE,
    MANIFEST,
    CURRENT,
    OPTIONS,
    STATE_META_DATA,
    CANONICAL_STREAM
  }

  /** All files of state that a snapshot refers to. */
  static List<SnapshotFile> of(Snapshot<?> snapshot) {
    Set<SnapshotFile> files = new LinkedHashSet<>();
    for (KeyedStateHandle handle : snapshot.handles()) {
      if (handle instanceof KeyGroupsStateHandle canonical) {
        files.add(
            new SnapshotFile(
                "stream", path(canonical.getDelegateStateHandle()), Content.CANONICAL_STREAM));
      } else {
        files.addAll(ofDatabase((IncrementalRemoteKeyedStateHandle) handle));
      }
    }
    return new ArrayList<>(files);
  }

  private static List<SnapshotFile> ofDatabase(IncrementalRemoteKeyedStateHandle handle) {
    List<SnapshotFile> files = new ArrayList<>();
    for (List<HandleAndLocalPath> part :
        List.of(handle.getSharedState(), handle.getPrivateState())) {
      for (HandleAndLocalPath file : part) {
        String name = file.getLocalPath();
        files.add(new SnapshotFile(name, path(file.getHandle()), contentOf(name)));
      }
    }
    files.add(
        new SnapshotFile("head", path(handle.getMetaDataStateHandle()), Content.STATE_META_DATA));
    // In an order that does not depend on which upload was the fastest: seeds are to be repeated.
    files.sort(Comparator.comparing(SnapshotFile::name));
    return files;
  }

  private static Content contentOf(String name) {
    if (name.endsWith(".sst")) {
      return Content.TABLE;
    }
    return Content.valueOf(name.replaceFirst("-.*", ""));
  }

  private static Path path(StreamStateHandle handle) {
    return Path.of(handle.maybeGetPath().orElseThrow().toUri().getPath());
  }
}
