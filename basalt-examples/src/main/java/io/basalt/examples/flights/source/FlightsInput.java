package io.basalt.examples.flights.source;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Where the flights are read from: the file that comes with the example or one of the user's, plain
 * or packed with xz. Travels with the job, so it holds names and opens nothing before it is asked.
 */
public final class FlightsInput implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Three million flights, from the module's own resources: found wherever its classes are. */
  private static final String BUNDLED = "us-flights-2001h1.csv.xz";

  private final @Nullable String path;

  private FlightsInput(@Nullable String path) {
    this.path = path;
  }

  /** The flights that come with the example. */
  public static FlightsInput bundled() {
    return new FlightsInput(null);
  }

  /** A file of the user's; packed if its name ends with {@code .xz}. */
  public static FlightsInput at(Path file) {
    return new FlightsInput(file.toAbsolutePath().toString());
  }

  /**
   * Opens the input, unpacked, at its first byte. The caller closes the stream.
   *
   * @throws IOException if it is missing, unreadable, or not the xz file its name promises
   */
  public InputStream open() throws IOException {
    InputStream stored = path == null ? openBundled() : Files.newInputStream(Path.of(path));
    if (!name().endsWith(".xz")) {
      return stored;
    }
    try {
      return new XZInputStream(new BufferedInputStream(stored));
    } catch (IOException e) {
      stored.close();
      throw new IOException("Cannot unpack " + name() + " as an xz file.", e);
    }
  }

  /**
   * Counts the flights by reading through the input once, which takes about a second for the
   * bundled file and finds a file that is no input before a cluster is started for it.
   *
   * @param limit where to stop counting
   * @throws IOException if the input cannot be read or does not start with the right header
   */
  public long countFlights(long limit) throws IOException {
    try (FlightLines lines = FlightLines.open(this, FlightsPosition.START)) {
      while (lines.flights() < limit && lines.next() != null) {
        // Counting is all there is to do.
      }
      return lines.flights();
    }
  }

  /** The input's name for messages: its path, or that of the bundled file. */
  public String name() {
    return path == null ? BUNDLED : path;
  }

  @Override
  public String toString() {
    return name();
  }

  private static InputStream openBundled() throws IOException {
    InputStream resource = FlightsInput.class.getResourceAsStream(BUNDLED);
    if (resource == null) {
      throw new FileNotFoundException(
          "The file " + BUNDLED + " is missing beside the class " + FlightsInput.class.getName());
    }
    return resource;
  }
}
