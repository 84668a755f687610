package io.basalt.statebackend.faults;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One mistake that somebody could make in one place.
 *
 * @param id short and unique
 * @param consequence what a user would see
 * @param file the source file, below the root package
 * @param before what stands there; it must occur exactly once. How it is laid out does not matter
 * @param after what the mistake makes of it
 * @param catcher the test that notices soonest, as {@code package.Class} or {@code
 *     package.Class#method} below the root package
 */
record Fault(
    String id, String consequence, String file, String before, String after, String catcher) {

  /**
   * The source with the mistake in it.
   *
   * @throws IllegalStateException if the place is not there, or not the only one of its kind
   */
  String plantInto(String source) {
    Matcher matcher = place().matcher(source);
    if (!matcher.find()) {
      throw new IllegalStateException(
          "Fault '" + id + "' has lost its place: " + file + " does not contain\n" + before);
    }
    int start = matcher.start();
    int end = matcher.end();
    if (matcher.find()) {
      throw new IllegalStateException(
          "Fault '"
              + id
              + "' has more than one place: "
              + file
              + " contains repeatedly\n"
              + before);
    }
    return source.substring(0, start) + after + source.substring(end);
  }

  private Pattern place() {
    return Pattern.compile(
        before
            .chars()
            .filter(character -> !Character.isWhitespace(character))
            .mapToObj(character -> Pattern.quote(Character.toString(character)))
            .collect(Collectors.joining("\\s*")));
  }

  @Override
  public String toString() {
    return id;
  }
}
