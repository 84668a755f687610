package io.basalt.statebackend.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.faults.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every planted fault is caught by the test that is named with it, while that test passes without
 * it. The faults run beside each other, before the tests of this class ask for what came of them.
 *
 * <p>With {@code -Dbasalt.faults.caught} and the ids of some faults only those are planted.
 *
 * <p>With {@code -Dbasalt.faults=all}, or the ids of some faults with commas between them, every
 * suite runs against them instead, see {@link FaultMatrix}; or some suites, with {@code
 * -Dbasalt.faults.suites} and the names of {@link Suite}.
 */
final class PlantedFaultsTest {

  private static final String MATRIX = "basalt.faults";
  private static final String CAUGHT = "basalt.faults.caught";
  private static final String SUITES = "basalt.faults.suites";
  private static final String ALL = "all";

  private static final Path DIRECTORY = Path.of("target", "faults", "catchers");
  private static final String WITHOUT_FAULT = "without-fault";
  private static final int JVMS_AT_ONCE = 2;

  /** Far more than any of the named tests takes: none is named that a fault makes hang. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** The same for all of them one after the other. */
  private static final Duration LIMIT_OF_ALL = Duration.ofMinutes(12);

  /** These JVMs live for seconds: what the second compiler makes of the code comes too late. */
  private static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1");

  /** Loads about what the others do. */
  private static final String TYPICAL = "state.HotSnapshotsTest#aSnapshotHasTheStateOfItsBarrier";

  /** A fault that random programs meet soon, and how many steps they need to show it, at most. */
  private static final String EASILY_MET = "update-appends";

  private static final int FEW_STEPS = 20;

  private static final String PROGRAMS = "program.ProgramTest#everyProgramDoesAsTheModelSays";
  private static final Pattern LENGTH = Pattern.compile("Program of seed -?\\d+, (\\d+) steps:");

  private static final Map<String, Future<Verdict>> VERDICTS = new HashMap<>();
  private static List<String> options;
  private static ExecutorService executor;

  @BeforeAll
  static void plant() throws IOException, InterruptedException {
    if (System.getProperty(MATRIX) != null) {
      return;
    }
    FileUtils.deleteDirectory(DIRECTORY.toFile());
    options = optionsOfBriefRuns();
    executor = Executors.newFixedThreadPool(JVMS_AT_ONCE);
    VERDICTS.put(WITHOUT_FAULT, executor.submit(PlantedFaultsTest::runFaultless));
    VERDICTS.put(PROGRAMS, executor.submit(PlantedFaultsTest::runPrograms));
    for (Fault fault : faults()) {
      VERDICTS.put(fault.id(), executor.submit(() -> run(fault)));
    }
  }

  @AfterAll
  static void end() {
    if (executor != null) {
      executor.shutdownNow();
    }
  }

  @Test
  void eachHasItsName() {
    assertThat(Faults.all()).extracting(Fault::id).doesNotHaveDuplicates();
  }

  /** The same files compiled in the same way, the same tests in the same kind of JVM. */
  @Test
  @DisabledIfSystemProperty(named = MATRIX, matches = ".+")
  void withoutAFaultEveryCatcherPasses() throws Exception {
    assertThat(VERDICTS.get(WITHOUT_FAULT).get())
        .extracting(Verdict::outcome)
        .isEqualTo(Outcome.PASSED);
  }

  /** Hundreds of steps would tell nobody what is wrong. */
  @Test
  @DisabledIfSystemProperty(named = MATRIX, matches = ".+")
  void aProgramThatMeetsAFaultIsShortened() throws Exception {
    Verdict verdict = VERDICTS.get(PROGRAMS).get();

    assertThat(verdict.outcome()).isEqualTo(Outcome.FAILED);
    Matcher length = LENGTH.matcher(verdict.message());
    assertThat(length.find()).as(verdict.message()).isTrue();
    assertThat(Integer.parseInt(length.group(1))).isBetween(1, FEW_STEPS);
  }

  static List<Fault> faults() {
    return chosen(CAUGHT, Faults.all(), Fault::id);
  }

  @ParameterizedTest(name = "{0}")
  @DisabledIfSystemProperty(named = MATRIX, matches = ".+")
  @MethodSource("faults")
  void isCaught(Fault fault) throws Exception {
    assertThat(VERDICTS.get(fault.id()).get())
        .as("%s, if nobody noticed; tested by %s", fault.consequence(), fault.catcher())
        .extracting(Verdict::outcome)
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  @EnabledIfSystemProperty(named = MATRIX, matches = ".+")
  void everyFaultIsCaughtBySomeSuite() throws Exception {
    List<Fault> rows = chosen(MATRIX, Faults.all(), Fault::id);
    List<Suite> columns = chosen(SUITES, List.of(Suite.values()), Suite::name);

    assertThat(new FaultMatrix(rows, columns).run()).as("caught by no suite").isEmpty();
  }

  private static <T> List<T> chosen(String property, List<T> all, Function<T, String> name) {
    List<String> names = List.of(System.getProperty(property, ALL).split(","));
    List<T> chosen =
        all.stream().filter(one -> names.contains(ALL) || names.contains(name.apply(one))).toList();
    assertThat(chosen).as("%s: %s", property, names).isNotEmpty();
    return chosen;
  }

  private static List<String> optionsOfBriefRuns() throws IOException, InterruptedException {
    Path classes = Files.createDirectories(DIRECTORY.resolve("no-classes"));
    Path work = DIRECTORY.resolve("typical");
    List<String> brief = new ArrayList<>(BRIEF);
    brief.addAll(
        SharedClasses.of(
            DIRECTORY.resolve("shared"),
            recording -> {
              List<String> recorded = new ArrayList<>(BRIEF);
              recorded.addAll(recording);
              new ForkedRun(classes, work, LIMIT, recorded).of(List.of(TYPICAL));
            }));
    return brief;
  }

  private static Verdict run(Fault fault) throws Exception {
    return run(fault, fault.id(), fault.catcher());
  }

  private static Verdict runPrograms() throws Exception {
    Fault fault =
        Faults.all().stream().filter(it -> it.id().equals(EASILY_MET)).findFirst().orElseThrow();
    return run(fault, "programs", PROGRAMS);
  }

  private static Verdict run(Fault fault, String name, String test) throws Exception {
    Path work = DIRECTORY.resolve(name);
    Path classes = work.resolveSibling(name + "-classes");
    FaultyClasses.compile(fault, classes);
    return new ForkedRun(classes, work, LIMIT, options).of(List.of(test));
  }

  private static Verdict runFaultless() throws Exception {
    Path work = DIRECTORY.resolve(WITHOUT_FAULT);
    Path classes = work.resolveSibling(WITHOUT_FAULT + "-classes");
    TreeSet<String> catchers = new TreeSet<>();
    TreeSet<String> files = new TreeSet<>();
    for (Fault fault : faults()) {
      catchers.add(fault.catcher());
      files.add(fault.file());
    }
    for (String file : files) {
      FaultyClasses.compileFaultless(file, classes);
    }
    return new ForkedRun(classes, work, LIMIT_OF_ALL, options).of(List.copyOf(catchers));
  }
}
