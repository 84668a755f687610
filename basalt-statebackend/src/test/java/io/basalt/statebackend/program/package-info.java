/**
 * Random programs: long seeded sequences of everything a job may do to its keyed state, compared
 * step by step with a plain model.
 *
 * <p>A {@link io.basalt.statebackend.program.Program} is a definition (serializers, states, who
 * takes part) and a list of steps, both made from a seed. Every step carries its own seed and finds
 * something to do in whatever situation it meets, so that steps can be left out: a program that
 * fails is shortened to the shortest history that still fails. {@link
 * io.basalt.statebackend.program.Execution} runs one; {@link
 * io.basalt.statebackend.program.Coverage} counts what a run of programs has exercised.
 *
 * <p>The model knows serialized bytes and times, no RocksDB and none of Basalt's classes.
 */
package io.basalt.statebackend.program;
