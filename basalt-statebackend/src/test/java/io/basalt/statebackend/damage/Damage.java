package io.basalt.statebackend.damage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What can happen to a whole file. */
enum Damage {
  GONE,
  EMPTIED,
  HALVED,
  ONE_BYTE_SHORT;

  void inflict(Path file, byte[] whole) throws IOException {
    switch (this) {
      case GONE -> Files.delete(file);
      case EMPTIED -> Files.write(file, new byte[0]);
      case HALVED -> Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      case ONE_BYTE_SHORT -> Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    }
  }
}
