package io.basalt.statebackend.program;

/** A program that found something that is not as the model says. */
final class ProgramFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Program program;

  ProgramFailure(Program program, Definition definition, Journal journal, Throwable cause) {
    super(
        "Program of seed "
            + program.seed()
            + ", "
            + program.steps().size()
            + " steps:\n"
            + definition
            + "\n"
            + journal
            + "\nand then: "
            + cause,
        cause);
    this.program = program;
  }

  Program program() {
    return program;
  }

  /** Whether the other one has probably the same reason. */
  boolean isLike(ProgramFailure other) {
    return getCause().getClass() == other.getCause().getClass()
        && firstFrame(getCause()).equals(firstFrame(other.getCause()));
  }

  /** Where in the backend, or else in the programs, it happened. */
  private static String firstFrame(Throwable failure) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (frame.getClassName().startsWith("io.basalt")) {
        return frame.getClassName() + frame.getMethodName();
      }
    }
    return "";
  }
}
