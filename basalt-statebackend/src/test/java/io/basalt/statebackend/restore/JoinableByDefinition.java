package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.LevelZeroOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * Which handles can be joined, as slowly as it is said: of all that can, none is left out but the
 * last that hinders the others, again and again until none does.
 */
record JoinableByDefinition(KeyGroupRange range) {

  List<HandleDescription> of(List<HandleDescription> candidates) {
    List<HandleDescription> joined = new ArrayList<>(candidates);
    joined.removeIf(handle -> handle.spread() == null);
    for (int last = last(joined); last >= 0; last = last(joined)) {
      joined.remove(last);
    }
    return joined;
  }

  private int last(List<HandleDescription> joined) {
    for (int i = joined.size() - 1; i >= 0; i--) {
      if (reachesOver(joined.get(i), joined) || !haveOneOrder(joined.subList(0, i + 1))) {
        return i;
      }
    }
    boolean isLarge = tables(joined).anyMatch(table -> levelZero(table, joined).size() > 12);
    return joined.size() > 1 && isLarge ? joined.size() - 1 : -1;
  }

  private boolean reachesOver(HandleDescription handle, List<HandleDescription> joined) {
    for (FileSpread.Entry file : files(handle)) {
      for (int keyGroup : file.keyGroups().getIntersection(range)) {
        boolean isRight =
            joined.stream()
                .filter(other -> other.range().contains(keyGroup))
                .anyMatch(
                    other ->
                        other.index() == handle.index()
                            || other.spread().contents().contains(file.content()));
        if (!isRight) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean haveOneOrder(List<HandleDescription> handles) {
    return tables(handles)
        .allMatch(
            table ->
                LevelZeroOrder.of(handles.stream().map(h -> levelZero(table, List.of(h))).toList())
                    .isPresent());
  }

  private Stream<String> tables(List<HandleDescription> handles) {
    return handles.stream().flatMap(h -> files(h).stream()).map(FileSpread.Entry::table).distinct();
  }

  private List<Object> levelZero(String table, List<HandleDescription> handles) {
    return handles.stream()
        .flatMap(handle -> files(handle).stream())
        .filter(file -> file.level() == 0 && file.table().equals(table))
        .sorted(Comparator.comparingLong(FileSpread.Entry::epoch))
        .map(FileSpread.Entry::content)
        .distinct()
        .toList();
  }

  private List<FileSpread.Entry> files(HandleDescription handle) {
    return handle.spread().filesOf(handle.within(range));
  }
}
