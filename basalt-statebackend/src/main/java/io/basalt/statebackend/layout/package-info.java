/**
 * Bytes: the key-group prefix, composite keys, values of lists and maps and of what expires, and
 * which types are the same as their bytes.
 *
 * <p>It owns every byte that reaches a table, drawn in comments where it is defined.
 *
 * <p>It must not know RocksDB: it turns objects into bytes and back, and no more.
 */
@NullMarked
package io.basalt.statebackend.layout;

import org.jspecify.annotations.NullMarked;
