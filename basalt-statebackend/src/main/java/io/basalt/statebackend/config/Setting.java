package io.basalt.statebackend.config;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * A value together with who chose it. Immutable as far as the value is.
 *
 * @param value what holds
 * @param origin who chose it
 */
public record Setting<T>(T value, Origin origin) implements Serializable {

  private static final long serialVersionUID = 1L;

  public Setting {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(origin, "origin");
  }

  /** The option's default, chosen by nobody. */
  static <T> Setting<T> byDefault(T value) {
    return new Setting<>(value, Origin.DEFAULT);
  }

  /** A value that a program set. */
  static <T> Setting<T> byProgram(T value) {
    return new Setting<>(value, Origin.PROGRAM);
  }

  /** Whether somebody chose this very value. */
  public boolean isExplicit() {
    return origin.isExplicit();
  }

  @Override
  public String toString() {
    return value + " (" + origin.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ")";
  }
}
