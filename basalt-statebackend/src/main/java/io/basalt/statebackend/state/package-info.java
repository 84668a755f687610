/**
 * The five kinds of state over a table: value, list, map, reducing, aggregating.
 *
 * <p>It owns what each operation means. Operations take key, key group and namespace explicitly;
 * façades give them Flink's {@code Internal*State} interfaces.
 *
 * <p>It must not know files, snapshot formats or RocksDB.
 */
@NullMarked
package io.basalt.statebackend.state;

import org.jspecify.annotations.NullMarked;
