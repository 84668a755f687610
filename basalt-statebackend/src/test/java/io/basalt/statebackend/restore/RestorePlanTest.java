package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** Plans over random handles are carried out on a model that knows only key groups. */
class RestorePlanTest {

  private static final double ANY_OVERLAP = 0.0;
  private static final List<Kind> KINDS = List.of(Kind.values());

  /** A database that holds key groups, each with the handle it came from. */
  private static final class Model implements RestoreActions {

    private final List<HandleDescription> handles;
    private final Set<Integer> fetched = new HashSet<>();
    private final Map<Integer, Integer> owners = new TreeMap<>();
    private final List<Integer> opened = new ArrayList<>();
    private final List<Integer> continued = new ArrayList<>();
    private final List<Integer> branched = new ArrayList<>();
    private boolean open;

    Model(List<HandleDescription> handles) {
      this.handles = handles;
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
    public void createDatabase() {
      assertThat(open).isFalse();
      open = true;
    }

    @Override
    public void openDatabase(int handle) {
      createDatabase();
      assertThat(fetched.remove(handle)).isTrue();
      opened.add(handle);
      find(handle).range().forEach(keyGroup -> owners.put(keyGroup, handle));
    }

    @Override
    public void deleteOutside(KeyGroupRange range) {
      assertThat(open).isTrue();
      owners.keySet().removeIf(keyGroup -> !range.contains(keyGroup));
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
    public void branchHistory(int handle) {
      branched.add(handle);
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
        assertThat(owners.put(keyGroup, handle)).as("owner of key group %s", keyGroup).isNull();
      }
    }

    private HandleDescription find(int index) {
      return handles.stream().filter(handle -> handle.index() == index).findFirst().orElseThrow();
    }
  }

  @Property
  void everyKeyGroupComesFromTheHandleThatHasItAndNoOtherIsThere(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 300) int keyGroups,
      @ForAll @IntRange(min = 1, max = 12) int oldTasks,
      @ForAll @IntRange(min = 1, max = 12) int newTasks)
      throws Exception {
    List<HandleDescription> handles =
        randomHandles(random, keyGroups, Math.min(oldTasks, keyGroups));
    double threshold = random.nextInt(5) / 4.0;
    int tasks = Math.min(newTasks, keyGroups);
    Map<Integer, Integer> owners = new TreeMap<>();
    for (int task = 0; task < tasks; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, tasks, task);
      Model model = carryOut(handles, range, threshold);
      assertThat(model.fetched).as("fetched in vain").isEmpty();
      assertThat(model.owners.keySet()).allMatch(range::contains);
      assertBaseIsTheBest(model, handles, range, threshold);
      assertHistoryIsThatOfTheOpenedFiles(model, range);
      owners.putAll(model.owners);
    }

    Map<Integer, Integer> expected = new TreeMap<>();
    for (HandleDescription handle : handles) {
      handle.range().forEach(keyGroup -> expected.put(keyGroup, handle.index()));
    }
    assertThat(owners).isEqualTo(expected);
  }

  @Test
  void withoutHandlesTheDatabaseIsEmpty() {
    assertThat(RestorePlan.of(List.of(), KeyGroupRange.of(0, 127), ANY_OVERLAP).steps())
        .containsExactly(new RestoreStep.CreateDatabase());
  }

  @Test
  void filesOfTheSameKeyGroupsAreOpenedAsTheyAre() {
    KeyGroupRange range = KeyGroupRange.of(0, 63);
    List<HandleDescription> handles =
        List.of(new HandleDescription(0, Kind.REMOTE_FILES, range, true));

    assertThat(RestorePlan.of(handles, range, 1.0).steps())
        .containsExactly(
            new RestoreStep.Download(List.of(0)),
            new RestoreStep.OpenDatabase(0),
            new RestoreStep.ContinueHistory(0));
  }

  @Test
  void aNativeSavepointHasNoHistoryToGoOn() {
    KeyGroupRange range = KeyGroupRange.of(0, 63);
    List<HandleDescription> handles =
        List.of(new HandleDescription(0, Kind.REMOTE_FILES, range, false));

    assertThat(RestorePlan.of(handles, range, ANY_OVERLAP).steps())
        .containsExactly(new RestoreStep.Download(List.of(0)), new RestoreStep.OpenDatabase(0));
  }

  @Test
  void theBestMatchIsClippedAndTheRestIsCopied() {
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 41), true),
            new HandleDescription(1, Kind.REMOTE_FILES, KeyGroupRange.of(42, 84), true),
            new HandleDescription(2, Kind.REMOTE_FILES, KeyGroupRange.of(85, 127), true));

    assertThat(RestorePlan.of(handles, KeyGroupRange.of(64, 127), ANY_OVERLAP).steps())
        .containsExactly(
            new RestoreStep.Download(List.of(1, 2)),
            new RestoreStep.OpenDatabase(2),
            new RestoreStep.CopyEntries(1, KeyGroupRange.of(64, 84)),
            new RestoreStep.BranchHistory(2));
  }

  @Test
  void twoHandlesOfTheSameKeyGroupAreRefused() {
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 64), true),
            new HandleDescription(1, Kind.CANONICAL, KeyGroupRange.of(64, 127), false));

    assertThatThrownBy(() -> RestorePlan.of(handles, KeyGroupRange.of(0, 127), ANY_OVERLAP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key groups [64, 64]");
    assertThat(RestorePlan.of(handles, KeyGroupRange.of(0, 63), ANY_OVERLAP).steps())
        .as("key groups of other tasks are not looked at")
        .hasSize(4);
  }

  private static List<HandleDescription> randomHandles(Random random, int keyGroups, int tasks) {
    List<HandleDescription> handles = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, tasks, task);
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      boolean withoutState = random.nextInt(5) == 0;
      if (!withoutState) {
        boolean sharesFiles = kind != Kind.CANONICAL && random.nextBoolean();
        handles.add(new HandleDescription(task, kind, range, sharesFiles));
      }
    }
    Collections.shuffle(handles, random);
    return handles;
  }

  private static Model carryOut(
      List<HandleDescription> handles, KeyGroupRange range, double threshold) throws Exception {
    Model model = new Model(handles);
    for (RestoreStep step : RestorePlan.of(handles, range, threshold).steps()) {
      step.perform(model);
    }
    assertThat(model.open).isTrue();
    return model;
  }

  private static void assertBaseIsTheBest(
      Model model, List<HandleDescription> handles, KeyGroupRange range, double threshold) {
    List<HandleDescription> candidates =
        handles.stream()
            .filter(handle -> handle.kind() != Kind.CANONICAL && handle.overlaps(range))
            .filter(handle -> handle.overlapFraction(range) >= threshold)
            .toList();
    if (candidates.isEmpty()) {
      assertThat(model.opened).isEmpty();
      return;
    }
    assertThat(model.opened).hasSize(1);
    HandleDescription base = model.find(model.opened.get(0));
    assertThat(candidates)
        .contains(base)
        .allMatch(
            other ->
                other.within(range).getNumberOfKeyGroups()
                    <= base.within(range).getNumberOfKeyGroups());
  }

  private static void assertHistoryIsThatOfTheOpenedFiles(Model model, KeyGroupRange range) {
    List<HandleDescription> opened =
        model.opened.stream().map(model::find).filter(HandleDescription::sharesFiles).toList();
    assertThat(model.continued).isEqualTo(indices(opened, h -> h.range().equals(range)));
    assertThat(model.branched).isEqualTo(indices(opened, h -> !h.range().equals(range)));
  }

  private static List<Integer> indices(
      List<HandleDescription> handles, Predicate<HandleDescription> wanted) {
    return handles.stream().filter(wanted).map(HandleDescription::index).toList();
  }
}
