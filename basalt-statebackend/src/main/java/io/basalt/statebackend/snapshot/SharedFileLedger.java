package io.basalt.statebackend.snapshot;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.jspecify.annotations.Nullable;

/**
 * Which uploaded files the next checkpoint may refer to instead of uploading them again.
 *
 * <p>Flink's registry of shared files deletes a file when the last checkpoint that refers to it is
 * subsumed, and fails a checkpoint that refers to a file it does not know. What a task is told
 * about that (completed, aborted, subsumed) arrives late, out of order or never. So a checkpoint
 * refers to a file only if that is safe whatever the messages under way will say:
 *
 * <pre>
 *   taken ----> uploaded ----> confirmed (the base, at most one)
 *     |            |               |
 *     +------------+---------------+----> forgotten: aborted, abandoned, subsumed, overtaken
 * </pre>
 *
 * <ol>
 *   <li>The file belongs to the <i>base</i>: the newest checkpoint that is known to have completed
 *       (or the one restored from).
 *   <li>Every checkpoint taken after the base and not known to have failed refers to the same
 *       upload of the file. Such a checkpoint may complete at any moment and subsume the base: a
 *       file it has uploaded anew (a full checkpoint after a restore in no-claim mode, a file
 *       merging that declined the old one) would then be gone. A file that it lacks because the
 *       database no longer had it cannot come back: a name lives once in the history of a database.
 *   <li>The checkpoint's own storage agrees to refer to it.
 * </ol>
 *
 * <p>Files are known by their local names, and a name identifies content only within the history of
 * one database directory. So a ledger begins empty, or with the files of the checkpoint whose
 * database is being continued under the same names. Uploads of savepoints never enter: their files
 * are the user's to move and delete.
 *
 * <p>Knows no database and no Flink runtime beyond the handles. Thread-safe: checkpoints are taken
 * and messages arrive on the task thread, uploads end on snapshot threads.
 */
final class SharedFileLedger {

  /** In the order in which they were taken; if the first is confirmed, it is the base. */
  private final Map<Long, Entry> entries = new LinkedHashMap<>();

  /** By local name; other tasks may refer to these uploads, too. */
  private Set<String> restoredFiles = Set.of();

  private enum Phase {
    TAKEN,
    UPLOADED,
    CONFIRMED
  }

  /** One checkpoint on its way through the ledger. */
  final class Entry {

    private final long checkpointId;
    private final Map<String, StreamStateHandle> references;
    private Map<String, StreamStateHandle> files = Map.of();
    private Phase phase = Phase.TAKEN;

    private Entry(long checkpointId, Map<String, StreamStateHandle> references) {
      this.checkpointId = checkpointId;
      this.references = references;
    }

    /** The uploads of earlier checkpoints, by local name, that this one may refer to. Immutable. */
    Map<String, StreamStateHandle> references() {
      return references;
    }

    /**
     * All is in checkpoint storage: these are the shared files of this checkpoint, those referred
     * to included.
     */
    void uploaded(Map<String, StreamStateHandle> sharedFiles) {
      synchronized (SharedFileLedger.this) {
        // One that was aborted meanwhile is no longer listed, and its files are discarded.
        files = Map.copyOf(sharedFiles);
        phase = Phase.UPLOADED;
      }
    }

    /** The snapshot failed or was cancelled here: it will never complete. */
    void abandoned() {
      synchronized (SharedFileLedger.this) {
        entries.remove(checkpointId, this);
      }
    }

    private boolean refersTo(String name, StreamStateHandle handle) {
      return references.get(name) == handle;
    }
  }

  /**
   * The database continues that of a completed checkpoint, its files under the same names. Called
   * before anything else.
   */
  synchronized void continues(long checkpointId, Map<String, StreamStateHandle> files) {
    Entry entry = new Entry(checkpointId, Map.of());
    entry.uploaded(files);
    entry.phase = Phase.CONFIRMED;
    entries.put(checkpointId, entry);
    restoredFiles = Set.copyOf(files.keySet());
  }

  /**
   * Files of the base that were uploaded from here, by local name, so that no other task knows
   * them. They are not protected: Flink may delete any of them at any moment.
   */
  synchronized Map<String, StreamStateHandle> ownUploads() {
    Entry base = base();
    Map<String, StreamStateHandle> own = new LinkedHashMap<>(base == null ? Map.of() : base.files);
    own.keySet().removeAll(restoredFiles);
    return own;
  }

  /**
   * A checkpoint begins.
   *
   * @param reusable whether the checkpoint's storage agrees to refer to an earlier upload; asked
   *     for every candidate
   */
  synchronized Entry takenReferring(long checkpointId, Predicate<StreamStateHandle> reusable) {
    // An id that comes a second time says that somebody else counts: trust nothing under it.
    entries.remove(checkpointId);
    Map<String, StreamStateHandle> references = new LinkedHashMap<>();
    Entry base = base();
    if (base != null) {
      base.files.forEach(
          (name, handle) -> {
            if (allOthersReferTo(base, name, handle) && reusable.test(handle)) {
              references.put(name, handle);
            }
          });
    }
    return list(new Entry(checkpointId, Map.copyOf(references)));
  }

  /** A checkpoint begins that uploads every file, to be referred to by later ones. */
  synchronized Entry takenAnew(long checkpointId) {
    entries.remove(checkpointId);
    return list(new Entry(checkpointId, Map.of()));
  }

  /** Flink says that the checkpoint has completed. Others than those taken here are ignored. */
  synchronized void completed(long checkpointId) {
    Entry completed = entries.get(checkpointId);
    if (completed == null) {
      // A savepoint, or one that a newer completed checkpoint has overtaken already.
      return;
    }
    // What was taken earlier can only be subsumed now.
    Iterator<Entry> inOrder = entries.values().iterator();
    while (inOrder.hasNext() && inOrder.next() != completed) {
      inOrder.remove();
    }
    if (completed.phase == Phase.TAKEN) {
      // Cannot be, since nothing was acknowledged; whatever it means, it vouches for no file.
      entries.remove(checkpointId);
    } else {
      completed.phase = Phase.CONFIRMED;
    }
  }

  /** Flink says that the checkpoint has failed: its files are gone or going. */
  synchronized void aborted(long checkpointId) {
    entries.remove(checkpointId);
  }

  /**
   * Flink has dropped this checkpoint and all before it. If that includes the base, the message
   * about the newer one has not come (yet): until it does, nothing is known to exist.
   */
  synchronized void subsumed(long checkpointId) {
    entries.values().removeIf(entry -> entry.checkpointId <= checkpointId);
  }

  private Entry list(Entry entry) {
    entries.put(entry.checkpointId, entry);
    return entry;
  }

  private @Nullable Entry base() {
    for (Entry first : entries.values()) {
      return first.phase == Phase.CONFIRMED ? first : null;
    }
    return null;
  }

  private boolean allOthersReferTo(Entry base, String name, StreamStateHandle handle) {
    for (Entry entry : entries.values()) {
      if (entry != base && !entry.refersTo(name, handle)) {
        return false;
      }
    }
    return true;
  }
}
