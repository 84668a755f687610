/**
 * Registration of states and what it may entail: the check that a restored state can be read by the
 * serializers the job brings now, and the migration of its entries where it cannot.
 *
 * <p>Runs on the task thread when a state is created, never on the way of a record. Owns no state
 * of its own: what it decides is in the catalog afterwards. Must not create state objects.
 */
@NullMarked
package io.basalt.statebackend.schema;

import org.jspecify.annotations.NullMarked;
