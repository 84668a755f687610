package io.basalt.statebackend.schema;

import java.io.IOException;

/** An entry that could not be migrated; the message says of which key group. */
final class EntryMigrationException extends IOException {

  private static final long serialVersionUID = 1L;

  EntryMigrationException(int keyGroup, Throwable cause) {
    super("of key group " + keyGroup + " (" + cause + ")", cause);
  }
}
