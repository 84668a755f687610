package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.program.Model.Stamped;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What can be done to one kind of state, and what comes of it. */
abstract class StateActions {

  /**
   * Does one random thing.
   *
   * @param held what the model says of the place; null for nothing
   * @return what it must say from now on
   */
  abstract Object act(Place place, Object held) throws Exception;

  /** Reads all there is, compares it, and returns what the model must say afterwards. */
  abstract Object read(Place place, Object held) throws Exception;

  /** Whether a read must find something. */
  abstract boolean isLive(StateDefinition definition, Object held, long now);

  static StateActions of(StateDefinition.Kind kind) {
    return switch (kind) {
      case VALUE -> new ValueActions();
      case LIST -> new ListActions();
      case MAP -> new MapActions();
      case REDUCING -> new ReducingActions();
      case AGGREGATING -> new AggregatingActions();
    };
  }

  static boolean isExpired(Place place, Stamped stamped) {
    boolean expired = place.definition().isExpired(stamped.time(), place.now());
    if (expired) {
      place.coverage().count(Coverage.Event.EXPIRED_ENTRY);
    }
    return expired;
  }

  static boolean isLive(StateDefinition definition, Stamped stamped, long now) {
    return !definition.isExpired(stamped.time(), now);
  }

  static Stamped afterRead(Place place, Stamped stamped) {
    return new Stamped(
        stamped.value(), place.definition().timeAfterRead(stamped.time(), place.now()));
  }

  /** Compares an object that was read, and goes on to change it as its reader may. */
  static void assertRead(Place place, Object read, Bytes expected, String what) {
    Domain<Object> values = place.values();
    assertThat(read == null ? null : values.bytesOf(read))
        .as("%s of %s", what, place.cell())
        .isEqualTo(expected);
    place.spoil(values, read);
  }

  /** Does something with an object that no serializer takes: it fails and changes nothing. */
  static void assertRefused(Place place, String what, ThrowingCallable write) {
    place.log("%s of an object that cannot be serialized".formatted(what));
    place.coverage().count(Coverage.Event.UNWRITABLE_VALUE);
    assertThatThrownBy(write).as("%s of what cannot be serialized", what).isNotNull();
  }

  static List<Integer> numbers(Place place, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (int count = place.random().nextInt(most + 1); count > 0; count--) {
      numbers.add(place.anyNumber());
    }
    return numbers;
  }

  /** The one value of a place, after it was read; null if it has expired. */
  static Object readStamped(Place place, Object held, Object read, String what) {
    Stamped stamped = (Stamped) held;
    if (stamped == null) {
      assertRead(place, read, null, what);
      return null;
    }
    if (!isExpired(place, stamped)) {
      assertRead(place, read, stamped.value(), what);
      return afterRead(place, stamped);
    }
    if (read != null && place.definition().timeToLive().showsWhatHasExpired()) {
      assertRead(place, read, stamped.value(), what);
    } else {
      assertThat(Objects.isNull(read))
          .as("%s of expired %s is absent", what, place.cell())
          .isTrue();
    }
    return null;
  }
}
