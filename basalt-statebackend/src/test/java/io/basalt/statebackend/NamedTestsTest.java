package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every test that a document names is there: a row of a table without its test is a promise. */
class NamedTestsTest {

  /** As the documents write them: {@code SomeTest}, {@code SomeTest.method}. */
  private static final Pattern NAME = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

  private static final Path TEST_CLASSES = Path.of("target", "test-classes");

  @ParameterizedTest
  @ValueSource(strings = {"compatibility.md", "reliability.md"})
  void areThere(String page) throws Exception {
    Map<String, Class<?>> classes = testClasses();
    List<String> missing = new ArrayList<>();
    int named = 0;
    Matcher names = NAME.matcher(Files.readString(Path.of("..", "docs", page)));
    while (names.find()) {
      named++;
      Class<?> test = classes.get(names.group(1));
      if (test == null || (names.group(2) != null && !hasTest(test, names.group(2)))) {
        missing.add(names.group());
      }
    }
    assertThat(missing).as("tests that docs/%s names", page).isEmpty();
    assertThat(named).as("tests that docs/%s names", page).isPositive();
  }

  private static boolean hasTest(Class<?> test, String name) {
    // Flink's suites bring theirs in a superclass.
    return Stream.<Class<?>>iterate(test, Objects::nonNull, Class::getSuperclass)
        .flatMap(declaring -> Arrays.stream(declaring.getDeclaredMethods()))
        .filter(method -> method.getName().equals(name))
        .anyMatch(NamedTestsTest::isTest);
  }

  private static boolean isTest(Method method) {
    return Arrays.stream(method.getAnnotations())
        .map(annotation -> annotation.annotationType().getSimpleName())
        .anyMatch(List.of("Test", "ParameterizedTest", "TestTemplate", "Property")::contains);
  }

  private static Map<String, Class<?>> testClasses() throws IOException, ClassNotFoundException {
    Map<String, Class<?>> classes = new HashMap<>();
    try (Stream<Path> files = Files.walk(TEST_CLASSES)) {
      for (Path file : files.filter(it -> it.toString().endsWith("Test.class")).toList()) {
        String name =
            TEST_CLASSES
                .relativize(file)
                .toString()
                .replace(file.getFileSystem().getSeparator(), ".");
        Class<?> test =
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                NamedTestsTest.class.getClassLoader());
        classes.put(test.getSimpleName(), test);
      }
    }
    return classes;
  }
}
