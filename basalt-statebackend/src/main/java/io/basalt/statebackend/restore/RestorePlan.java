package io.basalt.statebackend.restore;

import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The way from state handles to the state of one task: a pure function of what the handles are, of
 * what their manifests list, and of the key groups the task has.
 *
 * <pre>
 *   handles with our key groups?
 *     files      -> one that has all of ours and no others -> download or link it, open it
 *                   else, of each, only files that have keys of ours:
 *                     those whose files have keys of nobody else's,
 *                     or of those that have the same files         -> one database, by their files
 *                     every other                                  -> copy its entries that are ours
 *                   delete what is outside our range
 *     canonical  -> read its entries that are ours
 *   the files of the database are shared -> its history goes on, if it has exactly our range,
 *                                           or a new one branches off
 * </pre>
 *
 * <p>Every key group of the task is taken from the one handle that has it, or from none: a task
 * without state leaves no handle. Where nobody knows what a manifest lists, all files are fetched,
 * and one such handle at most becomes the database.
 *
 * @param steps in the order in which they are to be done
 */
record RestorePlan(List<RestoreStep> steps) {

  /**
   * Plans a restore.
   *
   * @param handles of any kinds, in any order
   * @throws IllegalArgumentException if two handles have the same key group of the range
   */
  static RestorePlan of(
      List<HandleDescription> handles, KeyGroupRange range, RescaleSettings settings) {
    List<HandleDescription> ours = handles.stream().filter(h -> h.overlaps(range)).toList();
    checkDisjoint(ours, range);
    List<HandleDescription> files =
        ours.stream().filter(handle -> handle.kind() != Kind.CANONICAL).toList();
    ChosenFiles chosen = ChosenFiles.of(files, range, settings);

    List<RestoreStep> steps = new ArrayList<>();
    fetch(files, chosen, range, settings, steps);
    open(chosen, range, steps);
    for (HandleDescription handle : ours) {
      if (handle.kind() == Kind.CANONICAL) {
        steps.add(new RestoreStep.ReadCanonical(handle.index(), handle.within(range)));
      } else if (!chosen.handles().contains(handle)) {
        steps.add(new RestoreStep.CopyEntries(handle.index(), handle.within(range)));
      }
    }
    goOn(chosen, range, steps);
    return new RestorePlan(List.copyOf(steps));
  }

  private static void fetch(
      List<HandleDescription> files,
      ChosenFiles chosen,
      KeyGroupRange range,
      RescaleSettings settings,
      List<RestoreStep> steps) {
    List<Integer> remote = new ArrayList<>();
    if (!chosen.whole()) {
      steps.add(new RestoreStep.JoinFiles(indices(chosen.handles()), range));
    }
    for (HandleDescription handle : files) {
      boolean isChosen = chosen.handles().contains(handle);
      if (isChosen && !chosen.whole()) {
        continue;
      }
      if (!isChosen && handle.spread() != null && settings.leaveOutFiles()) {
        steps.add(new RestoreStep.JoinFiles(List.of(handle.index()), handle.within(range)));
      } else if (handle.kind() == Kind.REMOTE_FILES) {
        remote.add(handle.index());
      } else {
        steps.add(new RestoreStep.Link(handle.index()));
      }
    }
    if (!remote.isEmpty()) {
      steps.add(new RestoreStep.Download(List.copyOf(remote)));
    }
  }

  private static void open(ChosenFiles chosen, KeyGroupRange range, List<RestoreStep> steps) {
    if (chosen.handles().isEmpty()) {
      steps.add(new RestoreStep.CreateDatabase());
      return;
    }
    HandleDescription first = chosen.handles().get(0);
    steps.add(new RestoreStep.OpenDatabase(first.index()));
    if (!chosen.whole() || !first.isInside(range)) {
      steps.add(new RestoreStep.DeleteOutside(chosen.kept()));
    }
  }

  private static void goOn(ChosenFiles chosen, KeyGroupRange range, List<RestoreStep> steps) {
    List<HandleDescription> sharing =
        chosen.handles().stream().filter(HandleDescription::sharesFiles).toList();
    if (sharing.isEmpty()) {
      return;
    }
    steps.add(
        chosen.whole() && sharing.get(0).range().equals(range)
            ? new RestoreStep.ContinueHistory(sharing.get(0).index())
            : new RestoreStep.BranchHistory(indices(sharing)));
  }

  private static List<Integer> indices(List<HandleDescription> handles) {
    return handles.stream().map(HandleDescription::index).toList();
  }

  private static void checkDisjoint(List<HandleDescription> handles, KeyGroupRange range) {
    for (int i = 0; i < handles.size(); i++) {
      for (int j = i + 1; j < handles.size(); j++) {
        KeyGroupRange both = handles.get(i).within(range).getIntersection(handles.get(j).range());
        if (both.getNumberOfKeyGroups() > 0) {
          throw new IllegalArgumentException(
              "Two state handles have state of the key groups "
                  + both.prettyPrintInterval()
                  + ": "
                  + handles.get(i)
                  + " and "
                  + handles.get(j)
                  + ". The meta data of the checkpoint is damaged: restore from another one.");
        }
      }
    }
  }
}
