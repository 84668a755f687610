package io.basalt.statebackend.hot;

/** A value that says how large it is, and is changed in place where the tier allows it. */
final class ChangeableValue {

  private final int bytes;
  private int number;

  ChangeableValue(int number, int bytes) {
    this.number = number;
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  void change(int newNumber) {
    number = newNumber;
  }

  /** As it is now: what is written below, and what a model has. */
  ChangeableValue copy() {
    return new ChangeableValue(number, bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChangeableValue value && number == value.number && bytes == value.bytes;
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public String toString() {
    return number + " of " + bytes + " bytes";
  }
}
