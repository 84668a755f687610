package io.basalt.benchmarks;

import io.basalt.benchmarks.eviction.EvictionTables;
import io.basalt.benchmarks.measure.Scale;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares policies of eviction. */
@Command(
    name = "eviction",
    mixinStandardHelpOptions = true,
    description =
        "Runs eviction policies on traces of accesses, without any backend, and writes tables of"
            + " their hits, writes and costs.")
final class EvictionCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @ArgGroup private Benchmarks.ScaleChoice choice = new Benchmarks.ScaleChoice();

  @Option(
      names = "--document",
      paramLabel = "<file>",
      description =
          "Default: docs/eviction/figures.md for --full, otherwise results/<scale>-eviction.md.")
  private @Nullable Path document;

  @Override
  public Integer call() throws IOException {
    if (spec == null) {
      throw new IllegalStateException("Nobody has called it as a command.");
    }
    PrintWriter out = spec.commandLine().getOut();
    Scale scale = choice.scale();
    Path written = document == null ? defaultDocument(scale) : document;
    Files.createDirectories(written.toAbsolutePath().getParent());
    Files.writeString(written, EvictionTables.of(scale, out::println));
    out.println("Document: " + written);
    return CommandLine.ExitCode.OK;
  }

  private static Path defaultDocument(Scale scale) {
    return scale == Scale.FULL
        ? Path.of("docs", "eviction", "figures.md")
        : Path.of("results", "%s-eviction.md".formatted(scale));
  }
}
