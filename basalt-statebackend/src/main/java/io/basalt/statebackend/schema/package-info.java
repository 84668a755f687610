/**
 * What happens when a state's serializer has changed.
 *
 * <p>It owns the decision (as is, reconfigured, migrated, incompatible) and the migration of
 * values.
 *
 * <p>It must not be on the path of a record: it works once, when a state is registered.
 */
@NullMarked
package io.basalt.statebackend.schema;

import org.jspecify.annotations.NullMarked;
