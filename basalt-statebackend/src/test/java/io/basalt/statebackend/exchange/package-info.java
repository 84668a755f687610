/**
 * What one backend wrote, another goes on from: Basalt, stock ({@code EmbeddedRocksDBStateBackend})
 * and the heap ({@code HashMapStateBackend}) hand jobs to each other through every kind of snapshot
 * they share.
 *
 * <p>It owns the proof of docs/compatibility.md: every row of its tables names a test here. A
 * {@code Job} plays the part of a job's keyed operator together with the JobManager's bookkeeping
 * of checkpoints, built from Flink's own classes; a {@code StateProgram} changes all kinds of state
 * at random and knows what must be found afterwards.
 *
 * <p>It must not know Basalt's parts: a backend is chosen by configuration, as a job chooses it.
 */
package io.basalt.statebackend.exchange;
