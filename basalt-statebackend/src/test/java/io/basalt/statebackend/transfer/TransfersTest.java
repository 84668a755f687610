package io.basalt.statebackend.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.transfer.Transfers.Transfer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.CloseableRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TransfersTest {

  private final CloseableRegistry cancellation = new CloseableRegistry();

  /** As many meet at a barrier as there are threads, again and again, and never one more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void exactlyAsManyRunAtOnceAsAreAllowed(int threads) throws Exception {
    CyclicBarrier together = new CyclicBarrier(threads);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Transfer<Integer>> copies = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 4 * threads; i++) {
      int number = i;
      expected.add(number);
      copies.add(
          registry -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            together.await();
            running.decrementAndGet();
            return number;
          });
    }
    assertThat(new Transfers(threads).run(copies, cancellation)).isEqualTo(expected);
    assertThat(most).hasValue(threads);
  }

  @Test
  void nothingIsRetriedAndNothingBegunAfterAFailure() {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger discarded = new AtomicInteger();
    List<Transfer<Integer>> copies = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      copies.add(
          new Transfer<>() {
            @Override
            public Integer copy(CloseableRegistry registry) throws IOException {
              int call = calls.incrementAndGet();
              if (call == 4) {
                throw new IOException("the fourth copy fails");
              }
              return call;
            }

            @Override
            public void discard(Integer result) {
              discarded.incrementAndGet();
            }
          });
    }
    assertThatThrownBy(() -> new Transfers(1).run(copies, cancellation))
        .isInstanceOf(IOException.class)
        .hasMessage("the fourth copy fails");
    assertThat(calls).as("copies begun").hasValue(4);
    assertThat(discarded).as("of those that had ended").hasValue(3);
    assertThat(cancellation.getNumberOfRegisteredCloseables()).isZero();
  }

  /** It is enough that the registry is closed; nobody has to be interrupted. */
  @Test
  void closingTheRegistryEndsARunThatHangs() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch storageAnswers = new CountDownLatch(1);
    CountDownLatch discarded = new CountDownLatch(1);
    Transfer<String> hanging =
        new Transfer<>() {
          @Override
          public String copy(CloseableRegistry registry) {
            begun.countDown();
            awaitUninterruptibly(storageAnswers);
            return "late";
          }

          @Override
          public void discard(String result) {
            discarded.countDown();
          }
        };
    FutureTask<List<String>> run =
        new FutureTask<>(() -> new Transfers(1).run(List.of(hanging), cancellation));
    new Thread(run, "run").start();
    begun.await();
    cancellation.close();

    assertThatThrownBy(run::get).hasCauseInstanceOf(CancellationException.class);
    storageAnswers.countDown();
    discarded.await();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
