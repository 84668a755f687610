package io.basalt.statebackend.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In what order a backend gives back what it has. */
class BackendResourcesTest {

  @TempDir Path temporary;

  /** Such as a merge of small files, which holds a lease for as long as it takes. */
  @Test
  void aReaderOfOursIsEndedBeforeReadersAreWaitedFor() throws IOException {
    NativeLibrary.load(temporary);
    Path directory = Files.createDirectory(temporary.resolve("instance"));
    Path files = directory.resolve("db");
    BackendResources resources = new BackendResources();
    resources.ownDirectory(directory);
    Database database =
        resources.ownDatabase(
            Database.create(
                files,
                new DatabaseSpecification(
                    DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L)));
    Lease merging = database.lease();
    resources.ownReader(merging);

    resources.closeUnderReaders();

    assertThat(database.leases()).isZero();
    assertThat(directory).doesNotExist();
  }
}
