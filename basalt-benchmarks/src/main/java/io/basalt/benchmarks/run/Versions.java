package io.basalt.benchmarks.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What is measured, and from which commit. */
public final class Versions {

  private static final String UNKNOWN = "unknown";

  private Versions() {}

  /**
   * Versions by name.
   *
   * @param sources a directory of the repository that was built
   */
  public static Map<String, String> facts(Path sources) throws InterruptedException {
    Map<String, String> facts = new TreeMap<>();
    Properties built = built();
    built.stringPropertyNames().forEach(name -> facts.put(name, built.getProperty(name)));
    facts.put("commit", commit(sources));
    return facts;
  }

  /** Written by the build. */
  private static Properties built() {
    Properties versions = new Properties();
    try (InputStream stream = Versions.class.getResourceAsStream("versions.properties")) {
      if (stream != null) {
        versions.load(stream);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions;
  }

  private static String commit(Path sources) throws InterruptedException {
    String commit = git(sources, "rev-parse", "--short", "HEAD");
    if (commit.isEmpty()) {
      return UNKNOWN;
    }
    String changes = git(sources, "status", "--porcelain", "--untracked-files=no");
    return changes.isEmpty() ? commit : commit + " with changes";
  }

  /** Empty if there is no git, or nothing that it knows. */
  private static String git(Path directory, String... arguments) throws InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? output : "";
    } catch (IOException e) {
      return "";
    }
  }
}
