package io.basalt.statebackend.restore;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The table files of a handle, as its manifest lists them. They may reach beyond the key groups
 * that the handle has, with what the task before it had and deleted.
 */
record FileSpread(List<Entry> files) {

  /**
   * A table file.
   *
   * @param table the state whose entries it has
   * @param keyGroups from the first to the last that it has, or deletes
   * @param level the one it is in; each file of level 0 is looked at by every read
   * @param epoch the order in which files came to level 0
   * @param bytes how large it is
   * @param content equal to that of a file of another handle only if it is the same file, in the
   *     same level
   */
  record Entry(
      String table, KeyGroupRange keyGroups, int level, long epoch, long bytes, Object content) {

    boolean overlaps(KeyGroupRange range) {
      return keyGroups.getIntersection(range).getNumberOfKeyGroups() > 0;
    }
  }

  /** Those that have anything of the part. */
  List<Entry> filesOf(KeyGroupRange part) {
    return files.stream().filter(file -> file.overlaps(part)).toList();
  }

  /** How large those are, about, of which it may have only a part. */
  long bytesOf(KeyGroupRange part) {
    long bytes = 0;
    for (Entry file : filesOf(part)) {
      int groups = file.keyGroups().getNumberOfKeyGroups();
      int wanted = file.keyGroups().getIntersection(part).getNumberOfKeyGroups();
      bytes += file.bytes() / groups * wanted;
    }
    return bytes;
  }

  /** What all of them are. */
  Set<Object> contents() {
    return files.stream().map(Entry::content).collect(Collectors.toSet());
  }

  /**
   * Whether the files that have anything of the part have nothing of the rest of the range: neither
   * entries nor deletions.
   */
  boolean isConfinedTo(KeyGroupRange part, KeyGroupRange range) {
    for (Entry file : filesOf(part)) {
      KeyGroupRange reach = file.keyGroups().getIntersection(range);
      if (reach.getStartKeyGroup() < part.getStartKeyGroup()
          || reach.getEndKeyGroup() > part.getEndKeyGroup()) {
        return false;
      }
    }
    return true;
  }
}
