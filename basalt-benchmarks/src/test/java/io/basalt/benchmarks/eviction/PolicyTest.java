package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each policy on sequences that are short enough to be worked out by hand. */
class PolicyTest {

  private final List<Integer> evicted = new ArrayList<>();

  @Test
  void fifoEvictsWhatCameFirst() {
    access(new Fifo(3, evicted::add), 1, 2, 3, 1, 4, 1, 5);
    assertThat(evicted).containsExactly(1, 2, 3);
  }

  @Test
  void lruEvictsWhatWasUsedLeastRecently() {
    access(new Lru(3, evicted::add), 1, 2, 3, 1, 4, 3, 5, 6);
    assertThat(evicted).containsExactly(2, 1, 4);
  }

  @Test
  void clockGivesASecondChanceAndNoThird() {
    // 4: the hand passes 1, evicts 2. 5: evicts 3. 6: 1 has not been used again. 7: 4, the oldest.
    access(new Clock(3, evicted::add), 1, 2, 3, 1, 4, 5, 6, 7);
    assertThat(evicted).containsExactly(2, 3, 1, 4);
  }

  @Test
  void sieveKeepsWhatWasUsedInItsPlaceAndMeetsWhatIsNewSoon() {
    // 4: the hand passes 1, evicts 2. 5: evicts 3. 6: evicts 4. 7: evicts 5, and 1 is still there.
    Sieve sieve = new Sieve(3, evicted::add);
    access(sieve, 1, 2, 3, 1, 4, 5, 6, 7);
    assertThat(evicted).containsExactly(2, 3, 4, 5);
    assertThat(sieve.contains(1)).isTrue();
  }

  @Test
  void theHandOfSieveBeginsAgainBehindTheNewest() {
    // 4: passes 1 and 2, evicts 3. 5: passes 4, which is the newest, and evicts 1 from the front.
    access(new Sieve(3, evicted::add), 1, 2, 3, 1, 2, 4, 4, 5, 6);
    assertThat(evicted).containsExactly(3, 1, 2);
  }

  @Test
  void theHandOfSieveGoesOnBehindWhatIsTakenOut() {
    Sieve sieve = new Sieve(4, evicted::add);
    // The hand passes 1, evicts 2, and stands at 3.
    access(sieve, 1, 2, 3, 4, 1, 5);
    sieve.remove(3);
    access(sieve, 6, 7);
    assertThat(evicted).containsExactly(2, 4);
  }

  @Test
  void smallMainFifoEvictsNewEntriesThatWereNotUsedTwice() {
    SmallMainFifo policy = new SmallMainFifo(10, evicted::add);
    access(policy, range(0, 10));
    // 0 is used twice and goes to the main queue; 1 is used once only.
    access(policy, 0, 0, 1);
    access(policy, range(10, 20));
    assertThat(evicted).containsExactly(boxed(range(1, 11)));
    assertThat(policy.contains(0)).isTrue();
  }

  @Test
  void smallMainFifoTakesWhatItRemembersToTheMainQueue() {
    SmallMainFifo policy = new SmallMainFifo(10, evicted::add);
    access(policy, range(0, 11));
    assertThat(evicted).containsExactly(0);
    access(policy, 0);
    evicted.clear();
    access(policy, range(20, 40));
    assertThat(evicted).doesNotContain(0);
    assertThat(policy.contains(0)).isTrue();
  }

  @Test
  void windowTinyLfuAdmitsOnlyWhatIsMoreFrequent() {
    WindowTinyLfu policy = new WindowTinyLfu(10, 0.1, evicted::add);
    for (int i = 0; i < 4; i++) {
      access(policy, range(0, 10));
    }
    assertThat(evicted).isEmpty();
    // 9 is in the window and as frequent as the others; it does not displace one of them.
    access(policy, 100, 101, 102);
    assertThat(evicted).containsExactly(9, 100, 101);
  }

  @Test
  void windowTinyLfuLetsGoWhatHasBecomeLessFrequent() {
    WindowTinyLfu policy = new WindowTinyLfu(10, 0.1, evicted::add);
    access(policy, range(0, 10));
    access(policy, 100, 100, 100, 101);
    // 9 was no better than 0; 100 is, and takes its place when 101 comes.
    assertThat(evicted).containsExactly(9, 0);
    assertThat(policy.contains(100)).isTrue();
  }

  @Test
  void tableHandEvictsNewEntriesThatWereNotUsed() {
    for (Policy policy :
        List.of(TableHand.fixed(10, evicted::add), TableHand.adaptive(10, evicted::add))) {
      evicted.clear();
      access(policy, range(0, 10));
      access(policy, range(10, 20));
      assertThat(evicted).hasSize(10);
      int[] kept = IntStream.range(0, 20).filter(policy::contains).toArray();
      access(policy, kept);
      access(policy, kept);
      evicted.clear();
      access(policy, range(100, 110));
      // All that were there have been used, so the new ones go, but for what is on probation.
      assertThat(IntStream.of(kept).filter(policy::contains).count()).isGreaterThanOrEqualTo(5);
      assertThat(evicted).hasSize(10);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ADAPTIVE_TABLE_HAND", "TIER_ORDER"})
  void whatAdaptsGivesNewEntriesMoreRoomWhenTheyComeAgainTooLate(PolicyKind kind) {
    int capacity = 100;
    Policy fixed = TableHand.fixed(capacity, key -> {});
    Policy adaptive = kind.make(capacity, key -> {});
    // Most keys come twice, with forty others of their kind between, and ten come all the time.
    int fixedHits = 0;
    int adaptiveHits = 0;
    for (int step = 0; step < 20_000; step++) {
      for (int key : new int[] {1_040 + step, 1_000 + step, step % 10}) {
        fixedHits += fixed.access(key) ? 1 : 0;
        adaptiveHits += adaptive.access(key) ? 1 : 0;
      }
    }
    assertThat(adaptiveHits).isGreaterThan(fixedHits + 10_000);
  }

  @Test
  void adaptiveSmallMainFifoEvictsNewEntriesThatWereNotUsed() {
    AdaptiveSmallMainFifo policy = new AdaptiveSmallMainFifo(10, evicted::add);
    access(policy, range(0, 10));
    access(policy, 0, 0, 0, 0, 0, 2);
    access(policy, range(10, 15));
    // 0 and 2 go on to the main queue, which is not looked at: the others are too many.
    assertThat(evicted).containsExactly(1, 3, 4, 5, 6);
    access(policy, 3);
    // What comes again goes to the main queue at once.
    assertThat(evicted).containsExactly(1, 3, 4, 5, 6, 7);
    access(policy, range(20, 26));
    assertThat(evicted).containsExactly(1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    assertThat(IntStream.of(0, 2, 3).allMatch(policy::contains)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(PolicyKind.class)
  void whatIsTakenOutMakesRoomAndIsNotEvicted(PolicyKind kind) {
    Policy policy = kind.make(3, evicted::add);
    access(policy, 1, 2, 3);
    policy.remove(2);
    policy.remove(7);
    assertThat(policy.size()).isEqualTo(2);
    assertThat(policy.access(2)).isFalse();
    assertThat(policy.access(2)).isTrue();
    assertThat(evicted).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(PolicyKind.class)
  void aCacheOfNothingIsRefused(PolicyKind kind) {
    assertThatThrownBy(() -> kind.make(0, key -> {})).hasMessageContaining("0 entries");
  }

  private static void access(Policy policy, int... keys) {
    for (int key : keys) {
      policy.access(key);
    }
  }

  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static Integer[] boxed(int[] keys) {
    return IntStream.of(keys).boxed().toArray(Integer[]::new);
  }
}
