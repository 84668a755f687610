package io.basalt.benchmarks;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.report.PerformanceDocument;
import io.basalt.benchmarks.report.Summary;
import io.basalt.benchmarks.run.KeptSteps;
import io.basalt.benchmarks.run.MeasurementFailedException;
import io.basalt.benchmarks.run.Results;
import io.basalt.benchmarks.run.ResultsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: measures, and writes down what came out. */
@Command(
    name = "./benchmarks",
    mixinStandardHelpOptions = true,
    description =
        "Measures Basalt beside Flink's RocksDB backend (stock) and its heap backend, and writes"
            + " what came out to results/ and to a document.",
    subcommands = {DocumentCommand.class, CompareCommand.class, EvictionCommand.class})
public final class Benchmarks implements Callable<Integer> {

  private static final Set<String> PLACES =
      Set.of("--results", "--document", "--directory", "--resume");

  private final Measuring measuring;

  /** What was typed, for the document. */
  private List<String> arguments = List.of();

  @Spec private @Nullable CommandSpec spec;

  @ArgGroup private ScaleChoice choice = new ScaleChoice();

  @Option(
      names = "--rounds",
      paramLabel = "<n>",
      description =
          "How often each backend is measured; the heap backend at most twice. Default: 2.")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "<part or group>",
      description = "As in working-sets,operations/map; --list shows what there is.")
  private List<String> only = List.of();

  @Option(
      names = "--backends",
      split = ",",
      paramLabel = "<backend>",
      description = "Of ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Backend> backends = List.of(Backend.values());

  @Option(
      names = "--results",
      paramLabel = "<file>",
      description = "Ends in .json. Default: results/<scale>-<date>-<time>.json, in UTC.")
  private @Nullable Path resultsFile;

  @Option(
      names = "--document",
      paramLabel = "<file>",
      description =
          "Default: docs/performance.md for all of --full, otherwise beside the results. Plots go"
              + " to the directory of the same name.")
  private @Nullable Path document;

  @Option(
      names = "--directory",
      paramLabel = "<directory>",
      description =
          "For temporary files, on the disk that is to be measured; empty. Default: a new one in"
              + " the system's directory for such.")
  private @Nullable Path directory;

  @Option(
      names = "--resume",
      paramLabel = "<directory>",
      description =
          "Keeps there what each process has measured. The same command goes on from there, with"
              + " more rounds if they are asked for. Default: nothing is kept of a run that is broken"
              + " off.")
  private @Nullable Path resume;

  @Option(names = "--list", description = "Shows what there is to measure, and measures nothing.")
  private boolean list;

  /** How much is done. */
  static final class ScaleChoice {
    @Option(names = "--quick", description = "In less than 5 minutes. The default.")
    private boolean quick;

    @Option(names = "--full", description = "In less than 90 minutes.")
    private boolean full;

    @Option(names = "--moment", hidden = true, description = "For tests.")
    private boolean moment;

    Scale scale() {
      return full ? Scale.FULL : moment && !quick ? Scale.MOMENT : Scale.QUICK;
    }
  }

  Benchmarks(Measuring measuring) {
    this.measuring = measuring;
  }

  public static void main(String[] arguments) {
    System.exit(execute(commandLine(Measuring.interleaved()), arguments));
  }

  /** The exit code: 0, 1 if a run fails or a comparison finds Basalt slower, 2 for bad input. */
  static int execute(CommandLine commandLine, String... arguments) {
    Benchmarks benchmarks = commandLine.getCommand();
    benchmarks.arguments = List.of(arguments);
    return commandLine.execute(arguments);
  }

  static CommandLine commandLine(Measuring measuring) {
    return new CommandLine(new Benchmarks(measuring))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (exception, arguments) -> {
              exception.getCommandLine().getErr().println(exception.getMessage());
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (exception, command, parsed) -> {
              command.getErr().println(exception.getMessage());
              if (exception instanceof RuntimeException) {
                exception.printStackTrace(command.getErr());
              }
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  @Override
  public Integer call() throws IOException, InterruptedException, MeasurementFailedException {
    PrintWriter out = commandLine().getOut();
    Scale scale = choice.scale();
    List<Group> groups = groups();
    if (list) {
      groups.forEach(group -> out.printf("%s%n    %s%n", group.name(), group.description(scale)));
      return CommandLine.ExitCode.OK;
    }
    Instant began = Instant.now();
    Path results = writable(resultsFile == null ? defaultResults(scale, began) : resultsFile);
    Run run =
        new Run(
            measuring,
            "./benchmarks " + String.join(" ", whatIsMeasured()),
            began,
            scale,
            rounds(scale),
            Arrays.stream(Backend.values()).filter(backends::contains).toList(),
            groups);
    KeptSteps kept = kept(run);
    Results measured = run.in(workingDirectory(scale), kept, out::println);
    ResultsFile.write(results, measured);
    Path written = document == null ? defaultDocument(measuring, results, measured) : document;
    PerformanceDocument.write(written, measured);
    out.printf("%n%s%nResults: %s%nDocument: %s%n", Summary.plain(measured), results, written);
    return CommandLine.ExitCode.OK;
  }

  private List<Group> groups() {
    try {
      List<Group> groups = measuring.groups(only);
      if (groups.isEmpty()) {
        throw refused("There is nothing to measure.");
      }
      return groups;
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private int rounds(Scale scale) {
    if (rounds < 0 || rounds > 99) {
      throw refused("--rounds must be between 1 and 99, not %d.".formatted(rounds));
    }
    return rounds == 0 ? scale.choose(1, 2, 2) : rounds;
  }

  /** The arguments without the places of files, which say nothing of the figures. */
  private List<String> whatIsMeasured() {
    List<String> said = new ArrayList<>();
    boolean isPlace = false;
    for (String argument : arguments) {
      String name = argument.replaceFirst("=.*", "");
      if (PLACES.contains(name)) {
        isPlace = name.equals(argument);
      } else if (isPlace) {
        isPlace = false;
      } else {
        said.add(argument);
      }
    }
    return said;
  }

  private KeptSteps kept(Run run) throws IOException, InterruptedException {
    try {
      return resume == null ? KeptSteps.nowhere() : KeptSteps.in(resume, run.identity());
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private WorkingDirectory workingDirectory(Scale scale) throws IOException {
    try {
      return WorkingDirectory.open(directory, scale);
    } catch (UnusableDirectoryException e) {
      throw refused(e.getMessage());
    }
  }

  /** Refused before the run rather than after it. */
  private Path writable(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    try {
      if (parent != null) {
        Files.createDirectories(parent);
      }
    } catch (IOException e) {
      throw refused("%s cannot be made a directory.".formatted(parent));
    }
    if (Files.isDirectory(file) || (parent != null && !Files.isWritable(parent))) {
      throw refused("%s cannot be written.".formatted(file));
    }
    if (!String.valueOf(file.getFileName()).endsWith(".json")) {
      // The directory of the plots would have its name.
      throw refused("%s must end in .json.".formatted(file));
    }
    return file;
  }

  private static Path defaultResults(Scale scale, Instant began) {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(began);
    return Path.of("results", "%s-%s.json".formatted(scale, time));
  }

  /** Only a run of everything replaces the figures that are quoted. */
  static Path defaultDocument(Measuring measuring, Path results, Results measured) {
    boolean isWhole =
        measured.scale() == Scale.FULL
            && measured
                .descriptions()
                .keySet()
                .containsAll(measuring.groups(List.of()).stream().map(Group::name).toList())
            && Arrays.stream(Backend.values())
                .allMatch(
                    backend ->
                        measured.samples().stream()
                            .anyMatch(sample -> sample.backend() == backend));
    String name = String.valueOf(results.getFileName());
    return isWhole
        ? Path.of("docs", "performance.md")
        : results.resolveSibling(name.replaceFirst("\\.json$", "") + ".md");
  }

  Measuring measuring() {
    return measuring;
  }

  private ParameterException refused(@Nullable String reason) {
    return new ParameterException(commandLine(), String.valueOf(reason));
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("Nobody has called it as a command.");
    }
    return spec.commandLine();
  }
}
