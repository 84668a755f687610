package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;

/** What is expected of handles that Flink has cut to a task's key groups. */
class HandleBytesTest {

  private static final int HEAD = 40;
  private static final int OF_KEY_GROUP = 100;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, 9);

  @Test
  void aCutHandleIsAsLongAsItsKeyGroups() {
    KeyGroupRange mine = KeyGroupRange.of(2, 4);
    KeyedStateHandle cut = handle().getIntersection(mine);

    assertThat(cut.getStateSize()).as("what Flink says").isEqualTo(HEAD + 10 * OF_KEY_GROUP);
    assertThat(HandleBytes.within(cut, mine)).isEqualTo(3 * OF_KEY_GROUP);
    assertThat(HandleBytes.within(handle(), mine)).isEqualTo(3 * OF_KEY_GROUP);
    assertThat(HandleBytes.within(cut, KeyGroupRange.of(4, 9))).isEqualTo(8 * OF_KEY_GROUP - 200);
    assertThat(HandleBytes.within(cut, KeyGroupRange.of(5, 9))).isZero();
  }

  @Test
  void theLastKeyGroupsEndWithTheFile() {
    assertThat(HandleBytes.within(handle(), KeyGroupRange.of(9, 9))).isEqualTo(OF_KEY_GROUP);
    assertThat(HandleBytes.within(handle(), ALL)).isEqualTo(10 * OF_KEY_GROUP);
  }

  @Test
  void keyGroupsWithoutEntriesCountNothing() {
    long[] offsets = new long[10];
    offsets[3] = HEAD;
    offsets[7] = HEAD + 500;
    KeyGroupsStateHandle handle = handle(offsets, HEAD + 600);

    assertThat(HandleBytes.within(handle, ALL)).isEqualTo(600);
    assertThat(HandleBytes.within(handle, KeyGroupRange.of(0, 2))).isZero();
    assertThat(HandleBytes.within(handle, KeyGroupRange.of(4, 9))).isEqualTo(100);
  }

  private static KeyGroupsStateHandle handle() {
    long[] offsets = new long[10];
    for (int keyGroup = 0; keyGroup < 10; keyGroup++) {
      offsets[keyGroup] = HEAD + (long) keyGroup * OF_KEY_GROUP;
    }
    return handle(offsets, HEAD + 10 * OF_KEY_GROUP);
  }

  private static KeyGroupsStateHandle handle(long[] offsets, int length) {
    return new KeyGroupsSavepointStateHandle(
        new KeyGroupRangeOffsets(ALL, offsets),
        new ByteStreamStateHandle("savepoint", new byte[length]));
  }
}
