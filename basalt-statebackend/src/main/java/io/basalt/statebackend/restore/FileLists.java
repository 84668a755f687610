package io.basalt.statebackend.restore;

import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.FileList;
import io.basalt.statebackend.store.ListedFile;
import io.basalt.statebackend.transfer.BytesDownload;
import io.basalt.statebackend.transfer.FileRead;
import io.basalt.statebackend.transfer.Transfers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the manifests of handles list, read before any table file is fetched: which files there are,
 * and of which key groups.
 *
 * <p>A handle whose manifest is missing, damaged or of an unknown kind is not listed here. All its
 * files will be fetched then, and whoever opens them says what is wrong.
 */
final class FileLists {

  private static final String CURRENT = "CURRENT";
  private static final String MANIFEST = "MANIFEST-";

  private final Map<Integer, FileList> lists = new HashMap<>();
  private final KeyGroupPrefix prefix;

  FileLists(KeyGroupPrefix prefix) {
    this.prefix = prefix;
  }

  /** Reads those of the snapshots, as many at once as files are fetched; none is kept. */
  void read(List<SnapshotHandle> snapshots, Transfers transfers, Cancellation cancellation)
      throws Exception {
    List<BytesDownload> pointers = new ArrayList<>();
    List<SnapshotHandle> pointed = new ArrayList<>();
    for (SnapshotHandle snapshot : snapshots) {
      StreamStateHandle current = SnapshotFiles.find(snapshot, CURRENT::equals);
      if (current != null) {
        pointed.add(snapshot);
        pointers.add(new BytesDownload(current, snapshot.name()));
      }
    }
    List<byte[]> names = transfers.run(pointers, cancellation.registry());
    List<FileRead<Optional<FileList>>> manifests = new ArrayList<>();
    List<SnapshotHandle> readable = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      SnapshotHandle snapshot = pointed.get(i);
      String text = new String(names.get(i), StandardCharsets.ISO_8859_1);
      String name = text.strip();
      StreamStateHandle manifest = SnapshotFiles.find(snapshot, name::equals);
      if (manifest != null && name.startsWith(MANIFEST) && text.equals(name + "\n")) {
        readable.add(snapshot);
        long length = manifest.getStateSize();
        manifests.add(
            new FileRead<>(
                manifest, snapshot.name(), input -> FileList.read(Path.of(name), input, length)));
      }
    }
    List<Optional<FileList>> read = transfers.run(manifests, cancellation.registry());
    for (int i = 0; i < read.size(); i++) {
      int handle = readable.get(i).description().index();
      read.get(i).filter(this::hasKeyGroups).ifPresent(known -> lists.put(handle, known));
    }
  }

  private boolean hasKeyGroups(FileList list) {
    return list.files().stream()
        .allMatch(
            file ->
                file.firstKey().length >= prefix.width()
                    && file.lastKey().length >= prefix.width());
  }

  /** What the plan must know of a handle. */
  HandleDescription describe(SnapshotHandle snapshot) {
    HandleDescription handle = snapshot.description();
    FileList list = lists.get(handle.index());
    if (list == null) {
      return handle;
    }
    Function<ListedFile, Object> contents = contents(snapshot);
    List<FileSpread.Entry> files = new ArrayList<>();
    list.filesByTable()
        .forEach(
            (table, listed) ->
                listed.forEach(
                    file ->
                        files.add(
                            new FileSpread.Entry(
                                table,
                                keyGroups(file),
                                file.level(),
                                file.epoch(),
                                file.bytes(),
                                contents.apply(file)))));
    return handle.with(new FileSpread(files));
  }

  /**
   * What each table file of a handle is: the same of two handles that refer to the same file in
   * checkpoint storage, and whose manifests say the same of it. Those of local copies are nobody
   * else's.
   */
  static Function<ListedFile, Object> contents(SnapshotHandle snapshot) {
    int index = snapshot.description().index();
    Map<String, Object> stored = SnapshotFiles.identities(snapshot);
    return file -> {
      Object identity = stored.get(file.name());
      return identity == null
          ? new Content(index, file.name())
          : new Content(identity, file.content());
    };
  }

  private record Content(Object where, Object what) {}

  private KeyGroupRange keyGroups(ListedFile file) {
    int first = prefix.keyGroup(file.firstKey());
    int last = prefix.keyGroup(file.lastKey());
    boolean endsBefore =
        file.endsBeforeLastKey() && file.lastKey().length == prefix.width() && last > first;
    return KeyGroupRange.of(first, endsBefore ? last - 1 : last);
  }

  /** What the manifest of a handle lists, or null. */
  @Nullable FileList of(int handle) {
    return lists.get(handle);
  }
}
