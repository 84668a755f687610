package io.basalt.statebackend.restore;

import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/** One step of a restore. Handles are named by their index. */
sealed interface RestoreStep {

  /** Does the step. */
  void perform(RestoreActions actions) throws Exception;

  /** Bring the files of these handles into a directory each. */
  record Download(List<Integer> handles) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.download(handles);
    }
  }

  /** Link the files of a local snapshot into a directory. */
  record Link(int handle) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.link(handle);
    }
  }

  /**
   * Bring those files of the handles that have keys of the range into the directory of the first,
   * as one database. Where there are several, a file that has keys of two of them is of both.
   */
  record JoinFiles(List<Integer> handles, KeyGroupRange range) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.joinFiles(handles, range);
    }
  }

  /** Start with an empty database. */
  record CreateDatabase() implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.createDatabase();
    }
  }

  /** Start with the database of a handle whose files have been fetched. */
  record OpenDatabase(int handle) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.openDatabase(handle);
    }
  }

  /** Delete what is in the database outside of the range. */
  record DeleteOutside(KeyGroupRange range) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.deleteOutside(range);
    }
  }

  /**
   * Copy the entries in the range from a handle whose files have been fetched; let its files go.
   */
  record CopyEntries(int handle, KeyGroupRange range) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.copyEntries(handle, range);
    }
  }

  /** Read the entries in the range from a canonical handle. */
  record ReadCanonical(int handle, KeyGroupRange range) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.readCanonical(handle, range);
    }
  }

  /** Later checkpoints continue the history of the handle and may refer to its files. */
  record ContinueHistory(int handle) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.continueHistory(handle);
    }
  }

  /**
   * Later checkpoints may refer to the files of the handles, which other tasks may have opened,
   * too.
   */
  record BranchHistory(List<Integer> handles) implements RestoreStep {
    @Override
    public void perform(RestoreActions actions) throws Exception {
      actions.branchHistory(handles);
    }
  }
}
