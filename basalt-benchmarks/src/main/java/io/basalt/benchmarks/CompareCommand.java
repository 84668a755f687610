package io.basalt.benchmarks;

import io.basalt.benchmarks.report.Comparison;
import io.basalt.benchmarks.run.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a change. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Compares two runs of the same scale, before a change and after it, row by row. Exit code"
            + " 1 says that a row of Basalt is slower beyond the spread.")
final class CompareCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "<before>", description = "A file in results/.")
  private @Nullable Path before;

  @Parameters(index = "1", paramLabel = "<after>", description = "Another one.")
  private @Nullable Path after;

  @Override
  public Integer call() {
    if (spec == null || before == null || after == null) {
      throw new IllegalStateException("Nobody has called it as a command.");
    }
    Comparison comparison;
    try {
      comparison = Comparison.of(ResultsFile.read(before), ResultsFile.read(after));
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    spec.commandLine().getOut().print(comparison.plain());
    spec.commandLine().getOut().flush();
    return comparison.isSlower() ? 1 : 0;
  }
}
