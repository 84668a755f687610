package io.basalt.statebackend.faults;

/**
 * What a test says of a fault.
 *
 * @param with the verdict with the fault in its place
 * @param without the verdict of what failed, or of the whole test, on the same file compiled in the
 *     same way
 */
record Trial(Verdict with, Verdict without) {}
