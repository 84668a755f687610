/**
 * Flink's own published suites for state backends, from {@code flink-runtime}'s test jar, run
 * against Basalt and against stock.
 *
 * <p>Owns the subclasses that bind those suites to a backend, and what compares Basalt with stock
 * byte by byte. It must not reach into Basalt's packages: the backend is chosen by name, as a job
 * chooses it, so the same suites run on both.
 */
package io.basalt.statebackend.flink;
