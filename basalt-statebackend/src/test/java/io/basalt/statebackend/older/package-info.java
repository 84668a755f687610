/**
 * Snapshots that older versions of Flink have written, in {@code src/test/resources/older-flink}.
 *
 * <p>Owns the job that wrote them: what is compiled against the old versions, too, says so, keeps
 * to what all of them have, and to Java 8 ({@code src/test/older-flink}). Must not know more of the
 * archives than their names say.
 */
package io.basalt.statebackend.older;
