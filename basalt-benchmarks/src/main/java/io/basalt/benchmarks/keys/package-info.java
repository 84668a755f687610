/**
 * The distributions of keys that the parts use.
 *
 * <p>It must not know what is done with a key.
 */
@NullMarked
package io.basalt.benchmarks.keys;

import org.jspecify.annotations.NullMarked;
