package io.basalt.statebackend.state;

import org.jspecify.annotations.Nullable;

/** The bytes of an entry's key, of that by which the tier has the entry. */
@FunctionalInterface
interface KeyBytes {

  /** Nobody changes the array. */
  byte[] of(Object key, @Nullable Object namespace, int keyGroup);
}
