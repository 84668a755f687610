/**
 * The registered states of one backend.
 *
 * <p>It owns for each state its name, meta info, table and order, also for those restored but not
 * yet claimed; and says in words how a state was written.
 *
 * <p>It must not read or write values.
 */
@NullMarked
package io.basalt.statebackend.catalog;

import org.jspecify.annotations.NullMarked;
