package io.basalt.benchmarks;

import io.basalt.benchmarks.report.PerformanceDocument;
import io.basalt.benchmarks.run.Results;
import io.basalt.benchmarks.run.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes the document of a run again. */
@Command(
    name = "document",
    mixinStandardHelpOptions = true,
    description = "Writes the document again from the results of a run.")
final class DocumentCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;
  @ParentCommand private @Nullable Benchmarks benchmarks;

  @Parameters(paramLabel = "<results>", description = "A file in results/.")
  private @Nullable Path results;

  @Option(
      names = "--document",
      paramLabel = "<file>",
      description = "Default: where the run put it if it was not told otherwise.")
  private @Nullable Path document;

  @Override
  public Integer call() throws IOException {
    if (spec == null || benchmarks == null || results == null) {
      throw new IllegalStateException("Nobody has called it as a command.");
    }
    Results measured;
    try {
      measured = ResultsFile.read(results);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    Path written =
        document == null
            ? Benchmarks.defaultDocument(benchmarks.measuring(), results, measured)
            : document;
    PerformanceDocument.write(written, measured);
    spec.commandLine().getOut().println("Document: " + written);
    return CommandLine.ExitCode.OK;
  }
}
