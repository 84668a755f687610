/**
 * Cases in which one operation may cost a thousand times what it costs elsewhere: deleted
 * neighbours, queues of millions of timers.
 *
 * <p>It owns how each such case is made.
 *
 * <p>It must not know other parts.
 */
@NullMarked
package io.basalt.benchmarks.cliff;

import org.jspecify.annotations.NullMarked;
