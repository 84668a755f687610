package io.basalt.statebackend.hot;

/**
 * Remembers, by their hashes, about as many entries that went lately as there are. A hash takes the
 * place of an earlier one rather than look for a free one: it is a hint, and costs four bytes.
 */
final class Ghosts {

  private static final int LEAST = 1 << 8;
  private static final int MOST = 1 << 24;

  private int[] hashes = new int[LEAST];

  void add(int hash, int entries) {
    if (entries > 2 * hashes.length && hashes.length < MOST) {
      // Those so far are forgotten, a few times while a tier fills.
      hashes = new int[2 * hashes.length];
    }
    hashes[place(hash)] = hash;
  }

  /** Whether it was there. */
  boolean remove(int hash) {
    int place = place(hash);
    if (hashes[place] != hash || hash == 0) {
      return false;
    }
    hashes[place] = 0;
    return true;
  }

  private int place(int hash) {
    return hash & (hashes.length - 1);
  }
}
