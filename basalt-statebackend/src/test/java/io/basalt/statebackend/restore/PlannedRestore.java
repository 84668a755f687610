package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.restore.FileSpread.Entry;
import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.runtime.state.KeyGroupRange;

/** A database that holds key groups, each with the handle it came from. */
final class PlannedRestore implements RestoreActions {

  private final List<HandleDescription> handles;
  private final KeyGroupRange task;
  final Set<Integer> fetched = new HashSet<>();
  final Map<Integer, List<Integer>> joined = new HashMap<>();

  /** Key groups of others, of which files have something. */
  final Set<Integer> strange = new HashSet<>();

  final Map<Integer, Integer> owners = new TreeMap<>();
  final List<Integer> opened = new ArrayList<>();
  final List<Integer> continued = new ArrayList<>();
  final List<Integer> branched = new ArrayList<>();
  boolean open;

  PlannedRestore(List<HandleDescription> handles, KeyGroupRange task) {
    this.handles = handles;
    this.task = task;
  }

  @Override
  public void download(List<Integer> handles) {
    handles.forEach(handle -> fetch(handle, Kind.REMOTE_FILES));
  }

  @Override
  public void link(int handle) {
    fetch(handle, Kind.LOCAL_FILES);
  }

  @Override
  public void joinFiles(List<Integer> indices, KeyGroupRange range) {
    joined.put(indices.get(0), indices);
    for (int index : indices) {
      HandleDescription handle = find(index);
      assertThat(handle.spread()).isNotNull();
      fetch(index, handle.kind());
    }
  }

  @Override
  public void createDatabase() {
    assertThat(open).isFalse();
    open = true;
  }

  @Override
  public void openDatabase(int handle) {
    createDatabase();
    List<Integer> together = joined.get(handle);
    if (together == null) {
      assertThat(fetched.remove(handle)).isTrue();
      opened.add(handle);
      find(handle).range().forEach(keyGroup -> owners.put(keyGroup, handle));
      return;
    }
    for (int index : together) {
      assertThat(fetched.remove(index)).isTrue();
      opened.add(index);
      find(index).within(task).forEach(keyGroup -> owners.put(keyGroup, index));
    }
    together.forEach(index -> openPart(find(index), together.size() > 1));
    checkOrder(together.stream().map(this::find).toList());
  }

  private void openPart(HandleDescription handle, boolean besideOthers) {
    KeyGroupRange part = handle.within(task);
    for (Entry file : neededOf(handle)) {
      for (int keyGroup : file.keyGroups()) {
        if (!part.contains(keyGroup) && !isOfOwner(file, keyGroup)) {
          assertThat(besideOthers && task.contains(keyGroup))
              .as("a file of %s among those of others has key group %s", handle, keyGroup)
              .isFalse();
          strange.add(keyGroup);
        }
      }
    }
  }

  /** Whether it is a file of the handle that the key group comes from, too. */
  private boolean isOfOwner(Entry file, int keyGroup) {
    Integer owner = owners.get(keyGroup);
    return task.contains(keyGroup)
        && owner != null
        && find(owner).spread().files().stream()
            .anyMatch(other -> other.content().equals(file.content()));
  }

  private List<Entry> neededOf(HandleDescription handle) {
    return handle.spread().files().stream()
        .filter(file -> overlaps(file.keyGroups(), handle.within(task)))
        .toList();
  }

  /** There is an order of all files in which those of each handle that overlap keep theirs. */
  private void checkOrder(List<HandleDescription> together) {
    Map<Object, Set<Object>> older = new HashMap<>();
    for (HandleDescription handle : together) {
      for (Entry file : neededOf(handle)) {
        Set<Object> before = older.computeIfAbsent(file.content(), unused -> new HashSet<>());
        neededOf(handle).stream()
            .filter(other -> isInOrder(other, file))
            .forEach(other -> before.add(other.content()));
      }
    }
    while (!older.isEmpty()) {
      List<Object> next =
          older.keySet().stream().filter(file -> older.get(file).isEmpty()).toList();
      assertThat(next).as("one that is older than all others of %s", older).isNotEmpty();
      older.keySet().removeAll(next);
      older.values().forEach(before -> before.removeAll(next));
    }
  }

  private static boolean isInOrder(Entry older, Entry newer) {
    return older.level() == 0
        && newer.level() == 0
        && older.table().equals(newer.table())
        && overlaps(older.keyGroups(), newer.keyGroups())
        && older.epoch() < newer.epoch();
  }

  static boolean overlaps(KeyGroupRange one, KeyGroupRange other) {
    return one.getIntersection(other).getNumberOfKeyGroups() > 0;
  }

  @Override
  public void deleteOutside(KeyGroupRange range) {
    assertThat(open).isTrue();
    owners.keySet().removeIf(keyGroup -> !range.contains(keyGroup));
    strange.removeIf(keyGroup -> !range.contains(keyGroup));
  }

  @Override
  public void copyEntries(int handle, KeyGroupRange range) {
    assertThat(fetched.remove(handle)).isTrue();
    add(handle, range);
  }

  @Override
  public void readCanonical(int handle, KeyGroupRange range) {
    assertThat(find(handle).kind()).isEqualTo(Kind.CANONICAL);
    add(handle, range);
  }

  @Override
  public void continueHistory(int handle) {
    continued.add(handle);
  }

  @Override
  public void branchHistory(List<Integer> handles) {
    branched.addAll(handles);
  }

  private void fetch(int handle, Kind kind) {
    assertThat(find(handle).kind()).isEqualTo(kind);
    assertThat(open).as("files are there before a database is open").isFalse();
    assertThat(fetched.add(handle)).isTrue();
  }

  private void add(int handle, KeyGroupRange range) {
    assertThat(open).isTrue();
    for (int keyGroup : range) {
      assertThat(find(handle).range().contains(keyGroup)).isTrue();
      assertThat(strange).as("key groups of others").doesNotContain(keyGroup);
      assertThat(owners.put(keyGroup, handle)).as("owner of key group %s", keyGroup).isNull();
    }
  }

  HandleDescription find(int index) {
    return handles.stream().filter(handle -> handle.index() == index).findFirst().orElseThrow();
  }
}
