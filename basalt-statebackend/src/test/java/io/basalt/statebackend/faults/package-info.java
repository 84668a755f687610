/**
 * Planted faults: the proof that the other tests would notice. Each fault is one small mistake in
 * one file of the production code, made in a copy that is compiled and put in the place of the real
 * class in another JVM, where tests are run until one fails. Production code knows nothing of it.
 *
 * <p>{@code PlantedFaultsTest} shows for each fault that the test named with it fails. With {@code
 * -Dbasalt.faults=all} it runs every suite against every fault instead, and writes the table of
 * docs/reliability.md.
 *
 * <p>A fault that no test notices is a gap: the test that is missing belongs into the package of
 * what it tests. It must not be closed here, by a test that only a planted fault needs.
 */
package io.basalt.statebackend.faults;
