package io.basalt.examples.flights;

import io.basalt.examples.flights.progress.ProgressDisplay;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The command line of the job: {@code FlightsJob --help} lists its options. */
@Command(
    name = "flights",
    description = {
      "Computes four files from three million flights on an embedded Flink cluster,"
          + " recovering from injected failures on the way.",
      ""
    },
    usageHelpAutoWidth = true)
public final class FlightsJob implements Callable<Integer> {

  /** Where log4j2.properties has the log written to. */
  private static final String LOG_FILE_PROPERTY = "flights.log";

  private final PrintStream out;
  private final boolean terminal;

  @Mixin private final FlightsOptions options = new FlightsOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  /**
   * A command that shows its progress.
   *
   * @param out where to
   * @param terminal whether that is an ANSI terminal, on which lines can be drawn over
   */
  FlightsJob(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Runs the command; exits with 0, 1 if the job failed, or 2 if the command line was wrong. */
  public static void main(String[] arguments) {
    boolean terminal = CommandLine.Help.Ansi.AUTO.enabled();
    System.exit(commandLine(new FlightsJob(System.out, terminal)).execute(arguments));
  }

  /** A command line that reports errors in a sentence, without a stack trace. */
  static CommandLine commandLine(FlightsJob job) {
    return new CommandLine(job)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(FlightsJob::refuse)
        .setExecutionExceptionHandler(FlightsJob::report);
  }

  @Override
  public Integer call() throws Exception {
    FlightsSettings settings = options.settings();
    // Before Flink's classes, and their loggers with them, are used for the first time.
    String log = settings.output().resolve("flights.log").toString();
    System.setProperty(LOG_FILE_PROPERTY, log);
    FlightsRun run = new FlightsRun(settings, new ProgressDisplay(out, terminal, settings.end()));
    Thread hint = new Thread(() -> printHint(run));
    Runtime.getRuntime().addShutdownHook(hint);
    try {
      run.execute().print(out);
      out.println("Results in " + settings.output() + ", log in " + log);
      return CommandLine.ExitCode.OK;
    } catch (FlightsFailedException e) {
      printHint(run);
      out.println("Log in " + log);
      throw e;
    } finally {
      Runtime.getRuntime().removeShutdownHook(hint);
    }
  }

  /** A run that ends early leaves its last checkpoint behind. */
  private void printHint(FlightsRun run) {
    run.lastCheckpoint()
        .ifPresent(path -> out.println("\nTo continue from the last checkpoint: --from " + path));
  }

  private static int refuse(ParameterException refusal, String[] arguments) {
    CommandLine commandLine = refusal.getCommandLine();
    commandLine.getErr().println(refusal.getMessage());
    commandLine.getErr().println("--help lists all options.");
    return commandLine.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int report(
      Exception failure, CommandLine commandLine, CommandLine.@Nullable ParseResult parsed) {
    String message = failure.getMessage();
    commandLine.getErr().println(message == null ? failure.toString() : message);
    return commandLine.getCommandSpec().exitCodeOnExecutionException();
  }
}
