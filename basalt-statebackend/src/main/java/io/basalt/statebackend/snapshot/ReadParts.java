package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.snapshot.ReadPart.Cut;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * The key groups of a canonical snapshot in parts, which readers take one after the other. Who took
 * which is known, for they are written in their order. Thread-safe.
 *
 * <p>A part is smaller than what a reader may be ahead: in larger ones the reader of the next part
 * would wait for most of the time, with all its chunks full, until this one has been written. Keys
 * are spread over key groups by a hash, so what one key group holds is a sample of all others:
 * where chunks of the first ones have ended, the following ones are cut. Where that is wrong (a map
 * that is larger than all else) parts are uneven, and take longer.
 */
final class ReadParts {

  /** Of key groups, before they are cut: each ends with a chunk that is not full. */
  private static final int MOST_RANGES = 128;

  /** For the memory they take, as long as keys are no longer than this. */
  private static final int MOST_CUTS = 4096;

  private static final int LONGEST_KEY = 1 << 10;

  private final List<KeyGroupRange> ranges = new ArrayList<>();
  private final int chunksOfPart;
  private final List<EntryReader> takers = new ArrayList<>();
  private final List<Cut> cuts = new ArrayList<>();
  private boolean cutsAreKnown;
  private @Nullable ReadPart sample;
  private int sampleChunks;

  /** Of these ranges the next part is of the first, behind that many of its cuts. */
  private int range;

  private int cut;

  /**
   * Parts of the range, none of which has been taken.
   *
   * @param chunksOfPart how many chunks a part is to have
   */
  ReadParts(KeyGroupRange all, int chunksOfPart) {
    this.chunksOfPart = chunksOfPart;
    long groups = all.getNumberOfKeyGroups();
    long count = Math.min(MOST_RANGES, groups);
    for (long part = 0; part < count; part++) {
      ranges.add(
          KeyGroupRange.of(
              all.getStartKeyGroup() + (int) (groups * part / count),
              all.getStartKeyGroup() + (int) (groups * (part + 1) / count) - 1));
    }
  }

  /**
   * Gives the reader the first part that nobody has, or null if there are no more. Waits until the
   * first one has been read, which is the sample.
   */
  synchronized @Nullable ReadPart take(EntryReader reader) throws InterruptedException {
    while (range > 0 && !cutsAreKnown) {
      wait();
    }
    if (range == ranges.size()) {
      return null;
    }
    ReadPart taken = next();
    if (takers.isEmpty()) {
      sample = taken;
    }
    takers.add(reader);
    notifyAll();
    return taken;
  }

  private ReadPart next() {
    // No range has fewer key groups than the first one, which has been cut.
    KeyGroupRange groups = ranges.get(range);
    Cut from = cut == 0 ? null : cuts.get(cut - 1);
    Cut to = cut == cuts.size() ? null : cuts.get(cut);
    if (to == null) {
      range++;
      cut = 0;
    } else {
      cut++;
    }
    int first = groups.getStartKeyGroup();
    return new ReadPart(
        KeyGroupRange.of(
            from == null ? first : first + from.keyGroup(),
            to == null ? groups.getEndKeyGroup() : first + to.keyGroup()),
        from,
        to);
  }

  /** The chunk of the part has been filled. Called by its reader. */
  synchronized void filled(ReadPart part, EntryChunk chunk) {
    if (part.equals(sample) && ++sampleChunks % chunksOfPart == 0 && cuts.size() < MOST_CUTS) {
      int last = chunk.entries() - 1;
      byte[] key = chunk.key(last);
      if (key.length <= LONGEST_KEY) {
        int keyGroup = chunk.keyGroup(last) - part.keyGroups().getStartKeyGroup();
        cuts.add(new Cut(keyGroup, chunk.state(last), key));
      }
    }
  }

  /** All chunks of the part have been filled. */
  synchronized void read(ReadPart part) {
    if (part.equals(sample)) {
      cutsAreKnown = true;
      notifyAll();
    }
  }

  /**
   * Who reads the part. Waits until somebody does, which is soon if all parts before have been
   * written: then no reader waits for the writer.
   *
   * @return null if there is no such part
   */
  synchronized @Nullable EntryReader readerOf(int part) throws InterruptedException {
    while (takers.size() <= part && range < ranges.size()) {
      wait();
    }
    return part < takers.size() ? takers.get(part) : null;
  }
}
