/**
 * Flink's configuration, read once into immutable settings, each with its origin.
 *
 * <p>It owns the meaning and the check of every option; RocksDB's enums stay names here, for this
 * is loaded where there is no native library.
 *
 * <p>It must not depend on {@code org.rocksdb}, nor be read on the path of a record.
 */
@NullMarked
package io.basalt.statebackend.config;

import org.jspecify.annotations.NullMarked;
