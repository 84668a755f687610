package io.basalt.statebackend.compaction;

import io.basalt.statebackend.config.ManualCompactionSettings;
import io.basalt.statebackend.store.TableFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which files of a table are worth merging: neighbours of one level, each small, enough of them.
 *
 * <p>Only neighbours, because RocksDB adds every file between two others to a compaction of the
 * two, however large it is. Not those of level 0, which overlap, and which RocksDB never leaves
 * many of.
 */
final class SmallFileRuns {

  private final ManualCompactionSettings settings;
  private final Set<String> settled;
  private final List<List<TableFile>> runs = new ArrayList<>();
  private List<TableFile> run = new ArrayList<>();

  private SmallFileRuns(ManualCompactionSettings settings, Set<String> settled) {
    this.settings = settings;
    this.settled = settled;
  }

  /**
   * The runs, which have no file in common.
   *
   * @param files of one table, level by level, each in the order of its keys
   * @param settled names of files that came out of a merge which had no fewer files to show: a run
   *     of nothing but these is left as it is, or it would be rewritten for ever
   */
  static List<List<TableFile>> of(
      List<TableFile> files, ManualCompactionSettings settings, Set<String> settled) {
    SmallFileRuns runs = new SmallFileRuns(settings, settled);
    files.forEach(runs::next);
    runs.end();
    return runs.runs;
  }

  private void next(TableFile file) {
    if (!run.isEmpty()
        && (run.get(0).level() != file.level() || run.size() >= settings.maximumFiles().value())) {
      end();
    }
    if (isSmall(file)) {
      run.add(file);
    } else {
      end();
    }
  }

  private boolean isSmall(TableFile file) {
    return file.level() > 0
        && !file.beingCompacted()
        && file.bytes() <= settings.maximumFileSize().value().getBytes();
  }

  private void end() {
    if (run.size() >= Math.max(2, settings.minimumFiles().value())
        && becomesFewer()
        && !run.stream().allMatch(file -> settled.contains(file.name()))) {
      runs.add(run);
    }
    run = new ArrayList<>();
  }

  private boolean becomesFewer() {
    long bytes = run.stream().mapToLong(TableFile::bytes).sum();
    return bytes / Math.max(1, settings.maximumOutputFileSize().value().getBytes()) + 1
        < run.size();
  }
}
