package io.basalt.statebackend.faults;

import java.util.List;

/** Registration and migration. */
final class SchemaFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "migrated-without-flag",
              "The values of a map are unreadable after a migration",
              "schema/EntryMigration.java",
              "to.writeByte(flag); value.migrate(from, to);",
              "value.migrate(from, to);",
              "schema.MigrationTest#mapsAreMigratedValueByValueAndNullStaysNull"),
          new Fault(
              "migrated-without-delimiter",
              "The elements of a list are unreadable after a migration, from the second on",
              "schema/EntryMigration.java",
              "to.writeByte(from.readByte());",
              "from.readByte();",
              "schema.MigrationTest#listsAreMigratedElementByElement"),
          new Fault(
              "last-key-group-not-migrated",
              "Of 128 key groups the last one is unreadable after a migration",
              "schema/TableMigration.java",
              "new byte[] {(byte) 0x80}",
              "new byte[] {(byte) 0x7F}",
              "schema.MigrationTest#keysOfTheFirstAndTheLastKeyGroupAreMigratedToo"),
          new Fault(
              "namespace-to-migrate-accepted",
              "A state with another namespace serializer seems to be empty",
              "schema/StateRegistration.java",
              "compatibility.isCompatibleAfterMigration() || compatibility.isIncompatible()",
              "compatibility.isIncompatible()",
              "schema.StateRegistrationTest#namespacesAreNotMigrated"));

  private SchemaFaults() {}
}
