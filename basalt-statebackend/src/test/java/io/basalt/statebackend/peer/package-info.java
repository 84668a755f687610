/**
 * Basalt beside stock ({@code EmbeddedRocksDBStateBackend}): the same calls made on both through
 * Flink's interfaces, the same outcome expected, result or exception.
 *
 * <p>It owns the proof that "exactly as stock" holds in the corners: nulls, defaults, iterations,
 * keys of every serializer, expiry, registration. A {@code Script} makes the calls and a {@code
 * Transcript} notes what came of each; stock's transcript is what Basalt's must equal. Where stock
 * is wrong and Basalt means to differ, {@code DeliberateDifferencesTest} says so, and shows both.
 *
 * <p>It must not know Basalt's parts: a backend is chosen by configuration, as a job chooses it.
 */
package io.basalt.statebackend.peer;
