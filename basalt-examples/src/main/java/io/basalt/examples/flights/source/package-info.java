/**
 * The flights as a Flink source (FLIP-27), resumable at any line.
 *
 * <p>Owns the input file, its format, its order and its watermarks, and the task failures that the
 * example injects into its own reading. It must not know what is computed from the flights.
 */
@NullMarked
package io.basalt.examples.flights.source;

import org.jspecify.annotations.NullMarked;
