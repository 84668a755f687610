/**
 * One keyed operator of a job as its backends see it, without a cluster: for every test that drives
 * whole backends through snapshots and restores.
 *
 * <p>Owns the configuration of the backends that take part, the subtasks and their environments,
 * what the JobManager does with reported snapshots, and the directories of a test, with the
 * question whether anything is left in them. Must not know which states a test uses or what they
 * hold.
 */
package io.basalt.statebackend.harness;
