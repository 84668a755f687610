package io.basalt.statebackend.hot;

/**
 * How far a tier may be behind with making room. For a large value very many small entries have to
 * go, each of which may have to be written: an operation has so many bytes of them go and leaves
 * the rest to the next ones. It does not add up: a tier is late with no more than the largest value
 * that came since it was not, for whoever comes meanwhile has as much go as he brings. Task thread.
 */
final class Lateness {

  private final long atOnce;
  private long bytes;
  private long usedBefore;

  /**
   * None.
   *
   * @param atOnce what an operation has go in any case
   */
  Lateness(long atOnce) {
    this.atOnce = atOnce;
  }

  /**
   * By how much there may be too much after an operation.
   *
   * @param used before it makes room
   * @param most how much there is to be, but for this
   */
  long allowed(long used, long most) {
    long over = used - most - atOnce;
    long came = used - usedBefore;
    return Math.max(0, Math.min(over, Math.max(bytes - atOnce, came)));
  }

  /** An operation has made as much room as it had to. */
  void isNow(long used, long most) {
    usedBefore = used;
    bytes = Math.max(0, used - most);
  }
}
