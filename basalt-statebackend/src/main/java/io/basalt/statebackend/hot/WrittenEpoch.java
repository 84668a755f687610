package io.basalt.statebackend.hot;

/**
 * What an epoch has had to write.
 *
 * @param entries its changes
 * @param nanos from the first of them to the last
 */
public record WrittenEpoch(int entries, long nanos) {

  static final WrittenEpoch NONE = new WrittenEpoch(0, 0);
}
