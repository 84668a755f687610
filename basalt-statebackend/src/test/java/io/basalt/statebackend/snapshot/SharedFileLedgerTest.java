package io.basalt.statebackend.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.junit.jupiter.api.Test;

/** The rules of the ledger one by one; {@link SharedFileLedgerHistoryTest} plays them all. */
class SharedFileLedgerTest {

  private final SharedFileLedger ledger = new SharedFileLedger();

  @Test
  void onlyFilesOfCompletedCheckpointsAreReferredTo() {
    StreamStateHandle a = upload("a");
    take(1).uploaded(Map.of("a", a));
    assertThat(take(2).references()).isEmpty();

    ledger.completed(1);
    assertThat(take(3).references()).isEmpty(); // 2 is under way and has uploaded "a" for itself
    ledger.aborted(2);
    ledger.aborted(3);
    assertThat(take(4).references()).containsExactly(Map.entry("a", a));
  }

  @Test
  void theNewestCompletedCheckpointIsTheBaseAndLateMessagesChangeNothing() {
    StreamStateHandle a = upload("a");
    StreamStateHandle b = upload("b");
    take(1).uploaded(Map.of("a", a));
    take(2).uploaded(Map.of("b", b));
    ledger.completed(2);
    ledger.completed(1);
    ledger.aborted(1);
    ledger.subsumed(1);
    ledger.completed(7);
    assertThat(take(3).references()).containsExactly(Map.entry("b", b));
  }

  @Test
  void aCheckpointUnderWayThatUploadedAFileAnewMakesTheOldUploadUnsafe() {
    StreamStateHandle a = upload("a");
    StreamStateHandle b = upload("b");
    ledger.continues(1, Map.of("a", a, "b", b));
    // The storage declines the old upload of "b" for checkpoint 2, which may complete and subsume
    // 1.
    SharedFileLedger.Entry second = ledger.takenReferring(2, handle -> handle != b);
    assertThat(second.references()).containsOnlyKeys("a");
    StreamStateHandle newB = upload("b");
    second.uploaded(Map.of("a", a, "b", newB));

    SharedFileLedger.Entry third = take(3);
    assertThat(third.references()).containsOnlyKeys("a");
    third.uploaded(Map.of("a", a, "b", upload("b")));
    ledger.completed(2);
    // Now 3 is the one that has a "b" of its own.
    assertThat(take(4).references()).containsOnlyKeys("a");
  }

  @Test
  void nothingRestoredIsReferredToOnceAFullCheckpointWasTaken() {
    ledger.continues(1, Map.of("a", upload("a")));
    StreamStateHandle ownA = upload("a");
    ledger.takenAnew(2).uploaded(Map.of("a", ownA));
    // Flink has completed 2 and goes on incrementally, but the message is still on its way.
    assertThat(take(3).references()).isEmpty();
    ledger.aborted(3);
    ledger.completed(2);
    assertThat(take(4).references()).containsExactly(Map.entry("a", ownA));
  }

  @Test
  void aSubsumedBaseIsForgotten() {
    StreamStateHandle a = upload("a");
    ledger.continues(1, Map.of("a", a));
    ledger.subsumed(1);
    assertThat(take(2).references()).isEmpty();
  }

  @Test
  void whatFailedHereIsForgottenAndAnUnwrittenCheckpointVouchesForNothing() {
    StreamStateHandle a = upload("a");
    ledger.continues(1, Map.of("a", a));
    ledger.takenAnew(2).abandoned();
    assertThat(take(3).references()).containsOnlyKeys("a");
    ledger.completed(3);
    assertThat(take(4).references()).isEmpty();
  }

  @Test
  void anIdThatComesTwiceIsNotTrusted() {
    ledger.continues(1, Map.of("a", upload("a")));
    SharedFileLedger.Entry again = take(1);
    assertThat(again.references()).isEmpty();
    again.uploaded(Map.of());
    // The first bearer of an id cannot take the second one away.
    SharedFileLedger.Entry stale = take(2);
    StreamStateHandle b = upload("b");
    SharedFileLedger.Entry current = take(2);
    current.uploaded(Map.of("b", b));
    stale.abandoned();
    ledger.completed(2);
    assertThat(take(3).references()).containsExactly(Map.entry("b", b));
  }

  @Test
  void theStorageIsAskedAboutEveryCandidate() {
    StreamStateHandle a = upload("a");
    StreamStateHandle b = upload("b");
    ledger.continues(1, Map.of("a", a, "b", b));
    List<StreamStateHandle> declined = List.of(a);
    assertThat(ledger.takenReferring(2, handle -> !declined.contains(handle)).references())
        .containsExactly(Map.entry("b", b));
  }

  private SharedFileLedger.Entry take(long checkpointId) {
    return ledger.takenReferring(checkpointId, handle -> true);
  }

  private static StreamStateHandle upload(String name) {
    return new ByteStreamStateHandle(name, new byte[] {1});
  }
}
