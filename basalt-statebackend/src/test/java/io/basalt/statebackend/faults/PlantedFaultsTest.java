package io.basalt.statebackend.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.faults.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
 * it: the same files compiled in the same way, the same kind of JVM. The faults run beside each
 * other, before the tests of this class ask for what came of them. A test that passes with its
 * fault has two more tries, for many draw what they do.
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
  private static final int AT_ONCE = 2;

  /** A test that draws its operations may miss a fault so often, less one. */
  private static final int SEEDS = 3;

  /** A fault that random programs meet soon, and how many steps they need to show it, at most. */
  private static final String EASILY_MET = "update-appends";

  private static final int FEW_STEPS = 20;

  private static final String PROGRAMS = "program.ProgramTest#everyProgramDoesAsTheModelSays";
  private static final Pattern LENGTH = Pattern.compile("Program of seed -?\\d+, (\\d+) steps:");

  private static final Map<Fault, Future<Trial>> TRIALS = new HashMap<>();
  private static Future<Verdict> programs;
  private static ExecutorService executor;
  private static Trials running;

  @BeforeAll
  static void plant() throws IOException, InterruptedException {
    if (System.getProperty(MATRIX) != null) {
      return;
    }
    FileUtils.deleteDirectory(DIRECTORY.toFile());
    Trials trials = new Trials(DIRECTORY);
    running = trials;
    executor = Executors.newFixedThreadPool(AT_ONCE);
    programs = executor.submit(() -> trials.of(easilyMet(), "programs", PROGRAMS));
    for (Fault fault : faults()) {
      TRIALS.put(fault, executor.submit(() -> inTrials(fault, trials)));
    }
  }

  /** What is met by chance is not met with every seed. */
  private static Trial inTrials(Fault fault, Trials trials)
      throws IOException, InterruptedException {
    Trial trial = trials.of(fault);
    for (int seed = 1; seed < SEEDS && trial.with().outcome() == Outcome.PASSED; seed++) {
      trial = trials.of(fault);
    }
    return trial;
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (executor != null) {
      executor.shutdownNow();
      // What is interrupted ends its JVM.
      executor.awaitTermination(1, TimeUnit.MINUTES);
      running.close();
    }
  }

  @Test
  void eachHasItsName() {
    assertThat(Faults.all()).extracting(Fault::id).doesNotHaveDuplicates();
  }

  /** Hundreds of steps would tell nobody what is wrong. */
  @Test
  @DisabledIfSystemProperty(named = MATRIX, matches = ".+")
  void aProgramThatMeetsAFaultIsShortened() throws Exception {
    Verdict verdict = programs.get();

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
    Trial trial = TRIALS.get(fault).get();

    assertThat(trial.with())
        .as("%s, if nobody noticed; tested by %s", fault.consequence(), fault.catcher())
        .extracting(Verdict::outcome)
        .isEqualTo(Outcome.FAILED);
    assertThat(trial.without())
        .as("%s without the fault", fault.catcher())
        .extracting(Verdict::outcome)
        .isEqualTo(Outcome.PASSED);
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

  private static Fault easilyMet() {
    return Faults.all().stream()
        .filter(fault -> fault.id().equals(EASILY_MET))
        .findFirst()
        .orElseThrow();
  }
}
