package io.basalt.statebackend.faults;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The main class of a forked JVM: runs tests up to the first that fails, and writes what happens
 * line by line, so that whoever finds this JVM hanging or gone knows where it was.
 *
 * <pre>
 *   RUNNING  test
 *   FAILED   test  message
 *   PASSED   how many
 * </pre>
 */
final class SuiteRun implements TestExecutionListener {

  static final String RUNNING = "RUNNING";
  static final String FAILED = "FAILED";
  static final String PASSED = "PASSED";
  static final String SEPARATOR = "\t";

  private static final String EXTENSIONS_FROM_SERVICES =
      "junit.jupiter.extensions.autodetection.enabled";

  private static final int LONGEST_MESSAGE = 200;

  private final Path report;
  private final Runnable atFailure;
  private int passed;
  private @Nullable String failed;

  private SuiteRun(Path report, Runnable atFailure) {
    this.report = report;
    this.atFailure = atFailure;
  }

  /**
   * Runs tests.
   *
   * @param arguments the report, then tests as {@code package.Class} or {@code
   *     package.Class#method} below the root package
   */
  public static void main(String[] arguments) {
    // At a failure at once: the tests behind it, and hooks that wait for what the fault has left
    // hanging, are of no interest.
    SuiteRun run = new SuiteRun(Path.of(arguments[0]), () -> Runtime.getRuntime().halt(0));
    run.execute(request(Arrays.asList(arguments).subList(1, arguments.length)));
    // Threads that a test has left must not keep the JVM from ending.
    Runtime.getRuntime().halt(0);
  }

  /**
   * Runs a test, up to the first failure if it is several; the JVM goes on.
   *
   * @return what {@link #runAgain} takes for the one that has failed
   */
  static Optional<String> runAndGoOn(Path report, String test) {
    return goOn(report, request(List.of(test)));
  }

  /** Runs the one test that has failed. */
  static void runAgain(Path report, String uniqueId) {
    goOn(report, LauncherDiscoveryRequestBuilder.request().selectors(selectUniqueId(uniqueId)));
  }

  private static Optional<String> goOn(Path report, LauncherDiscoveryRequestBuilder request) {
    NothingAfterAFailure.failed(false);
    SuiteRun run = new SuiteRun(report, () -> NothingAfterAFailure.failed(true));
    run.execute(request.configurationParameter(EXTENSIONS_FROM_SERVICES, "true"));
    return Optional.ofNullable(run.failed);
  }

  private void execute(LauncherDiscoveryRequestBuilder request) {
    LauncherFactory.create().execute(request.build(), this);
    if (failed == null) {
      report(PASSED, Integer.toString(passed));
    }
  }

  private static LauncherDiscoveryRequestBuilder request(Iterable<String> tests) {
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (String test : tests) {
      String[] parts = test.split("#", 2);
      Set<String> chosen =
          methods.computeIfAbsent(Suite.ROOT + parts[0], name -> new LinkedHashSet<>());
      if (parts.length == 2) {
        chosen.add(parts[1]);
      }
    }
    LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request();
    methods.keySet().forEach(name -> builder.selectors(selectClass(name)));
    return builder.filters((PostDiscoveryFilter) test -> isChosen(test, methods));
  }

  private static FilterResult isChosen(TestDescriptor test, Map<String, Set<String>> methods) {
    if (!(test.getSource().orElse(null) instanceof MethodSource source)) {
      return FilterResult.included("not a method");
    }
    // Inherited methods are chosen with the class that inherits them.
    Set<String> chosen = Set.of();
    for (TestDescriptor above = test; above != null; above = above.getParent().orElse(null)) {
      if (above.getSource().orElse(null) instanceof ClassSource in) {
        chosen = methods.getOrDefault(in.getClassName(), chosen);
      }
    }
    return FilterResult.includedIf(chosen.isEmpty() || chosen.contains(source.getMethodName()));
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    if (failed == null && identifier.getSource().isPresent()) {
      report(RUNNING, name(identifier));
    }
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    if (failed != null) {
      return;
    }
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      failed = identifier.getUniqueId();
      Throwable failure = result.getThrowable().orElse(null);
      if (failure != null) {
        failure.printStackTrace();
      }
      report(FAILED, name(identifier), message(failure));
      atFailure.run();
    }
    if (identifier.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
      passed++;
    }
  }

  private void report(String... columns) {
    try {
      Files.writeString(
          report,
          String.join(SEPARATOR, columns) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(TestIdentifier identifier) {
    TestSource source = identifier.getSource().orElse(null);
    if (source instanceof MethodSource method) {
      return simple(method.getClassName()) + "." + method.getMethodName();
    }
    return source instanceof ClassSource in
        ? simple(in.getClassName())
        : identifier.getDisplayName();
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private static String message(Throwable failure) {
    String line =
        String.valueOf(failure)
            .lines()
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .limit(4)
            .reduce((one, other) -> one + " " + other)
            .orElse("")
            .replace(SEPARATOR, " ");
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + "...";
  }
}
