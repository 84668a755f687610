/**
 * What is known of a run while it runs and after it, and how it is shown.
 *
 * <p>Owns the counters that outlive a task's recovery and the words on the screen. It must not
 * influence what the job computes.
 */
@NullMarked
package io.basalt.examples.flights.progress;

import org.jspecify.annotations.NullMarked;
