package io.basalt.statebackend.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;

/** Makes manifests as long as those of databases that have been open for weeks. */
public final class HarmlessChanges {

  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int CHANGES_OF_A_BLOCK = 16;

  private HarmlessChanges() {}

  /** Appends blocks of changes that change nothing, also for whoever does not know them. */
  public static void append(Path manifest, int blocks) throws IOException {
    int rest = BLOCK_BYTES - (int) (Files.size(manifest) % BLOCK_BYTES);
    byte[] block =
        Manifest.of(
            Collections.nCopies(CHANGES_OF_A_BLOCK, change(BLOCK_BYTES / CHANGES_OF_A_BLOCK)));
    try (OutputStream output = Files.newOutputStream(manifest, StandardOpenOption.APPEND)) {
      output.write(Manifest.of(List.of(change(rest))));
      for (int i = 0; i < blocks; i++) {
        output.write(block);
      }
    }
  }

  /** A change that is that long with the header of its record. */
  private static byte[] change(int bytes) {
    int length = bytes - HEADER_BYTES;
    int content = length;
    byte[] change;
    do {
      change =
          new ManifestOutput()
              .number(ManifestTags.IGNORABLE + 100)
              .array(new byte[--content])
              .toByteArray();
    } while (change.length > length);
    if (change.length < length) {
      throw new IllegalStateException("There is no change of " + length + " bytes.");
    }
    return change;
  }
}
