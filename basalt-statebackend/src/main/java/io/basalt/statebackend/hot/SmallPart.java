package io.basalt.statebackend.hot;

import io.basalt.statebackend.hot.Ghosts.Origin;

/**
 * Which part of all bytes new entries may take before they are looked at. It grows when an entry
 * comes back that went from there, for with a larger part it would have been found, and shrinks
 * when one comes back that went from the main queue: as in ARC (Megiddo and Modha, FAST 2003).
 */
final class SmallPart {

  private static final double FIRST = 0.3;
  private static final double LEAST = 0.02;
  private static final double MOST = 0.5;

  private double part = FIRST;

  boolean isExceeded(long smallBytes, long mainBytes) {
    return smallBytes > part * (smallBytes + mainBytes);
  }

  /**
   * An entry has come, perhaps back. The fewer there are of those that went from the same queue,
   * the more it says of them.
   *
   * @param weight the part of all bytes that it takes
   */
  void adapt(Origin origin, Ghosts ghosts, double weight) {
    if (origin == Origin.UNKNOWN) {
      return;
    }
    double small = Math.max(1, ghosts.fromSmall());
    double main = Math.max(1, ghosts.fromMain());
    double moved =
        origin == Origin.SMALL
            ? part + weight * Math.max(1, main / small)
            : part - weight * Math.max(1, small / main);
    part = Math.max(LEAST, Math.min(MOST, moved));
  }
}
