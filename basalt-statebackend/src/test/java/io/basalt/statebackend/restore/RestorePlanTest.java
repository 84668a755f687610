package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.restore.FileSpread.Entry;
import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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

  private static final RescaleSettings ANY_OVERLAP = new RescaleSettings(0.0, true, true, true);
  private static final List<Kind> KINDS = List.of(Kind.values());

  @Property
  void everyKeyGroupComesFromTheHandleThatHasItAndNoOtherIsThere(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 300) int keyGroups,
      @ForAll @IntRange(min = 1, max = 12) int oldTasks,
      @ForAll @IntRange(min = 1, max = 12) int newTasks)
      throws Exception {
    List<HandleDescription> handles =
        randomHandles(random, keyGroups, Math.min(oldTasks, keyGroups));
    RescaleSettings settings =
        new RescaleSettings(
            random.nextInt(5) / 4.0, random.nextInt(4) > 0, random.nextInt(4) > 0, true);
    int tasks = Math.min(newTasks, keyGroups);
    Map<Integer, Integer> owners = new TreeMap<>();
    for (int task = 0; task < tasks; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, tasks, task);
      PlannedRestore model = carryOut(handles, range, settings);
      assertThat(model.fetched).as("fetched in vain").isEmpty();
      assertThat(model.owners.keySet()).allMatch(range::contains);
      assertThat(model.strange).as("key groups of others").isEmpty();
      assertBaseIsTheBest(model, handles, range, settings);
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
        List.of(new HandleDescription(0, Kind.REMOTE_FILES, range, true, null));

    assertThat(RestorePlan.of(handles, range, new RescaleSettings(1.0, true, true, true)).steps())
        .containsExactly(
            new RestoreStep.Download(List.of(0)),
            new RestoreStep.OpenDatabase(0),
            new RestoreStep.ContinueHistory(0));
  }

  @Test
  void aNativeSavepointHasNoHistoryToGoOn() {
    KeyGroupRange range = KeyGroupRange.of(0, 63);
    List<HandleDescription> handles =
        List.of(new HandleDescription(0, Kind.REMOTE_FILES, range, false, null));

    assertThat(RestorePlan.of(handles, range, ANY_OVERLAP).steps())
        .containsExactly(new RestoreStep.Download(List.of(0)), new RestoreStep.OpenDatabase(0));
  }

  @Test
  void theBestMatchIsClippedAndTheRestIsCopied() {
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 41), true, null),
            new HandleDescription(1, Kind.REMOTE_FILES, KeyGroupRange.of(42, 84), true, null),
            new HandleDescription(2, Kind.REMOTE_FILES, KeyGroupRange.of(85, 127), true, null));

    assertThat(RestorePlan.of(handles, KeyGroupRange.of(64, 127), ANY_OVERLAP).steps())
        .containsExactly(
            new RestoreStep.Download(List.of(1, 2)),
            new RestoreStep.OpenDatabase(2),
            new RestoreStep.CopyEntries(1, KeyGroupRange.of(64, 84)),
            new RestoreStep.BranchHistory(List.of(2)));
  }

  @Test
  void databasesBecomeOneByTheirFiles() {
    FileSpread left = new FileSpread(List.of(file("a", 0, 20, 1), file("b", 20, 63, 2)));
    FileSpread right = new FileSpread(List.of(file("c", 64, 127, 1)));
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 63), true, left),
            new HandleDescription(1, Kind.REMOTE_FILES, KeyGroupRange.of(64, 127), true, right));
    KeyGroupRange range = KeyGroupRange.of(43, 85);

    assertThat(RestorePlan.of(handles, range, ANY_OVERLAP).steps())
        .containsExactly(
            new RestoreStep.JoinFiles(List.of(1, 0), range),
            new RestoreStep.OpenDatabase(1),
            new RestoreStep.DeleteOutside(range),
            new RestoreStep.BranchHistory(List.of(1, 0)));
  }

  /** Half a minute if each look at a handle looked at all its files. */
  @Test
  void handlesOfThousandsOfFilesAreJoined() {
    List<HandleDescription> handles = new ArrayList<>();
    for (int index = 0; index < 16; index++) {
      int first = 8 * index;
      List<Entry> files = new ArrayList<>();
      for (int file = 0; file < 2_000; file++) {
        files.add(
            new Entry(
                "table",
                KeyGroupRange.of(first + file % 8, first + file % 8),
                1,
                0,
                0,
                index + " " + file));
      }
      handles.add(
          new HandleDescription(
              index,
              Kind.REMOTE_FILES,
              KeyGroupRange.of(first, first + 7),
              true,
              new FileSpread(files)));
    }

    assertThat(JoinableHandles.of(handles, KeyGroupRange.of(0, 127))).isEqualTo(handles);
  }

  @Test
  void filesWithKeysOfAnotherHandleAreNotJoined() {
    FileSpread left = new FileSpread(List.of(file("a", 0, 70, 1)));
    FileSpread right = new FileSpread(List.of(file("b", 64, 127, 1)));
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 63), true, left),
            new HandleDescription(1, Kind.REMOTE_FILES, KeyGroupRange.of(64, 127), true, right));
    KeyGroupRange range = KeyGroupRange.of(0, 127);

    assertThat(RestorePlan.of(handles, range, ANY_OVERLAP).steps())
        .containsExactly(
            new RestoreStep.JoinFiles(List.of(1), range),
            new RestoreStep.JoinFiles(List.of(0), KeyGroupRange.of(0, 63)),
            new RestoreStep.OpenDatabase(1),
            new RestoreStep.DeleteOutside(range),
            new RestoreStep.CopyEntries(0, KeyGroupRange.of(0, 63)),
            new RestoreStep.BranchHistory(List.of(1)));
  }

  /** Split by the one before, with no time to merge anything: "old" reaches over both. */
  @Test
  void handlesThatHaveTheSameFilesAreJoined() {
    assertThat(joined(List.of(file("old", 0, 63, 1), file("a", 0, 42, 2)), 0, 1)).isTrue();
    assertThat(joined(List.of(file("old", 0, 63, 1), file("a", 0, 43, 2)), 0, 1))
        .as("with a file of one alone that reaches over the other")
        .isFalse();
    assertThat(joined(List.of(file("merged", 0, 42, 1)), 0, 1)).as("merged by one alone").isFalse();
    assertThat(joined(List.of(file("a", 0, 42, 2)), 5, 5))
        .as("what reaches over the other has nothing of the task's")
        .isTrue();
  }

  /** A file that was written over must not come behind what was written over it. */
  @Test
  void handlesThatHaveFilesInAnotherOrderAreNotJoined() {
    List<Entry> left = List.of(file("old", 0, 63, 1), file("newer", 0, 63, 2));

    assertThat(joined(left, List.of(file("old", 0, 63, 1), file("newer", 0, 63, 7)))).isTrue();
    assertThat(joined(left, List.of(file("newer", 0, 63, 1), file("old", 0, 63, 7)))).isFalse();
    assertThat(
            joined(
                left,
                List.of(
                    file("old", 0, 63, 1), file("between", 43, 63, 2), file("newer", 0, 63, 3))))
        .isTrue();
  }

  private static boolean joined(List<Entry> left, int first, int last) {
    Entry old = last == 1 ? file("old", 0, 63, 1) : file("old", 43, 63, 1);
    return joined(left, List.of(old, file("b", 43, 63, 2), file("outside", first, last, 3)));
  }

  /** Of the key groups 0 to 42 and 43 to 85 a task needs 0 to 63, or less. */
  private static boolean joined(List<Entry> left, List<Entry> right) {
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(
                0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 42), true, new FileSpread(left)),
            new HandleDescription(
                1, Kind.REMOTE_FILES, KeyGroupRange.of(43, 85), true, new FileSpread(right)));
    return RestorePlan.of(handles, KeyGroupRange.of(0, 63), ANY_OVERLAP)
        .steps()
        .contains(new RestoreStep.JoinFiles(List.of(0, 1), KeyGroupRange.of(0, 63)));
  }

  @Test
  void aPartOfOneHandleNeedsOnlyTheFilesOfThatPart() {
    FileSpread spread = new FileSpread(List.of(file("a", 0, 127, 1)));
    List<HandleDescription> handles =
        List.of(new HandleDescription(0, Kind.LOCAL_FILES, KeyGroupRange.of(0, 127), true, spread));
    KeyGroupRange range = KeyGroupRange.of(0, 63);

    assertThat(RestorePlan.of(handles, range, ANY_OVERLAP).steps())
        .containsExactly(
            new RestoreStep.JoinFiles(List.of(0), range),
            new RestoreStep.OpenDatabase(0),
            new RestoreStep.DeleteOutside(range),
            new RestoreStep.BranchHistory(List.of(0)));
  }

  @Test
  void twoHandlesOfTheSameKeyGroupAreRefused() {
    List<HandleDescription> handles =
        List.of(
            new HandleDescription(0, Kind.REMOTE_FILES, KeyGroupRange.of(0, 64), true, null),
            new HandleDescription(1, Kind.CANONICAL, KeyGroupRange.of(64, 127), false, null));

    assertThatThrownBy(() -> RestorePlan.of(handles, KeyGroupRange.of(0, 127), ANY_OVERLAP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key groups [64, 64]");
    assertThat(RestorePlan.of(handles, KeyGroupRange.of(0, 63), ANY_OVERLAP).steps())
        .as("key groups of other tasks are not looked at")
        .hasSize(4);
  }

  private static List<HandleDescription> randomHandles(Random random, int keyGroups, int tasks) {
    List<HandleDescription> handles = new ArrayList<>();
    List<Entry> old = randomFiles(random, "old", 0, keyGroups - 1);
    for (int task = 0; task < tasks; task++) {
      KeyGroupRange range =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, tasks, task);
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      boolean withoutState = random.nextInt(5) == 0;
      if (!withoutState) {
        boolean sharesFiles = kind != Kind.CANONICAL && random.nextBoolean();
        FileSpread spread =
            kind == Kind.CANONICAL || random.nextInt(4) == 0
                ? null
                : randomSpread(random, range, keyGroups, old, task);
        handles.add(new HandleDescription(task, kind, range, sharesFiles, spread));
      }
    }
    Collections.shuffle(handles, random);
    return handles;
  }

  /**
   * Some files reach beyond the range, as after a rescale, and some are those of several handles.
   */
  private static FileSpread randomSpread(
      Random random, KeyGroupRange range, int keyGroups, List<Entry> old, int task) {
    List<Entry> files = new ArrayList<>();
    boolean hasMerged = random.nextInt(3) == 0;
    for (Entry file : random.nextBoolean() ? old : List.<Entry>of()) {
      if (!hasMerged || random.nextBoolean()) {
        files.add(file);
      }
    }
    boolean isClean = random.nextInt(3) > 0;
    files.addAll(
        randomFiles(
            random,
            "of " + task,
            isClean ? range.getStartKeyGroup() : 0,
            isClean ? range.getEndKeyGroup() : keyGroups - 1));
    if (random.nextInt(3) == 0) {
      Collections.shuffle(files, random);
    }
    List<Entry> ordered = new ArrayList<>();
    for (Entry file : files) {
      ordered.add(
          new Entry(
              file.table(), file.keyGroups(), file.level(), 1 + ordered.size(), 0, file.content()));
    }
    return new FileSpread(ordered);
  }

  private static List<Entry> randomFiles(Random random, String name, int first, int last) {
    List<Entry> files = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      int start = first + random.nextInt(last - first + 1);
      int end = start + random.nextInt(last - start + 1);
      files.add(
          new Entry(
              "table " + random.nextInt(2),
              KeyGroupRange.of(start, end),
              random.nextInt(2),
              i,
              0,
              name + " " + i));
    }
    return files;
  }

  private static Entry file(String content, int first, int last, long epoch) {
    return new Entry("table", KeyGroupRange.of(first, last), 0, epoch, 0, content);
  }

  private static PlannedRestore carryOut(
      List<HandleDescription> handles, KeyGroupRange range, RescaleSettings settings)
      throws Exception {
    PlannedRestore model = new PlannedRestore(handles, range);
    for (RestoreStep step : RestorePlan.of(handles, range, settings).steps()) {
      step.perform(model);
    }
    assertThat(model.open).isTrue();
    return model;
  }

  private static void assertBaseIsTheBest(
      PlannedRestore model,
      List<HandleDescription> handles,
      KeyGroupRange range,
      RescaleSettings settings) {
    List<HandleDescription> candidates =
        handles.stream()
            .filter(handle -> handle.kind() != Kind.CANONICAL && handle.overlaps(range))
            .filter(handle -> handle.overlapFraction(range) >= settings.overlapFraction())
            .toList();
    if (candidates.isEmpty()) {
      assertThat(model.opened).isEmpty();
      return;
    }
    List<HandleDescription> opened = model.opened.stream().map(model::find).toList();
    assertThat(candidates).containsAll(opened);
    int keyGroups = opened.stream().mapToInt(h -> h.within(range).getNumberOfKeyGroups()).sum();
    assertThat(candidates)
        .allMatch(other -> other.within(range).getNumberOfKeyGroups() <= keyGroups);
    if (opened.size() > 1) {
      assertThat(settings.joinFiles()).isTrue();
      assertThat(mostInLevelZero(opened, range))
          .isLessThanOrEqualTo(JoinableHandles.MOST_IN_LEVEL_ZERO);
    } else {
      assertThat(opened).hasSize(1);
    }
    if (!settings.leaveOutFiles()) {
      assertThat(model.joined).isEmpty();
    }
  }

  private static int mostInLevelZero(List<HandleDescription> opened, KeyGroupRange range) {
    Map<String, Set<Object>> files = new HashMap<>();
    for (HandleDescription handle : opened) {
      handle.spread().files().stream()
          .filter(
              file ->
                  file.level() == 0
                      && PlannedRestore.overlaps(file.keyGroups(), handle.within(range)))
          .forEach(
              file ->
                  files
                      .computeIfAbsent(file.table(), table -> new HashSet<>())
                      .add(file.content()));
    }
    return files.values().stream().mapToInt(Set::size).max().orElse(0);
  }

  private static void assertHistoryIsThatOfTheOpenedFiles(
      PlannedRestore model, KeyGroupRange range) {
    List<HandleDescription> opened =
        model.opened.stream().map(model::find).filter(HandleDescription::sharesFiles).toList();
    Predicate<HandleDescription> goesOn =
        handle -> model.joined.isEmpty() && handle.range().equals(range);
    assertThat(model.continued).isEqualTo(indices(opened, goesOn));
    assertThat(model.branched).isEqualTo(indices(opened, goesOn.negate()));
  }

  private static List<Integer> indices(
      List<HandleDescription> handles, Predicate<HandleDescription> wanted) {
    return handles.stream().filter(wanted).map(HandleDescription::index).toList();
  }
}
