package io.basalt.examples.flights.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Lines are read, and resumed between any two of them, whatever the file looks like. */
class FlightLinesTest {

  private static final List<String> LINES = List.of("first", "", "third, a little longer", "last");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void resumesBehindEveryLine(String lineBreak) throws IOException {
    String content = content(lineBreak);
    for (String text : List.of(content, content.stripTrailing())) {
      resumesBehindEveryLine(plain(text));
      resumesBehindEveryLine(packed(text));
    }
  }

  private static void resumesBehindEveryLine(FlightsInput input) throws IOException {
    List<FlightsPosition> positions = new ArrayList<>();
    try (FlightLines lines = FlightLines.open(input, FlightsPosition.START)) {
      positions.add(lines.position());
      for (String expected : LINES) {
        assertThat(lines.next()).isEqualTo(expected);
        positions.add(lines.position());
      }
      assertThat(lines.next()).isNull();
      assertThat(lines.next()).isNull();
    }
    for (int read = 0; read <= LINES.size(); read++) {
      try (FlightLines lines = FlightLines.open(input, positions.get(read))) {
        assertThat(lines.flights()).isEqualTo(read);
        for (String expected : LINES.subList(read, LINES.size())) {
          assertThat(lines.next()).isEqualTo(expected);
        }
        assertThat(lines.next()).isNull();
        assertThat(lines.position()).isEqualTo(positions.get(LINES.size()));
      }
    }
  }

  @Test
  void readsLinesLongerThanItsBuffer() throws IOException {
    String longLine = "x".repeat(200_000);
    FlightsInput input = plain(FlightParser.HEADER + "\n" + longLine + "\nshort\n");
    try (FlightLines lines = FlightLines.open(input, FlightsPosition.START)) {
      assertThat(lines.next()).isEqualTo(longLine);
      FlightsPosition position = lines.position();
      assertThat(lines.next()).isEqualTo("short");
      try (FlightLines resumed = FlightLines.open(input, position)) {
        assertThat(resumed.next()).isEqualTo("short");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {70, 1_000_000})
  void refusesAPositionThatIsNotBehindALine(long bytes) throws IOException {
    FlightsInput input = plain(content("\n"));
    assertThatThrownBy(() -> FlightLines.open(input, new FlightsPosition(7, bytes)))
        .isInstanceOf(FlightFormatException.class)
        .hasMessageContaining("has no line that ends at byte " + bytes)
        .hasMessageContaining("behind flight 7");
  }

  @Test
  void refusesAnEmptyInput() throws IOException {
    FlightsInput input = plain("");
    assertThatThrownBy(() -> FlightLines.open(input, FlightsPosition.START))
        .isInstanceOf(FlightFormatException.class)
        .hasMessageContaining("line 1: expected the header " + FlightParser.HEADER);
  }

  @Test
  void bundledInputHasThreeMillionFlights() throws IOException {
    assertThat(FlightsInput.bundled().countFlights(Long.MAX_VALUE)).isEqualTo(3_000_000);
  }

  private static String content(String lineBreak) {
    return FlightParser.HEADER + lineBreak + String.join(lineBreak, LINES) + lineBreak;
  }

  private FlightsInput plain(String content) throws IOException {
    return FlightsInput.at(Files.writeString(directory.resolve("flights.csv"), content));
  }

  private FlightsInput packed(String content) throws IOException {
    Path file = directory.resolve("flights.csv.xz");
    try (OutputStream out = new XZOutputStream(Files.newOutputStream(file), new LZMA2Options())) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return FlightsInput.at(file);
  }
}
