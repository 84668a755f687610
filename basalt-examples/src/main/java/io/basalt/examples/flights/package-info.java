/**
 * A real job on real data: three million flights, through every kind of state and timer.
 *
 * <p>It owns the command line, the job, its functions and what it shows while it runs.
 *
 * <p>It must not reach into Basalt: the backend is chosen by name, as any job chooses it.
 */
@NullMarked
package io.basalt.examples.flights;

import org.jspecify.annotations.NullMarked;
