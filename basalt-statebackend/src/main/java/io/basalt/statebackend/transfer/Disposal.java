package io.basalt.statebackend.transfer;

import java.util.Collection;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StateUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes what was written to checkpoint storage for a snapshot that will not come about. */
public final class Disposal {

  private static final Logger LOG = LoggerFactory.getLogger(Disposal.class);

  private Disposal() {}

  /**
   * Discards every object; a failure to do so is logged, since there is an earlier failure or a
   * cancellation that the caller is about to report.
   */
  public static void discard(Collection<? extends StateObject> objects) {
    // A cancelled snapshot's thread is interrupted, and some file systems refuse to delete then.
    boolean interrupted = Thread.interrupted();
    try {
      StateUtil.bestEffortDiscardAllStateObjects(objects);
    } catch (Exception e) {
      LOG.warn(
          "Could not delete all files of a failed or cancelled snapshot; some may be left over in"
              + " checkpoint storage.",
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
