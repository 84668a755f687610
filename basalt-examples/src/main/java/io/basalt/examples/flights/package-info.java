/**
 * A real job on real data, on Basalt or on Flink's own backends: three million flights, four files
 * of results, two failures on the way.
 *
 * <p>This package owns the command lines and the embedded cluster; {@link
 * io.basalt.examples.flights.FlightsPipeline} says how the job is put together, {@link
 * io.basalt.examples.flights.FlightsSubmission} submits it to another cluster. What is computed is
 * in {@code functions} and {@code record}, where flights come from in {@code source}, where rows go
 * in {@code output}, what is shown meanwhile in {@code progress}.
 *
 * <p>It must not reach into Basalt: the backend is chosen by name, as any job chooses it.
 */
@NullMarked
package io.basalt.examples.flights;

import org.jspecify.annotations.NullMarked;
