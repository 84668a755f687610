package io.basalt.statebackend.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Runs single tests against single faults, several at a time. Most faults share a JVM with others,
 * see {@link SuccessionJvm}; of those of which that JVM cannot tell, one of its own does.
 */
final class Trials implements AutoCloseable {

  /** Far more than any of the named tests takes: none is named that a fault makes hang. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** In a JVM that is given up after it, so that little is lost by it. */
  private static final Duration LIMIT_IN_SUCCESSION = Duration.ofMinutes(1);

  /** These JVMs live for seconds: what the second compiler makes of the code comes too late. */
  private static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1");

  /** Loads about what the others do. */
  private static final String TYPICAL = "state.HotSnapshotsTest#aSnapshotHasTheStateOfItsBarrier";

  /**
   * Lincheck keeps the code of a class as it has found it first, for as long as its JVM lives; the
   * others start JVMs, which know nothing of what has been redefined in theirs.
   */
  private static final List<String> ONLY_ALONE =
      List.of("hot.InterleavingsTest", "failures.LongManifestTest", "snapshot.FailedReopeningTest");

  private final Path directory;
  private final List<String> options;
  private final List<String> optionsInSuccession;
  private final FaultyClasses compiler = new FaultyClasses();
  private final Map<String, Path> faultless = new HashMap<>();
  private final Queue<SuccessionJvm> idle = new ConcurrentLinkedQueue<>();

  /**
   * Prepares them.
   *
   * @param directory for what they leave
   */
  Trials(Path directory) throws IOException, InterruptedException {
    this.directory = directory;
    options = new ArrayList<>(BRIEF);
    options.addAll(
        SharedClasses.of(
            directory.resolve("shared"),
            recording -> {
              List<String> recorded = new ArrayList<>(BRIEF);
              recorded.addAll(recording);
              new ForkedRun(
                      directory.resolve("no-classes"),
                      directory.resolve("typical"),
                      LIMIT,
                      recorded)
                  .of(List.of(TYPICAL));
            }));
    optionsInSuccession = new ArrayList<>(options);
    optionsInSuccession.add(Redefinition.option(directory.resolve("shared")));
  }

  /** The test that is named with the fault. */
  Trial of(Fault fault) throws IOException, InterruptedException {
    Path with = directory.resolve(fault.id() + "-classes");
    compiler.compile(fault, with);
    Path without = faultless(fault.file());
    Optional<Trial> trial = inSuccession(fault, without, with);
    return trial.isPresent()
        ? trial.get()
        : new Trial(
            alone(fault.id(), with, fault.catcher()),
            alone(fault.id() + "-without", without, fault.catcher()));
  }

  /** Any test, in a JVM of its own. */
  Verdict of(Fault fault, String name, String test) throws IOException, InterruptedException {
    Path classes = directory.resolve(name + "-classes");
    compiler.compile(fault, classes);
    return alone(name, classes, test);
  }

  private Optional<Trial> inSuccession(Fault fault, Path without, Path with)
      throws IOException, InterruptedException {
    if (ONLY_ALONE.stream().anyMatch(fault.catcher()::startsWith)) {
      return Optional.empty();
    }
    SuccessionJvm polled = idle.poll();
    SuccessionJvm jvm =
        polled == null
            ? new SuccessionJvm(
                directory.resolve("succession-from-" + fault.id()), optionsInSuccession)
            : polled;
    try {
      return jvm.trial(fault.id(), without, with, fault.catcher(), LIMIT_IN_SUCCESSION);
    } finally {
      if (jvm.isSpoilt()) {
        jvm.close();
      } else {
        idle.add(jvm);
      }
    }
  }

  private Verdict alone(String name, Path classes, String test)
      throws IOException, InterruptedException {
    return new ForkedRun(classes, directory.resolve(name), LIMIT, options).of(List.of(test));
  }

  private synchronized Path faultless(String file) throws IOException {
    Path known = faultless.get(file);
    if (known != null) {
      return known;
    }
    Path classes = directory.resolve("faultless").resolve(file.replace(".java", ""));
    compiler.compileFaultless(file, classes);
    faultless.put(file, classes);
    return classes;
  }

  /** Ends the JVMs that wait for another fault; nothing may be running. */
  @Override
  public void close() throws IOException {
    for (SuccessionJvm jvm = idle.poll(); jvm != null; jvm = idle.poll()) {
      jvm.close();
    }
    compiler.close();
  }
}
