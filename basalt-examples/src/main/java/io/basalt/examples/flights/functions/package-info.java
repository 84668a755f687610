/**
 * What the job computes: one function for each result, each with the kind of keyed state that suits
 * it.
 *
 * <p>A function owns its state's names and emits finished rows; it must not know where flights come
 * from or rows go to. Names of states are part of every snapshot: whoever changes one loses what
 * older snapshots kept under it.
 */
@NullMarked
package io.basalt.examples.flights.functions;

import org.jspecify.annotations.NullMarked;
