package io.basalt.statebackend.older;

import java.lang.reflect.Method;
import java.time.Duration;
import org.apache.flink.api.common.state.StateTtlConfig;

/**
 * A time to live that no archive outlives.
 *
 * <p>Compiled against older versions of Flink, too, which had a class of their own for durations.
 */
final class LongTimeToLive {

  private static final long HUNDRED_YEARS_IN_DAYS = 36_500;

  private LongTimeToLive() {}

  static StateTtlConfig configuration() {
    try {
      for (Method method : StateTtlConfig.class.getMethods()) {
        Class<?> type = method.getParameterCount() == 1 ? method.getParameterTypes()[0] : null;
        if (method.getName().equals("newBuilder") && type != StateTtlConfig.class) {
          Object time =
              type == Duration.class
                  ? Duration.ofDays(HUNDRED_YEARS_IN_DAYS)
                  : type.getMethod("days", long.class).invoke(null, HUNDRED_YEARS_IN_DAYS);
          return ((StateTtlConfig.Builder) method.invoke(null, time)).build();
        }
      }
      throw new IllegalStateException("There is no way to build a StateTtlConfig.");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
