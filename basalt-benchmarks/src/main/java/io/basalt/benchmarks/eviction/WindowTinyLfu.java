package io.basalt.benchmarks.eviction;

/**
 * W-TinyLFU (Einziger, Friedman and Manes, 2017): a new entry comes into a window, an LRU of some
 * hundredths of the cache. What leaves the window has to be more frequent, by a sketch of recent
 * use, than what the main part would evict for it. The main part is an LRU in two segments, of
 * which the protected one, four fifths, has what was used there.
 */
final class WindowTinyLfu extends SlotPolicy {

  private static final int WINDOW = 0;
  private static final int PROBATION = 1;
  private static final int PROTECTED = 2;

  private final SlotLists lists;
  private final byte[] listOf;
  private final FrequencySketch sketch;
  private final int windowSize;
  private final int protectedSize;

  WindowTinyLfu(int capacity, double window, Evicted evicted) {
    super(capacity, evicted);
    lists = new SlotLists(capacity, 3);
    listOf = new byte[capacity];
    sketch = new FrequencySketch(capacity);
    windowSize = Math.max(1, (int) (capacity * window));
    protectedSize = (int) ((capacity - windowSize) * 0.8);
  }

  @Override
  void touched(int slot) {
    sketch.add(keyOf(slot));
    if (listOf[slot] != PROBATION) {
      lists.makeNewest(listOf[slot], slot);
      return;
    }
    move(slot, PROTECTED);
    if (lists.size(PROTECTED) > protectedSize) {
      move(lists.oldest(PROTECTED), PROBATION);
    }
  }

  @Override
  void admitted(int slot, int key) {
    sketch.add(key);
    listOf[slot] = WINDOW;
    lists.addNewest(WINDOW, slot);
    // There is room in the main part, or a victim would have left the window.
    if (lists.size(WINDOW) > windowSize) {
      move(lists.oldest(WINDOW), PROBATION);
    }
  }

  @Override
  int victim(int key) {
    int inMain = oldestOfMain();
    if (lists.size(WINDOW) < windowSize) {
      return inMain;
    }
    int candidate = lists.oldest(WINDOW);
    if (inMain == KeyIndex.NONE
        || sketch.frequency(keyOf(candidate)) <= sketch.frequency(keyOf(inMain))) {
      return candidate;
    }
    move(candidate, PROBATION);
    return inMain;
  }

  /** What the main part would evict, or {@link KeyIndex#NONE} if it is empty. */
  private int oldestOfMain() {
    if (lists.size(PROBATION) > 0) {
      return lists.oldest(PROBATION);
    }
    return lists.size(PROTECTED) > 0 ? lists.oldest(PROTECTED) : KeyIndex.NONE;
  }

  @Override
  void left(int slot) {
    lists.remove(listOf[slot], slot);
  }

  private void move(int slot, int list) {
    lists.remove(listOf[slot], slot);
    listOf[slot] = (byte) list;
    lists.addNewest(list, slot);
  }
}
