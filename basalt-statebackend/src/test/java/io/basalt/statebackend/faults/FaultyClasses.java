package io.basalt.statebackend.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles single source files, with a mistake in them or as they are, beside the real classes. One
 * at a time: what the compiler knows of the class path is kept from one to the next.
 */
final class FaultyClasses implements AutoCloseable {

  private static final Path SOURCES = Path.of("src/main/java/io/basalt/statebackend");

  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private final StandardJavaFileManager files =
      compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);

  /** Compiles the file of the fault, with the fault in it, into the directory. */
  void compile(Fault fault, Path target) throws IOException {
    compile(fault.file(), fault.plantInto(source(fault.file())), target);
  }

  /** Compiles the file as it is into the directory. */
  void compileFaultless(String file, Path target) throws IOException {
    compile(file, source(file), target);
  }

  private static String source(String file) throws IOException {
    return Files.readString(SOURCES.resolve(file));
  }

  private synchronized void compile(String file, String source, Path target) throws IOException {
    Files.createDirectories(target);
    DiagnosticCollector<JavaFileObject> errors = new DiagnosticCollector<>();
    boolean compiled =
        compiler
            .getTask(
                null,
                files,
                errors,
                List.of(
                    "-d",
                    target.toString(),
                    "-classpath",
                    System.getProperty("java.class.path"),
                    "-parameters",
                    "-proc:none",
                    "-implicit:none",
                    "-nowarn"),
                null,
                List.of(new Source(file, source)))
            .call();
    if (!compiled) {
      throw new IllegalStateException(
          "Does not compile with its fault: " + file + "\n" + errors.getDiagnostics());
    }
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String content;

    Source(String file, String content) {
      super(URI.create("string:///io/basalt/statebackend/" + file), Kind.SOURCE);
      this.content = content;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return content;
    }
  }
}
