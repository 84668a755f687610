package io.basalt.statebackend.store;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How compactions find the expired entries of a table: every value carries the time of its last
 * access in milliseconds, eight bytes, the highest first (Flink's {@code TtlSerializer}).
 *
 * @param layout where the time stands
 * @param timeToLive how long after that an entry has expired
 * @param queryTimeAfterEntries after how many entries a compaction asks for the time again
 * @param periodicCompaction the age at which a file is compacted in any case; zero for never
 */
public record Expiry(
    Layout layout, Duration timeToLive, long queryTimeAfterEntries, Duration periodicCompaction) {

  /** What a value of the table is. */
  public sealed interface Layout {}

  /** One value, the time first. */
  public record SingleValue() implements Layout {}

  /** The value of a map entry: a flag, then the time. */
  public record MapEntry() implements Layout {}

  /**
   * Elements of the same length one after the other, a delimiter between two, each with its time.
   *
   * @param bytes the length of an element, its time included
   */
  public record FixedElements(int bytes) implements Layout {}

  /**
   * The same with elements of any length.
   *
   * @param ends makes one that tells them apart, for each compaction its own; any thread
   */
  public record Elements(Supplier<ElementEnds> ends) implements Layout {}

  /** Knows where elements of a list end. One thread. */
  @FunctionalInterface
  public interface ElementEnds {

    /**
     * Where the element ends that begins at the start.
     *
     * @param list all of them as they are stored
     * @throws IOException if it cannot be read; nothing of the list is removed then
     */
    int endOf(byte[] list, int start) throws IOException;
  }
}
