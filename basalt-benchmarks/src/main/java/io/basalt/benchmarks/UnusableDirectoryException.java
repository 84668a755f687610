package io.basalt.benchmarks;

/** The directory for temporary files cannot be used; the message is for who chose it. */
final class UnusableDirectoryException extends Exception {

  UnusableDirectoryException(String message) {
    super(message);
  }
}
