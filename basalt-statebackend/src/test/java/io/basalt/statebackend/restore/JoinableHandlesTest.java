package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.restore.FileSpread.Entry;
import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Those handles are joined that the definition says, and hundreds of them in no time. */
class JoinableHandlesTest {

  private static final int TABLES = 300;
  private static final int FILES_OF_A_TABLE = 5;

  @Property(tries = 2000)
  void theyAreThoseOfTheDefinition(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 60) int keyGroups,
      @ForAll @IntRange(min = 1, max = 12) int tasks) {
    List<HandleDescription> handles = randomHandles(random, keyGroups, Math.min(tasks, keyGroups));
    int first = random.nextInt(keyGroups);
    KeyGroupRange range =
        random.nextBoolean()
            ? KeyGroupRange.of(0, keyGroups - 1)
            : KeyGroupRange.of(first, first + random.nextInt(keyGroups - first));

    assertThat(JoinableHandles.of(handles, range))
        .isEqualTo(new JoinableByDefinition(range).of(handles));
  }

  private static List<HandleDescription> randomHandles(Random random, int keyGroups, int tasks) {
    List<Entry> shared =
        randomFiles(random, "shared", 0, keyGroups - 1, random.nextInt(20), random.nextInt(3));
    List<HandleDescription> handles = new ArrayList<>();
    int keeping = 1 + random.nextInt(30);
    boolean areClean = random.nextInt(3) > 0;
    for (int task = 0; task < tasks; task++) {
      KeyGroupRange part =
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, tasks, task);
      List<Entry> files = new ArrayList<>(shared);
      files.removeIf(file -> random.nextInt(keeping) == 0);
      boolean isClean = areClean || random.nextBoolean();
      int from = isClean ? part.getStartKeyGroup() : 0;
      int to = isClean ? part.getEndKeyGroup() : keyGroups - 1;
      files.addAll(randomFiles(random, "of " + task, from, to, random.nextInt(8), 0));
      if (random.nextInt(8) == 0) {
        Collections.shuffle(files, random);
      }
      handles.add(
          new HandleDescription(
              task,
              Kind.REMOTE_FILES,
              part,
              true,
              random.nextInt(12) == 0 ? null : new FileSpread(inThatOrder(files))));
    }
    Collections.shuffle(handles, random);
    return handles;
  }

  private static List<Entry> inThatOrder(List<Entry> files) {
    List<Entry> ordered = new ArrayList<>();
    for (Entry file : files) {
      ordered.add(
          new Entry(
              file.table(), file.keyGroups(), file.level(), 1 + ordered.size(), 0, file.content()));
    }
    return ordered;
  }

  private static List<Entry> randomFiles(
      Random random, String name, int first, int last, int count, int whole) {
    List<Entry> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int start = first + random.nextInt(last - first + 1);
      int end = start + random.nextInt(last - start + 1);
      files.add(
          new Entry(
              "table " + random.nextInt(2),
              whole > 0 ? KeyGroupRange.of(first, last) : KeyGroupRange.of(start, end),
              random.nextInt(2),
              i,
              0,
              name + " " + i));
    }
    return files;
  }

  /** Each has files of its own, and more than can be looked at by every read. */
  @Test
  @Timeout(60)
  void hundredsOfHandlesWithAllTheirFilesInLevelZero() {
    List<HandleDescription> handles = handles(256, FILES_OF_A_TABLE);

    assertThat(JoinableHandles.of(handles, KeyGroupRange.of(0, 255)))
        .isEqualTo(handles.subList(0, 2));
  }

  /** All have the same files, but for one of their own each: a chain through all of them. */
  @Test
  @Timeout(60)
  void hundredsOfHandlesWithTheSameFiles() {
    List<HandleDescription> handles = handles(128, 1);

    assertThat(JoinableHandles.of(handles, KeyGroupRange.of(0, 127))).isEmpty();
    assertThat(JoinableHandles.of(handles(128, 0), KeyGroupRange.of(0, 127))).hasSize(128);
  }

  /** Handles of one key group each, with so many files for themselves and others for all. */
  private static List<HandleDescription> handles(int count, int own) {
    KeyGroupRange all = KeyGroupRange.of(0, count - 1);
    List<HandleDescription> handles = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      KeyGroupRange part = KeyGroupRange.of(index, index);
      List<Entry> files = new ArrayList<>();
      for (int table = 0; table < TABLES; table++) {
        for (int file = 0; file < FILES_OF_A_TABLE; file++) {
          boolean isOwn = file >= FILES_OF_A_TABLE - own;
          files.add(
              new Entry(
                  "table " + table,
                  isOwn ? part : all,
                  0,
                  file,
                  0,
                  "file " + file + " of table " + table + (isOwn ? " of handle " + index : "")));
        }
      }
      handles.add(
          new HandleDescription(index, Kind.REMOTE_FILES, part, true, new FileSpread(files)));
    }
    return handles;
  }
}
