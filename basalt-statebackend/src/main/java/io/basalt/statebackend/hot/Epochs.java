package io.basalt.statebackend.hot;

/** Where changes wait to be written, as whoever takes snapshots sees it. Task thread. */
public interface Epochs {

  /** Where no change ever waits. */
  Epochs NONE =
      new Epochs() {
        @Override
        public boolean haveChanges() {
          return false;
        }

        @Override
        public Epoch close(Runnable fixing) {
          throw new IllegalStateException("There are no changes.");
        }
      };

  /** Whether there is a change that has not been written yet. */
  boolean haveChanges();

  /**
   * Closes the current epoch: the barrier. What changes from now on does not get below before that
   * epoch {@linkplain Epoch#isDone is done}. What has passed by the tier and not been handed over
   * is older than changes of the epoch: it is to be set aside before, or it would come after them.
   *
   * @param fixing makes sure of what is below once all changes of before the barrier are there, on
   *     whatever thread; must not throw, and is not called if the epoch is given up before
   */
  Epoch close(Runnable fixing);
}
