/**
 * The ways back from every kind of state handle.
 *
 * <p>It owns the plan, a pure function of handles and key-group range, and its execution.
 *
 * <p>It must not snapshot anything.
 */
@NullMarked
package io.basalt.statebackend.restore;

import org.jspecify.annotations.NullMarked;
