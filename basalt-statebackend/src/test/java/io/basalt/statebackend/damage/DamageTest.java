package io.basalt.statebackend.damage;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.damage.SnapshotFile.Content;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged snapshots are refused, or fail the first read that meets the damage.
 *
 * <p>{@code -Dbasalt.damage.flips=N} flips N bits of each file and what lies at the edges of blocks
 * instead of a few, {@code all} one of every byte; with it, stock meets every damage that Basalt
 * meets, and the tally of docs/reliability.md is printed.
 */
class DamageTest {

  private static final String FLIPS_PROPERTY = "basalt.damage.flips";
  private static final String FLIPS = System.getProperty(FLIPS_PROPERTY, "6");
  private static final String ADVICE = "another checkpoint or savepoint";

  /** The long run, which has the time to look what stock does each time. */
  private static final List<Participant> READERS =
      System.getProperty(FLIPS_PROPERTY) == null ? List.of(BASALT) : List.of(BASALT, STOCK);

  @RegisterExtension final Workspace workspace = new Workspace();

  static Stream<Arguments> snapshots() {
    return Stream.of(Sample.values())
        .flatMap(sample -> Stream.of(BASALT, STOCK).map(writer -> Arguments.of(sample, writer)));
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void everyFileThatIsGoneOrCutIsRefused(Sample sample, Participant writer) throws Exception {
    Snapshot<Map<String, String>> snapshot = take(sample, writer);
    Tally tally = new Tally();
    for (SnapshotFile file : SnapshotFile.of(snapshot)) {
      byte[] whole = Files.readAllBytes(file.path());
      for (Damage damage : Damage.values()) {
        damage.inflict(file.path(), whole);
        for (Participant reader : READERS) {
          if (sample.isCanonical() && reader.equals(STOCK)) {
            // It refuses, and leaves the stream open, which the census of the test would count.
            continue;
          }
          DamagedRestore restore = attempt(reader, snapshot, sample);
          tally.count(damage + " by " + reader.type(), restore.outcome());
          if (reader.equals(BASALT)) {
            assertThat(restore.outcome()).as("%s %s", damage, file).isEqualTo(Outcome.REFUSED);
            assertThat(restore.messages())
                .as("%s %s", damage, file)
                .contains("keyed state of operator operator")
                .contains(file.path().toString())
                .contains(ADVICE);
          }
        }
      }
      Files.write(file.path(), whole);
    }
    print(sample, writer, tally);
    assertUnharmed(snapshot, sample);
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void aFlippedBitIsNeverReadAsDataWhereThereIsAChecksum(Sample sample, Participant writer)
      throws Exception {
    Snapshot<Map<String, String>> snapshot = take(sample, writer);
    Random random = new Random(workspace.seed());
    Tally tally = new Tally();
    for (SnapshotFile file : SnapshotFile.of(snapshot)) {
      byte[] whole = Files.readAllBytes(file.path());
      for (FlippedBit flip : flips(whole, random)) {
        Files.write(file.path(), flip.in(whole));
        for (Participant reader : READERS) {
          DamagedRestore restore = attempt(reader, snapshot, sample);
          tally.count(file.content() + " by " + reader.type(), restore.outcome());
          if (reader.equals(BASALT)) {
            assertNoticed(restore, sample, file, flip, whole);
          }
        }
      }
      Files.write(file.path(), whole);
    }
    print(sample, writer, tally);
    assertUnharmed(snapshot, sample);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*CANONICAL.*")
  void theFilesOfADatabaseCanBeVerifiedBeforeTheJobStarts(Sample sample) throws Exception {
    Snapshot<Map<String, String>> snapshot = take(sample, BASALT);
    Participant verifying = BASALT.withSettings(Map.of(BasaltOptions.RESTORE_VERIFY.key(), "true"));
    Random random = new Random(workspace.seed());
    Tally tally = new Tally();
    for (SnapshotFile file : SnapshotFile.of(snapshot)) {
      if (file.content() != Content.TABLE) {
        continue;
      }
      byte[] whole = Files.readAllBytes(file.path());
      for (FlippedBit flip : flips(whole, random)) {
        if (flip.isInUnguardedEndOfTable(whole)) {
          continue;
        }
        Files.write(file.path(), flip.in(whole));
        DamagedRestore restore = attempt(verifying, snapshot, sample);
        tally.count("verified", restore.outcome());
        assertThat(restore.outcome()).as("%s %s", file, flip).isEqualTo(Outcome.REFUSED);
        assertThat(restore.messages()).as("%s %s", file, flip).contains(".sst").contains(ADVICE);
      }
      Files.write(file.path(), whole);
    }
    print(sample, BASALT, tally);
    assertThat(attempt(verifying, snapshot, sample).outcome()).isEqualTo(Outcome.UNHARMED);
  }

  private static void assertNoticed(
      DamagedRestore restore, Sample sample, SnapshotFile file, FlippedBit flip, byte[] whole) {
    // What a serializer says of bytes that nothing guards is its own.
    boolean ofSerializer =
        (restore.outcome() == Outcome.FAILED_READ && !sample.isGuarded())
            || restore.messages().contains("StateMigrationException");
    if (restore.failure() != null && !ofSerializer) {
      assertThat(restore.messages()).as("%s %s", file, flip).contains(ADVICE);
    }
    switch (file.content()) {
      case MANIFEST, CURRENT ->
          assertThat(restore.outcome()).as("%s %s", file, flip).isEqualTo(Outcome.REFUSED);
      case TABLE -> {
        if (flip.isInFilterOfTable(whole)) {
          assertThat(restore.outcome())
              .as("%s %s", file, flip)
              .isIn(Outcome.REFUSED, Outcome.UNHARMED);
        } else if (flip.isInUnguardedEndOfTable(whole)
            || sample == Sample.CHECKPOINT_AFTER_RESCALE) {
          // After a rescale a block may hold nothing but deleted keys of others: nobody reads it.
          assertThat(restore.outcome()).as("%s %s", file, flip).isNotEqualTo(Outcome.WRONG);
        } else {
          assertThat(restore.outcome())
              .as("%s %s", file, flip)
              .isIn(Outcome.REFUSED, Outcome.FAILED_READ);
        }
      }
      // RocksDB writes its options for people to read.
      case OPTIONS ->
          assertThat(restore.outcome()).as("%s %s", file, flip).isEqualTo(Outcome.UNHARMED);
      // Flink's format has no checksum there; a byte that is read at all is one that must fit.
      case STATE_META_DATA ->
          assertThat(restore.outcome()).as("%s %s", file, flip).isNotEqualTo(Outcome.WRONG);
      case CANONICAL_STREAM -> {
        if (sample.isGuarded()) {
          assertThat(restore.outcome()).as("%s %s", file, flip).isNotEqualTo(Outcome.WRONG);
        }
      }
    }
  }

  private static List<FlippedBit> flips(byte[] whole, Random random) {
    return FLIPS.equals("all")
        ? FlippedBit.everywhere(whole, random)
        : FlippedBit.some(whole, Integer.parseInt(FLIPS), random);
  }

  private Snapshot<Map<String, String>> take(Sample sample, Participant writer) throws Exception {
    Snapshot<Map<String, String>> snapshot =
        new DamagedJob(workspace.seed()).take(workspace, writer, sample);
    assertUnharmed(snapshot, sample);
    return snapshot;
  }

  private void assertUnharmed(Snapshot<Map<String, String>> snapshot, Sample sample)
      throws Exception {
    assertThat(attempt(BASALT, snapshot, sample).outcome()).isEqualTo(Outcome.UNHARMED);
  }

  private DamagedRestore attempt(
      Participant reader, Snapshot<Map<String, String>> snapshot, Sample sample) throws Exception {
    return DamagedRestore.attempt(reader, snapshot, sample.parallelism(), workspace.seed());
  }

  private static void print(Sample sample, Participant writer, Tally tally) {
    if (READERS.size() > 1) {
      System.out.println(sample + " written by " + writer + "\n" + tally.toString().indent(2));
    }
  }
}
