/**
 * Serializers that change between a snapshot and its restore, as a job's next version brings them:
 * classes with other fields, other Avro schemas, other registrations, other versions of a
 * serializer of the user's own.
 *
 * <p>It owns the proof, for each kind of state and each kind of snapshot of Basalt's and of
 * stock's, of which changes are taken, which are refused and how, and that states nobody registers
 * stay as they are meanwhile. {@code Evolutions} has the changes, {@code KeptStates} the states and
 * what they must hold.
 *
 * <p>It must not know Basalt's parts: a backend is chosen by configuration, as a job chooses it.
 */
package io.basalt.statebackend.evolution;
