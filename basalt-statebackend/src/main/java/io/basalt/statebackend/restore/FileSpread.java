package io.basalt.statebackend.restore;

import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Over which key groups the table files of a handle spread, as its manifest lists them. They may
 * reach beyond the key groups that the handle has, with what the task before it had and deleted.
 *
 * @param files the key groups from the first to the last that each file has, or deletes
 * @param mostInLevelZero how many files of one table a read may have to look at one by one
 */
record FileSpread(List<KeyGroupRange> files, int mostInLevelZero) {

  /**
   * Whether the files that have anything of the part have nothing of the rest of the range: neither
   * entries nor deletions.
   */
  boolean isConfinedTo(KeyGroupRange part, KeyGroupRange range) {
    for (KeyGroupRange file : files) {
      if (file.getIntersection(part).getNumberOfKeyGroups() > 0) {
        KeyGroupRange reach = file.getIntersection(range);
        if (reach.getStartKeyGroup() < part.getStartKeyGroup()
            || reach.getEndKeyGroup() > part.getEndKeyGroup()) {
          return false;
        }
      }
    }
    return true;
  }
}
