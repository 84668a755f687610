package io.basalt.benchmarks.eviction;

import io.basalt.benchmarks.eviction.Simulation.Outcome;
import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.report.MarkdownTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Every policy on every trace, and what it costs, as a document. */
public final class EvictionTables {

  private static final List<Double> SHARES = List.of(0.001, 0.01, 0.1);

  /** One more for the flights: what their windows and rows have alive at once lies about there. */
  private static final List<Double> SHARES_OF_FLIGHTS = List.of(0.001, 0.003, 0.01, 0.1);

  private final Scale scale;
  private final Consumer<String> progress;
  private final MarkdownTable traces = new MarkdownTable(1, List.of("trace", "steps", "keys"));
  private final MarkdownTable hits = table("optimum");
  private final MarkdownTable evictions = table();
  private final MarkdownTable writes = table();

  private EvictionTables(Scale scale, Consumer<String> progress) {
    this.scale = scale;
    this.progress = progress;
  }

  /**
   * Runs all of it.
   *
   * @param progress told of every trace that is done
   * @return Markdown
   */
  public static String of(Scale scale, Consumer<String> progress) throws IOException {
    EvictionTables tables = new EvictionTables(scale, progress);
    tables.simulate();
    return tables.document(tables.costs());
  }

  private void simulate() throws IOException {
    RecordedTraces recorded =
        new RecordedTraces(Flights.read(scale.choose(2_000, 300_000, Flights.MOST)));
    simulate("flights: sum by route", recorded::routes, SHARES_OF_FLIGHTS);
    simulate("flights: sum by scheduled flight", recorded::schedule, SHARES_OF_FLIGHTS);
    simulate("flights: windows by route and day", recorded::days, SHARES_OF_FLIGHTS);
    simulate("flights: sliding windows by route", recorded::slidingHours, SHARES_OF_FLIGHTS);
    simulate("flights: pending join rows", recorded::pendingRows, SHARES_OF_FLIGHTS);
    simulate("flights: all five in one cache", recorded::together, SHARES_OF_FLIGHTS);
    MadeUpTraces madeUp = new MadeUpTraces(scale);
    // Shares of all keys, though not all of them come.
    List<Double> ofAll = SHARES.stream().map(share -> share * madeUp.keys()).toList();
    simulate("uniform", madeUp::uniform, ofAll);
    simulate("Zipf", madeUp::zipf, ofAll);
    simulate("drifting recent keys", madeUp::recent, SHARES);
    simulate("Zipf with scans", madeUp::zipfWithScans, ofAll);
    simulate("Zipf, the hot set changes", madeUp::changingHotSet, ofAll);
    simulate("Zipf, read and write touch", madeUp::zipfTouchedTwice, ofAll);
    simulate("loop", madeUp::loop, List.of(0.1, 0.5, 5.0 / 6));
  }

  /**
   * @param sizes entries of the cache, or shares of the trace's keys
   */
  private void simulate(String name, Supplier<Trace> maker, List<Double> sizes) {
    Trace trace = maker.get();
    int distinct = trace.distinctKeys();
    int from = trace.length() / 4;
    traces.add(List.of(name, count(trace.length()), count(distinct)));
    Optimum optimum = new Optimum(trace);
    Simulation simulation = new Simulation(trace, from);
    int checkpointEvery = scale.choose(1_000, 1_000_000, 1_000_000);
    for (double size : sizes) {
      int capacity = Math.max(2, (int) (size < 1 ? size * distinct : size));
      List<Outcome> outcomes =
          Arrays.stream(PolicyKind.values())
              .parallel()
              .map(kind -> simulation.run(kind, capacity, checkpointEvery))
              .toList();
      double best = (double) optimum.hits(capacity, from) / outcomes.get(0).accesses();
      hits.add(
          line(name, capacity, outcomes, outcome -> 100 * outcome.hitRatio(), figure(100 * best)));
      evictions.add(line(name, capacity, outcomes, Outcome::dirtyEvictionsByThousand));
      writes.add(line(name, capacity, outcomes, Outcome::writesByThousand));
    }
    progress.accept("done: " + name);
  }

  private MarkdownTable costs() {
    MarkdownTable table =
        new MarkdownTable(
            1, List.of("policy", "all hits, small", "all hits, large", "Zipf", "bytes by entry"));
    int small = scale.choose(100, 10_000, 100_000);
    int large = scale.choose(1_000, 100_000, 1_000_000);
    int length = scale.choose(4_000, 1 << 20, 1 << 23);
    double[] smallHits = HitCost.nanos(inside(small, length), small);
    double[] largeHits = HitCost.nanos(inside(large, 2 * length), large);
    double[] mixed = HitCost.nanos(new MadeUpTraces(scale).zipf(), small);
    PolicyKind[] kinds = PolicyKind.values();
    for (int kind = 0; kind < kinds.length; kind++) {
      table.add(
          List.of(
              kinds[kind].toString(),
              figure(smallHits[kind]),
              figure(largeHits[kind]),
              figure(mixed[kind]),
              kinds[kind].bytes()));
    }
    progress.accept("done: what they cost");
    return table;
  }

  /** Every key as likely as any other, and all of them find room. */
  private static Trace inside(int keys, int length) {
    Trace trace = new Trace(length);
    Keys stream = Keys.uniform(keys, length);
    for (int step = 0; step < length; step++) {
      trace.read((int) stream.next());
    }
    return trace;
  }

  private String document(MarkdownTable costs) {
    return """
        # Eviction policies: all figures

        Written by `./benchmarks eviction --%s`; do not edit. [eviction.md](../eviction.md) says what they mean.

        ## Traces

        %s
        ## Hit ratio

        Of 100 accesses, so many found their key. The first quarter of each trace is not counted.

        %s
        ## Dirty evictions

        Of 1,000 accesses, so many evicted an entry with a change that RocksDB did not have yet.

        %s
        ## All writes to RocksDB

        By 1,000 accesses: dirty evictions, what is dirty every million steps (a checkpoint), and deletes of
        cleared keys that RocksDB had.

        %s
        ## Cost

        CPU nanoseconds of an access on one thread, with the policy's own hash table: every access a hit
        with %s and %s entries, and the trace "Zipf" with %s entries, misses and evictions included. And
        the memory of an entry beside the hash table of keys, in bytes.

        %s"""
        .formatted(
            scale,
            traces.markdown().stripTrailing() + "\n",
            hits.markdown().stripTrailing() + "\n",
            evictions.markdown().stripTrailing() + "\n",
            writes.markdown().stripTrailing() + "\n",
            count(scale.choose(100, 10_000, 100_000)),
            count(scale.choose(1_000, 100_000, 1_000_000)),
            count(scale.choose(100, 10_000, 100_000)),
            costs.markdown().stripTrailing() + "\n");
  }

  private static MarkdownTable table(String... more) {
    List<String> headings = new ArrayList<>(List.of("trace", "entries"));
    Arrays.stream(PolicyKind.values()).map(PolicyKind::toString).forEach(headings::add);
    headings.addAll(List.of(more));
    return new MarkdownTable(1, headings);
  }

  private static List<String> line(
      String name,
      int capacity,
      List<Outcome> outcomes,
      ToDoubleFunction<Outcome> figure,
      String... more) {
    List<String> line = new ArrayList<>(List.of(name, count(capacity)));
    outcomes.forEach(outcome -> line.add(figure(figure.applyAsDouble(outcome))));
    line.addAll(List.of(more));
    return line;
  }

  private static String count(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String figure(double figure) {
    return String.format(Locale.ROOT, "%.1f", figure);
  }
}
