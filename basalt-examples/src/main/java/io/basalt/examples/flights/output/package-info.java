/**
 * The four files of results: their columns, their order, and how they are written exactly once.
 *
 * <p>It must not know how a row was computed.
 */
@NullMarked
package io.basalt.examples.flights.output;

import org.jspecify.annotations.NullMarked;
