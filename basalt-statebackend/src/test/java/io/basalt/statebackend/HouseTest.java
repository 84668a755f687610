package io.basalt.statebackend;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The walls of the house: which package may know which, and what nobody may know. To move a wall,
 * write the reason into docs/architecture.md first.
 */
@AnalyzeClasses(
    packages = HouseTest.ROOT,
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class HouseTest {

  static final String ROOT = "io.basalt.statebackend";

  /** The bottom first. A package knows floors below its own, and no other package of its own. */
  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("config"),
          Set.of("layout", "store"),
          Set.of("catalog", "transfer", "hot"),
          Set.of("state", "timer", "snapshot", "restore", "schema", "ttl", "metrics", "compaction"),
          Set.of("backend"),
          Set.of(""));

  /** An arrow between two packages of one floor that is allowed all the same. */
  private record SidewaysArrow(String from, String to, String reason) {}

  private static final List<SidewaysArrow> ALLOWED_SIDEWAYS = List.of();

  /** What users write in their configuration and their jobs, and what therefore stays stock's. */
  private static final Set<String> ALLOWED_OF_STOCK =
      Set.of(
          "org.apache.flink.state.rocksdb.RocksDBOptions",
          "org.apache.flink.state.rocksdb.RocksDBConfigurableOptions",
          "org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions",
          "org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions",
          "org.apache.flink.state.rocksdb.PredefinedOptions",
          "org.apache.flink.state.rocksdb.RocksDBOptionsFactory",
          "org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory",
          "org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend$PriorityQueueStateType");

  private static final int LONGEST_FILE_IN_LINES = 400;

  @ArchTest
  void everyPackageHasItsFloor(JavaClasses house) {
    Set<String> built = new TreeSet<>();
    house.forEach(type -> built.add(packageOf(type)));

    assertThat(FLOORS.stream().flatMap(Set::stream)).containsAll(built);
  }

  @ArchTest
  void arrowsGoDownOnly(JavaClasses house) {
    classes().should(knowOnlyFloorsBelow()).check(house);
  }

  @ArchTest
  void onlyTheStoreKnowsRocksDb(JavaClasses house) {
    noClasses()
        .that(not(resideInAnyPackage(ROOT + ".store..")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.rocksdb.."))
        .because("every native object has its one owner there")
        .check(house);
  }

  @ArchTest
  void ofStockOnlyWhatUsersWriteIsKnown(JavaClasses house) {
    // The second package is the name of the first before Flink 2.
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "org.apache.flink.state.rocksdb..",
                    "org.apache.flink.contrib.streaming.state..")
                .and(not(anAllowedTypeOfStock())))
        .because("Basalt shares stock's options and formats, none of its workings")
        .check(house);
  }

  @ArchTest
  void productionKnowsNoTestLibrary(JavaClasses house) {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "org.junit..",
                "junit..",
                "org.assertj..",
                "net.jqwik..",
                "com.tngtech.archunit..",
                "org.mockito..",
                "org.apache.flink.testutils..",
                "org.apache.flink.test.."))
        .check(house);
  }

  @ArchTest
  void everyPackageSaysWhatItIsFor(JavaClasses house) {
    Set<String> packages =
        house.stream().map(JavaClass::getPackageName).collect(toCollection(TreeSet::new));

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

  /** In half of the world's languages RocksDB would not understand a number, or find a file. */
  @ArchTest
  void noTextDependsOnTheLanguageOfTheMachine(JavaClasses house) {
    noClasses()
        .should()
        .callMethod(String.class, "format", String.class, Object[].class)
        .orShould()
        .callMethod(String.class, "formatted", Object[].class)
        .orShould()
        .callMethod(String.class, "toLowerCase")
        .orShould()
        .callMethod(String.class, "toUpperCase")
        .because("a number is written in other digits, an i in capitals is another letter")
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

  private static ArchCondition<JavaClass> knowOnlyFloorsBelow() {
    return new ArchCondition<>("know only floors below their own") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
          JavaClass target = arrow.getTargetClass().getBaseComponentType();
          if (isOfTheHouse(target) && !isAllowed(packageOf(type), packageOf(target))) {
            events.add(SimpleConditionEvent.violated(type, arrow.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isAllowed(String from, String to) {
    return from.equals(to)
        || floorOf(to) < floorOf(from)
        || (floorOf(to) == floorOf(from)
            && ALLOWED_SIDEWAYS.stream()
                .anyMatch(arrow -> arrow.from().equals(from) && arrow.to().equals(to)));
  }

  private static int floorOf(String name) {
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      if (FLOORS.get(floor).contains(name)) {
        return floor;
      }
    }
    throw new AssertionError("No floor for the package " + name);
  }

  private static boolean isOfTheHouse(JavaClass type) {
    return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
  }

  /** The name below the root, without what lies deeper: empty for the root itself. */
  private static String packageOf(JavaClass type) {
    String below = type.getPackageName().substring(ROOT.length());
    return below.isEmpty() ? "" : below.substring(1).replaceFirst("\\..*", "");
  }

  private static DescribedPredicate<JavaClass> anAllowedTypeOfStock() {
    return DescribedPredicate.describe(
        "are on the allow-list",
        type -> ALLOWED_OF_STOCK.contains(type.getBaseComponentType().getName()));
  }
}
