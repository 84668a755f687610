package io.basalt.statebackend.restore;

import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/** What the steps of a plan can ask for; each method is the step of its name. */
interface RestoreActions {

  void download(List<Integer> handles) throws Exception;

  void link(int handle) throws Exception;

  void joinFiles(List<Integer> handles, KeyGroupRange range) throws Exception;

  void createDatabase() throws Exception;

  void openDatabase(int handle) throws Exception;

  void deleteOutside(KeyGroupRange range) throws Exception;

  void copyEntries(int handle, KeyGroupRange range) throws Exception;

  void readCanonical(int handle, KeyGroupRange range) throws Exception;

  void continueHistory(int handle) throws Exception;

  void branchHistory(List<Integer> handles) throws Exception;
}
