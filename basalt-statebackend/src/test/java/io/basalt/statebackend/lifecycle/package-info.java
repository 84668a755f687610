/**
 * Every way in which a keyed backend, one of its snapshots or a restore begins, ends, fails and is
 * cancelled, step by step, and what must be left afterwards: nothing.
 *
 * <p>Owns the interruptions: storage, options factories and serializers that do something at the
 * n-th step. Must not look into backends: they are made, used and ended through Flink's interfaces,
 * and what they leave is counted by {@code harness}.
 */
package io.basalt.statebackend.lifecycle;
