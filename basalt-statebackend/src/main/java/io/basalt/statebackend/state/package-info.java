/**
 * Keyed state over tables: the five kinds of state, streams of keys, visitors of entries and the
 * filters of serialized values for snapshots.
 *
 * <p>Two layers. <i>Operations</i> ({@code ValueOperations}, {@code ListOperations}, {@code
 * MapOperations}, {@code AccumulatingOperations}) do the work on one table and take key, key group
 * and namespace with every call; they know nothing of a current key. <i>Façades</i> implement
 * Flink's internal state interfaces over them and add what Flink keeps outside the call: the
 * current key, the current namespace, the default value. A record's way is façade, operations,
 * tier; if the tier does not know, layout and table; and nothing else.
 *
 * <p>{@code HotStates} joins the tier of live entries to the tables: {@code HotValues}, {@code
 * HotEntries}, {@code HotMapKeys}, {@code SmallMaps} (of numbers) and {@code HotLists} say what is
 * kept there of each kind of state and how it is written; {@code StoredForm} which values are kept
 * as objects. Timers, which are keys alone, get their part of the tier from it, too.
 *
 * <p>Owns the created state objects and the tier. Must not know files, snapshot formats or RocksDB,
 * must not keep a cursor open behind the caller's back (key streams excepted, which say so), and
 * must not read the current key below the façades.
 */
@NullMarked
package io.basalt.statebackend.state;

import org.jspecify.annotations.NullMarked;
