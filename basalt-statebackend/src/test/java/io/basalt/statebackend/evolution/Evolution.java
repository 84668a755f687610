package io.basalt.statebackend.evolution;

import java.util.function.IntFunction;

/**
 * A change of the schema of a job's states.
 *
 * @param migrated the text of each value of the version before, as the version after must read it
 */
record Evolution(String name, Schema before, Schema after, IntFunction<String> migrated) {

  /** What is read is what was written. */
  static Evolution keeping(String name, Schema before, Schema after) {
    return new Evolution(name, before, after, before::text);
  }

  /** The same of fields of rows. */
  Evolution inRows() {
    return new Evolution(
        "row of " + name,
        before.inRow(),
        after.inRow(),
        number -> Schema.inRow(number, migrated.apply(number)));
  }

  /** The same of fields of tuples. */
  Evolution inTuples() {
    return new Evolution(
        "tuple of " + name,
        before.inTuple(),
        after.inTuple(),
        number -> Schema.inTuple(number, migrated.apply(number)));
  }

  /** The same of keys and values of maps. */
  Evolution inMaps() {
    return new Evolution(
        "map of " + name,
        before.inMap(),
        after.inMap(),
        number -> Schema.inMap(migrated.apply(number), migrated.apply(number + 1)));
  }

  /** The same of elements of lists. */
  Evolution inLists() {
    return new Evolution(
        "list of " + name,
        before.inList(),
        after.inList(),
        number -> Schema.inList(migrated.apply(number)));
  }

  @Override
  public String toString() {
    return name;
  }
}
