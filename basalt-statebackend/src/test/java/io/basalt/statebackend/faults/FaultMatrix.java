package io.basalt.statebackend.faults;

import io.basalt.statebackend.faults.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every suite against every fault. What has been found out is kept below {@code
 * target/faults/matrix}, one file a fault and suite, so that a run that was interrupted goes on
 * where it was; delete the directory to begin anew after tests or production code have changed.
 */
final class FaultMatrix {

  private static final Logger LOG = LoggerFactory.getLogger(FaultMatrix.class);

  private static final Path DIRECTORY = Path.of("target", "faults", "matrix");
  private static final Path TABLE = Path.of("target", "faults", "table.md");
  private static final String WITHOUT_FAULT = "without-fault";
  private static final int JVMS_AT_ONCE = 2;

  private static final Duration LIMIT_WITHOUT_FAULT = Duration.ofHours(1);

  /** A suite hangs if it takes that many times what it takes without a fault, and a while more. */
  private static final int PATIENCE = 5;

  private static final Duration AT_LEAST = Duration.ofMinutes(2);

  /**
   * Only programs whose seeds are known, so that the table is the same again; and one that has
   * failed has caught the fault: nobody waits for its shortest form.
   */
  private static final List<String> KNOWN_PROGRAMS =
      List.of("-Dbasalt.program.new=0", "-Dbasalt.program.shortening=0");

  private final FaultyClasses compiler = new FaultyClasses();
  private final List<Fault> faults;
  private final Map<Suite, List<String>> suites = new EnumMap<>(Suite.class);

  /**
   * A matrix.
   *
   * @param faults the rows
   * @param columns suites, of which those without a test are left out
   */
  FaultMatrix(List<Fault> faults, List<Suite> columns) throws IOException {
    this.faults = faults;
    for (Suite suite : columns) {
      List<String> classes = suite.classes();
      if (!classes.isEmpty()) {
        suites.put(suite, classes);
      }
    }
  }

  /**
   * Runs what has not been run and writes the table.
   *
   * @return the faults that no suite has caught
   * @throws IllegalStateException if a suite fails without a fault: then it says nothing with one
   */
  List<Fault> run() throws IOException, InterruptedException, ExecutionException {
    Map<Suite, Verdict> withoutFault = withoutFault();
    Map<Fault, Map<Suite, Future<Verdict>>> running = new LinkedHashMap<>();
    ExecutorService executor = Executors.newFixedThreadPool(JVMS_AT_ONCE);
    try {
      for (Fault fault : faults) {
        Map<Suite, Future<Verdict>> row = new EnumMap<>(Suite.class);
        running.put(fault, row);
        for (Suite suite : suites.keySet()) {
          Duration limit = AT_LEAST.plusSeconds(PATIENCE * withoutFault.get(suite).seconds());
          row.put(suite, executor.submit(() -> verdict(fault, suite, limit)));
        }
      }
      Map<Fault, Map<Suite, Verdict>> rows = new LinkedHashMap<>();
      for (Fault fault : faults) {
        Map<Suite, Verdict> row = new EnumMap<>(Suite.class);
        for (Suite suite : suites.keySet()) {
          row.put(suite, running.get(fault).get(suite).get());
        }
        rows.put(fault, row);
        // After each row: there is something to read long before the end.
        Files.writeString(TABLE, FaultTable.of(withoutFault, rows));
      }
      return faults.stream()
          .filter(fault -> rows.get(fault).values().stream().noneMatch(Verdict::isCaught))
          .toList();
    } finally {
      executor.shutdownNow();
      compiler.close();
    }
  }

  private Map<Suite, Verdict> withoutFault() throws IOException, InterruptedException {
    Path classes = DIRECTORY.resolve(WITHOUT_FAULT).resolve("classes");
    for (String file : faults.stream().map(Fault::file).distinct().toList()) {
      compiler.compileFaultless(file, classes);
    }
    Map<Suite, Verdict> verdicts = new EnumMap<>(Suite.class);
    List<String> failed = new ArrayList<>();
    for (Suite suite : suites.keySet()) {
      Verdict verdict = kept(WITHOUT_FAULT, "", suite, classes, LIMIT_WITHOUT_FAULT);
      verdicts.put(suite, verdict);
      if (verdict.outcome() != Outcome.PASSED) {
        failed.add(suite.title() + ": " + verdict);
      }
    }
    if (!failed.isEmpty()) {
      throw new IllegalStateException("Suites that fail without a fault: " + failed);
    }
    return verdicts;
  }

  private Verdict verdict(Fault fault, Suite suite, Duration limit)
      throws IOException, InterruptedException {
    String version = Integer.toHexString(fault.hashCode());
    Path classes = DIRECTORY.resolve(fault.id()).resolve("classes-" + version);
    synchronized (fault) {
      if (!Files.exists(classes)) {
        compiler.compile(fault, classes);
      }
    }
    return kept(fault.id(), version, suite, classes, limit);
  }

  /** From the file, if it tells of the same fault; else by running the suite. */
  private Verdict kept(String id, String version, Suite suite, Path classes, Duration limit)
      throws IOException, InterruptedException {
    Path directory = DIRECTORY.resolve(id);
    Path file = directory.resolve(suite.name() + "-" + version + ".txt");
    if (Files.exists(file)) {
      return Verdict.ofLine(Files.readString(file).strip());
    }
    Verdict verdict =
        new ForkedRun(classes, directory.resolve(suite.name()), limit, KNOWN_PROGRAMS)
            .of(suites.get(suite));
    Files.writeString(file, verdict.toLine());
    LOG.warn("{}, {}: {}", id, suite.title(), verdict);
    return verdict;
  }
}
