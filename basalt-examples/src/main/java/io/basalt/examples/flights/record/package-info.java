/**
 * What flows through the job and what it keeps: immutable values and the arithmetic on them.
 *
 * <p>Every type here is a Java record that Flink's POJO serializer handles, so that state can be
 * read and migrated field by field; no type may fall back to Kryo (the job's configuration forbids
 * it). Nothing here knows streams, state or files.
 */
@NullMarked
package io.basalt.examples.flights.record;

import org.jspecify.annotations.NullMarked;
