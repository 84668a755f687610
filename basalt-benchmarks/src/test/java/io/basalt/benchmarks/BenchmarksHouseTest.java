package io.basalt.benchmarks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The walls of this house: which package may know which, and who may know Flink. */
@AnalyzeClasses(
    packages = BenchmarksHouseTest.ROOT,
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class BenchmarksHouseTest {

  static final String ROOT = "io.basalt.benchmarks";

  private static final Set<String> PARTS =
      Set.of("operations", "workingset", "cliff", "expiry", "recovery");

  /** What each package may know beside itself. */
  private static final Map<String, Set<String>> KNOWN =
      Map.ofEntries(
          entry("measure", Set.of()),
          entry("keys", Set.of()),
          entry("subject", Set.of("measure")),
          entry("operations", Set.of("measure", "subject")),
          entry("workingset", Set.of("measure", "subject", "keys")),
          entry("cliff", Set.of("measure", "subject")),
          entry("expiry", Set.of("measure", "subject")),
          entry("recovery", Set.of("measure", "subject")),
          entry(
              "run", Set.of("measure", "operations", "workingset", "cliff", "expiry", "recovery")),
          entry("report", Set.of("measure", "run")),
          entry("eviction", Set.of("measure", "keys", "report")),
          entry("", Set.of("measure", "run", "report", "eviction")));

  private static final int LONGEST_FILE_IN_LINES = 400;

  @ArchTest
  void arrowsGoDownOnly(JavaClasses house) {
    for (JavaClass type : house) {
      String from = packageOf(type);
      assertThat(KNOWN).as("packages that have their place").containsKey(from);
      for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
        JavaClass target = arrow.getTargetClass().getBaseComponentType();
        if (isOfTheHouse(target) && !packageOf(target).equals(from)) {
          assertThat(KNOWN.get(from)).as(arrow.getDescription()).contains(packageOf(target));
        }
      }
    }
  }

  @ArchTest
  void theRunKnowsNothingOfAPartButItsGroups(JavaClasses house) {
    noClasses()
        .that(resideInAnyPackage(ROOT + ".run"))
        .and()
        .doNotHaveSimpleName("Groups")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                PARTS.stream().map(part -> ROOT + "." + part + "..").toArray(String[]::new)))
        .check(house);
  }

  @ArchTest
  void theReportKnowsTheResultsOnly(JavaClasses house) {
    noClasses()
        .that(resideInAnyPackage(ROOT + ".report"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(ROOT + ".run").and(not(name(ROOT + ".run.Results"))))
        .check(house);
  }

  @ArchTest
  void onlyTheSubjectAndThePartsKnowFlink(JavaClasses house) {
    noClasses()
        .that(resideInAnyPackage(ROOT, ROOT + ".measure..", ROOT + ".run..", ROOT + ".report.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.apache.flink..", "org.rocksdb.."))
        .because("a change of Flink must not change how figures are taken and shown")
        .check(house);
  }

  @ArchTest
  void nobodyKnowsTheWorkingsOfBasalt(JavaClasses house) {
    noClasses()
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.basalt.statebackend.."))
        .because("it is measured as a user has it: by its option")
        .check(house);
  }

  @ArchTest
  void everyPackageSaysWhatItIsFor(JavaClasses house) {
    Set<String> packages =
        house.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.contains("jmh_generated"))
            .collect(toCollection(TreeSet::new));

    assertThat(packages)
        .allSatisfy(
            name ->
                assertThat(house.getPackage(name).tryGetPackageInfo())
                    .as("package-info.java of %s", name)
                    .hasValueSatisfying(
                        info -> assertThat(info.isAnnotatedWith(NullMarked.class)).isTrue()));
  }

  @ArchTest
  void namesAreNouns(JavaClasses house) {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager)(\\$.*)?")
        .because("such a name says nothing of what the class is")
        .check(house);
  }

  @ArchTest
  void noFileIsTooLong(JavaClasses house) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Files.readAllLines(file))
                      .as("lines of %s", file)
                      .hasSizeLessThanOrEqualTo(LONGEST_FILE_IN_LINES));
    }
  }

  private static boolean isOfTheHouse(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  /** The name below the root, without what lies deeper: empty for the root itself. */
  private static String packageOf(JavaClass type) {
    String below = type.getPackageName().substring(ROOT.length());
    return below.isEmpty() ? "" : below.substring(1).replaceFirst("\\..*", "");
  }
}
