package io.basalt.statebackend.restore;

import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The way from state handles to the state of one task: a pure function of what the handles are and
 * of the key groups the task has.
 *
 * <pre>
 *   handles with our key groups?
 *     files      -> download or link all of them
 *                   the best match -> open as it is -> delete what is outside our range
 *                   every other    -> copy its entries that are ours
 *     canonical  -> read its entries that are ours
 *   the files of the best match are shared -> its history goes on, if it has exactly our range,
 *                                             or a new one branches off
 * </pre>
 *
 * <p>Every key group of the task is taken from the one handle that has it, or from none: a task
 * without state leaves no handle.
 *
 * @param steps in the order in which they are to be done
 */
record RestorePlan(List<RestoreStep> steps) {

  /**
   * Plans a restore.
   *
   * @param handles of any kinds, in any order
   * @param overlapFraction see {@link RestoreRequest}
   * @throws IllegalArgumentException if two handles have the same key group of the range
   */
  static RestorePlan of(
      List<HandleDescription> handles, KeyGroupRange range, double overlapFraction) {
    List<HandleDescription> ours = handles.stream().filter(h -> h.overlaps(range)).toList();
    checkDisjoint(ours, range);
    List<HandleDescription> files =
        ours.stream().filter(handle -> handle.kind() != Kind.CANONICAL).toList();
    Optional<HandleDescription> base = base(files, range, overlapFraction);

    List<RestoreStep> steps = new ArrayList<>();
    fetch(files, steps);
    base.ifPresentOrElse(
        handle -> {
          steps.add(new RestoreStep.OpenDatabase(handle.index()));
          if (!handle.isInside(range)) {
            steps.add(new RestoreStep.DeleteOutside(range));
          }
        },
        () -> steps.add(new RestoreStep.CreateDatabase()));
    for (HandleDescription handle : ours) {
      if (handle.kind() == Kind.CANONICAL) {
        steps.add(new RestoreStep.ReadCanonical(handle.index(), handle.within(range)));
      } else if (!base.equals(Optional.of(handle))) {
        steps.add(new RestoreStep.CopyEntries(handle.index(), handle.within(range)));
      }
    }
    base.filter(HandleDescription::sharesFiles)
        .ifPresent(
            handle ->
                steps.add(
                    handle.range().equals(range)
                        ? new RestoreStep.ContinueHistory(handle.index())
                        : new RestoreStep.BranchHistory(handle.index())));
    return new RestorePlan(List.copyOf(steps));
  }

  private static void fetch(List<HandleDescription> files, List<RestoreStep> steps) {
    List<Integer> remote = new ArrayList<>();
    for (HandleDescription handle : files) {
      if (handle.kind() == Kind.REMOTE_FILES) {
        remote.add(handle.index());
      } else {
        steps.add(new RestoreStep.Link(handle.index()));
      }
    }
    if (!remote.isEmpty()) {
      steps.add(new RestoreStep.Download(List.copyOf(remote)));
    }
  }

  /** The one that saves the most copying; of equals the one with the least to delete. */
  private static Optional<HandleDescription> base(
      List<HandleDescription> files, KeyGroupRange range, double threshold) {
    return files.stream()
        .filter(handle -> handle.overlapFraction(range) >= threshold)
        .max(
            Comparator.comparingInt(
                    (HandleDescription handle) -> handle.within(range).getNumberOfKeyGroups())
                .thenComparingDouble(handle -> handle.overlapFraction(range)));
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
