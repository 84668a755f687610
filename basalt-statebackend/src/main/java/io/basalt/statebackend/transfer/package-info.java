/**
 * Moving files up to checkpoint storage and down from it.
 *
 * <p>It owns parallel, cancellable and counted copies, and every thread that may block in storage;
 * what is half written is deleted by whoever wrote it.
 *
 * <p>It must not know what the files mean.
 */
@NullMarked
package io.basalt.statebackend.transfer;

import org.jspecify.annotations.NullMarked;
