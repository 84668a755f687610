/**
 * One keyed operator of a job as its backends see it, without a cluster: for every test that drives
 * whole backends through snapshots and restores.
 *
 * <p>Owns the configuration of the backends that take part, the subtasks and their environments,
 * what the JobManager does with reported snapshots, and the directories of a test, with the
 * question whether anything is left in them. For jobs on a cluster of this process it has a source
 * that is told what to emit ({@code Feed}) and a place for what was seen ({@code Observations}).
 * Must not know which states a test uses or what they hold.
 */
package io.basalt.statebackend.harness;
