package io.basalt.examples.flights.source;

/**
 * A place between two lines of the input.
 *
 * @param flights how many flights were read before it
 * @param bytes how many bytes of the unpacked input, its header included, were read before it; zero
 *     means that nothing was read yet, not even the header
 */
record FlightsPosition(long flights, long bytes) {

  static final FlightsPosition START = new FlightsPosition(0, 0);
}
