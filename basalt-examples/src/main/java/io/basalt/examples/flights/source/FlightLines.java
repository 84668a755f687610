package io.basalt.examples.flights.source;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of the input after its header, from a position on, with the position behind each.
 *
 * <p>Lines are cut from bytes here, because a {@code BufferedReader} reads ahead and cannot say how
 * many bytes its lines took; and a position in bytes is reached by unpacking alone, several times
 * faster than by reading lines again.
 */
final class FlightLines implements Closeable {

  private final FlightsInput input;
  private final InputStream stream;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream carried = new ByteArrayOutputStream();
  private int next;
  private int filled;
  private long flights;
  private long bytes;

  private FlightLines(FlightsInput input, InputStream stream) {
    this.input = input;
    this.stream = stream;
  }

  /**
   * Opens the input behind the last line read before the position.
   *
   * @throws FlightFormatException if the input has another header, or no line that ends at the
   *     position: then a snapshot is being continued with another input
   */
  static FlightLines open(FlightsInput input, FlightsPosition position) throws IOException {
    InputStream stream = input.open();
    try {
      FlightLines lines = new FlightLines(input, stream);
      if (position.equals(FlightsPosition.START)) {
        lines.readHeader();
      } else {
        lines.skipTo(position);
      }
      return lines;
    } catch (IOException e) {
      stream.close();
      throw e;
    }
  }

  /** The next line, or null at the end of the input. */
  @Nullable String next() throws IOException {
    String line = readLine();
    if (line != null) {
      flights++;
    }
    return line;
  }

  /** How many lines of the input, its header not counted, are behind this place. */
  long flights() {
    return flights;
  }

  /** The place behind the line that {@link #next} returned last. */
  FlightsPosition position() {
    return new FlightsPosition(flights, bytes);
  }

  /** An error about the line that was returned last. */
  FlightFormatException error(String problem) {
    return new FlightFormatException(place() + problem);
  }

  /** The same error, saying that it is about the line that was returned last. */
  FlightFormatException error(FlightFormatException problem) {
    return new FlightFormatException(place() + problem.getMessage(), problem);
  }

  private String place() {
    return input.name() + ", line " + (flights + 1) + ": ";
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private void readHeader() throws IOException {
    String header = readLine();
    if (!FlightParser.HEADER.equals(header)) {
      throw error(
          "expected the header "
              + FlightParser.HEADER
              + (header == null ? "" : ", found " + header));
    }
  }

  private void skipTo(FlightsPosition position) throws IOException {
    int last;
    try {
      stream.skipNBytes(position.bytes() - 1);
      last = stream.read();
    } catch (EOFException e) {
      last = -1;
    }
    // The last line of the input may lack its line break.
    boolean endOfLine = last == '\n' || (last >= 0 && !fill());
    if (!endOfLine) {
      throw new FlightFormatException(
          input.name()
              + " has no line that ends at byte "
              + position.bytes()
              + ", where the snapshot wants to continue behind flight "
              + position.flights()
              + ". Continue it with the input it was taken with.");
    }
    bytes = position.bytes();
    flights = position.flights();
  }

  private @Nullable String readLine() throws IOException {
    carried.reset();
    while (true) {
      if (next == filled && !fill()) {
        return carried.size() == 0 ? null : text(carried.toByteArray(), 0, carried.size());
      }
      int start = next;
      while (next < filled && buffer[next] != '\n') {
        next++;
      }
      bytes += next - start;
      if (next < filled) {
        int end = next;
        next++;
        bytes++;
        if (carried.size() == 0) {
          return text(buffer, start, end);
        }
        carried.write(buffer, start, end - start);
        return text(carried.toByteArray(), 0, carried.size());
      }
      carried.write(buffer, start, next - start);
    }
  }

  private boolean fill() throws IOException {
    next = 0;
    filled = Math.max(0, stream.read(buffer));
    return filled > 0;
  }

  /** A line may end as Windows does. */
  private static String text(byte[] bytes, int start, int end) {
    int trimmed = end > start && bytes[end - 1] == '\r' ? end - 1 : end;
    return new String(bytes, start, trimmed - start, StandardCharsets.UTF_8);
  }
}
