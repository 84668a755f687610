package io.basalt.statebackend.program;

/** Thrown by functions of a program's own, as users' functions throw. */
final class UserFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UserFailure() {
    super("A function of the user has failed.");
  }
}
