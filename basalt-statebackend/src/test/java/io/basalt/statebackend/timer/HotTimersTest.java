package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers of a key group in the tier and below, read while another thread writes them. */
class HotTimersTest {

  private static final int NUMBER = 2_000;

  /** So often they are set until the tier keeps all of them. */
  private static final int ROUNDS = 200;

  private static final byte[] FIRST = {0};
  private static final byte[] BEHIND_ALL = {1};

  @TempDir Path temporary;
  private TimerDatabase timers;
  private Table table;

  @BeforeEach
  void open() throws IOException {
    timers = TimerDatabase.open(temporary);
    table = timers.database().createTable("timers", AccessPattern.KEYS_AND_RANGES);
  }

  @AfterEach
  void close() {
    timers.close();
  }

  /** What it has just written the cursor does not show, so that must still be in the order. */
  @Test
  void anEpochThatSettlesWhenTheCursorHasBeenOpenedHidesNothing() {
    List<Runnable> whenOpened = new ArrayList<>();
    Bounds bounds = new Bounds(FIRST, BEHIND_ALL);
    HighestBelow highest = new HighestBelow(FIRST);
    // So few that none is written before the tier has all of them.
    TimerBuffer buffer = TimerBuffer.of(timers.database(), hooked(whenOpened));
    HotTimers store =
        new HotTimers(
            buffer.open(bounds, highest), timers.hot().keys(table), 0, FIRST.length, highest);
    for (int round = 0; round < ROUNDS; round++) {
      for (int number = 0; number < NUMBER; number++) {
        store.add(key(number));
      }
    }
    timers.database().handOverBuffered();
    Epoch epoch = timers.hot().close(() -> {});
    whenOpened.add(() -> finish(epoch));

    List<byte[]> read = store.read(FIRST, NUMBER + 1, Long.MAX_VALUE);

    assertThat(epoch.isDone()).isTrue();
    assertThat(read).hasSize(NUMBER);
    assertThat(read.get(NUMBER - 1)).isEqualTo(key(NUMBER - 1));
  }

  private static void finish(Epoch epoch) {
    try {
      epoch.finish();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The table, with something to be done each time that a cursor over it has been opened. */
  private Table hooked(List<Runnable> whenOpened) {
    return (Table)
        Proxy.newProxyInstance(
            Table.class.getClassLoader(),
            new Class<?>[] {Table.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(table, arguments);
                if (method.getName().equals("cursor")) {
                  whenOpened.forEach(Runnable::run);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(5).put(FIRST).putInt(number).array();
  }
}
