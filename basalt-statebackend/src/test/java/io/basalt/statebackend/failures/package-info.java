/**
 * Checkpoint storage that refuses, stalls, hangs or breaks off, at every byte of every file that
 * matters, up and down.
 *
 * <p>Owns a file system with faults, found by Flink as any other is. Must not look into backends:
 * they are used through Flink's interfaces, stock beside Basalt.
 */
package io.basalt.statebackend.failures;
