/**
 * The operations of Flink's state interfaces, one by one, by JMH.
 *
 * <p>It owns the JMH benchmarks and how they are run inside a measured process.
 *
 * <p>It must not check more of what it reads than that it is there: the tests of the backend do.
 */
@NullMarked
package io.basalt.benchmarks.operations;

import org.jspecify.annotations.NullMarked;
