package io.basalt.benchmarks.operations;

import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import java.util.List;
import java.util.Locale;

/** The groups of this part, one for each kind of state. */
public final class Operations {

  private Operations() {}

  public static List<Group> groups() {
    return List.of(
        new OperationsGroup("operations/value", Operations::values, ValueBenchmark.class),
        new OperationsGroup(
            "operations/list", Operations::allLists, ListBenchmark.class, LongListBenchmark.class),
        new OperationsGroup("operations/map", Operations::maps, MapBenchmark.class),
        new OperationsGroup(
            "operations/aggregates",
            Operations::sums,
            ReducingBenchmark.class,
            AggregatingBenchmark.class),
        new OperationsGroup(
            "operations/ttl-value", scale -> expiring(values(scale)), TtlValueBenchmark.class),
        new OperationsGroup(
            "operations/ttl-list", scale -> expiring(lists(scale)), TtlListBenchmark.class),
        new OperationsGroup(
            "operations/ttl-map", scale -> expiring(maps(scale)), TtlMapBenchmark.class),
        new OperationsGroup(
            "operations/map-of-rows", Operations::mapsOfRows, RowMapBenchmark.class),
        new OperationsGroup(
            "operations/ttl-map-of-rows",
            scale -> expiring(mapsOfRows(scale)),
            TtlRowMapBenchmark.class));
  }

  private static String values(Scale scale) {
    return text("a Long for each of %,d keys", Population.values(scale));
  }

  private static String sums(Scale scale) {
    return text("a sum (a Long) for each of %,d keys", Population.values(scale));
  }

  private static String lists(Scale scale) {
    return text(
        "a list of %d Longs for each of %,d keys",
        Population.LIST_ELEMENTS, Population.lists(scale));
  }

  private static String allLists(Scale scale) {
    return text(
        "%s (long: %,d Longs for each of %,d keys)",
        lists(scale), Population.longListElements(scale), Population.longLists(scale));
  }

  private static String maps(Scale scale) {
    return text(
        "a map of %d entries, Long to Long, for each of %,d keys",
        Population.MAP_ENTRIES, Population.maps(scale));
  }

  private static String mapsOfRows(Scale scale) {
    return text(
        "a map of %d entries of Flink SQL (`RowData`; a row of two fields to one of six), for each"
            + " of %,d keys",
        Population.MAP_ENTRIES, Population.maps(scale));
  }

  private static String expiring(String state) {
    return state + ", with a time to live of an hour";
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
