/**
 * The keyed backend itself and how it is put together from the floors below.
 *
 * <p>It owns the key context, the registration of states, timers and their namespaces, the order of
 * building, restoring and disposal.
 *
 * <p>It must not read or write a state's bytes, nor know a snapshot's format: it asks {@code
 * state}, {@code timer}, {@code snapshot} and {@code restore}.
 */
@NullMarked
package io.basalt.statebackend.backend;

import org.jspecify.annotations.NullMarked;
