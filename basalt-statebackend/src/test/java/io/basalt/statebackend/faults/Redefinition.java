package io.basalt.statebackend.faults;

import java.io.IOException;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Puts classes in the place of others while a JVM runs. Of an agent it has the name only: the class
 * is one of the class path.
 */
final class Redefinition {

  private static Instrumentation instrumentation;

  private Redefinition() {}

  /** Called by the JVM before it calls {@code main}. */
  public static void premain(String arguments, Instrumentation given) {
    instrumentation = given;
  }

  /** The option of a JVM that is to redefine classes. */
  static String option(Path directory) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", Redefinition.class.getName());
    attributes.putValue("Can-Redefine-Classes", "true");
    Path agent = Files.createDirectories(directory).resolve("redefinition.jar").toAbsolutePath();
    new JarOutputStream(Files.newOutputStream(agent), manifest).close();
    return "-javaagent:" + agent;
  }

  /**
   * Puts the classes of one directory in the place of those of another; classes that are the same
   * in both stay as they are.
   *
   * @throws UnsupportedOperationException if a class has other methods or fields, or there is one
   *     more: a running JVM takes other bodies of methods only
   */
  static void replace(Path before, Path after)
      throws IOException, ClassNotFoundException, UnmodifiableClassException {
    List<ClassDefinition> definitions = new ArrayList<>();
    for (Path file : filesIn(after)) {
      Path name = after.relativize(file);
      byte[] bytes = Files.readAllBytes(file);
      Path other = before.resolve(name);
      if (!Files.exists(other)) {
        throw new UnsupportedOperationException("One class more: " + name);
      }
      if (!Arrays.equals(bytes, Files.readAllBytes(other))) {
        definitions.add(new ClassDefinition(load(name), bytes));
      }
    }
    instrumentation.redefineClasses(definitions.toArray(ClassDefinition[]::new));
  }

  /** Not initialized: that is for whoever uses it first, as ever. */
  private static Class<?> load(Path name) throws ClassNotFoundException {
    String binary = name.toString().replace('/', '.').replace('\\', '.');
    return Class.forName(
        binary.substring(0, binary.length() - ".class".length()),
        false,
        Redefinition.class.getClassLoader());
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
