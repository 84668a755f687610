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
              "schema/KeyGroups.java",
              "groups * (part + 1) / count",
              "(groups - 1) * (part + 1) / count",
              "schema.MigrationTest#keysOfTheFirstAndTheLastKeyGroupAreMigratedToo"),
          new Fault(
              "migrated-into-the-void",
              "A table is empty after its migration",
              "store/TableRewrite.java",
              "opened.rocks().ingestExternalFile(columnFamily, files, moving);",
              "if (moving == null) { throw new RocksDBException(\"\"); }",
              "schema.ParallelMigrationTest#everyEntryStandsInSortedFilesOfTheLastLevel"),
          new Fault(
              "migrated-under-a-savepoint",
              "A savepoint that is being written loses a state that is migrated meanwhile",
              "store/Database.java",
              "return isRead() ? null :",
              "return",
              "schema.ParallelMigrationTest#aViewOfBeforeGoesOnSeeingTheOldEntries"),
          new Fault(
              "namespace-to-migrate-accepted",
              "A state with another namespace serializer seems to be empty",
              "schema/StateRegistration.java",
              "compatibility.isCompatibleAfterMigration() || compatibility.isIncompatible()",
              "compatibility.isIncompatible()",
              "schema.StateRegistrationTest#namespacesAreNotMigrated"),
          new Fault(
              "starts-expired",
              "Values are gone from the version of the job on that lets them expire",
              "schema/EntryMigration.java",
              "new OfValues(ValueMigration.between(from, to, clock))",
              "new OfValues(ValueMigration.between(from, to,"
                  + " new java.util.concurrent.atomic.AtomicLong()::get))",
              "peer.ExpirySwitchedTest#betweenRuns"),
          new Fault(
              "refusal-leaves-a-trace",
              "A state that was registered with a wrong serializer takes no right one any more",
              "catalog/RegisteredState.java",
              "restored == null ? metaInfo : RegisteredStateMetaInfoBase.fromMetaInfoSnapshot(restored)",
              "metaInfo",
              "evolution.IncompatibleSchemaTest#afterARefusalEverythingIsAsItWasRestored"));

  private SchemaFaults() {}
}
