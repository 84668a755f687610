/**
 * The command: what a user asks for, handed to {@code run} and {@code report}.
 *
 * <p>It owns the options. It must not measure anything.
 */
@NullMarked
package io.basalt.benchmarks;

import org.jspecify.annotations.NullMarked;
