package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.flink.util.IOUtils;

/**
 * Owns native objects that live and die together, and closes them in the reverse order in which
 * they came: an option may refer to a filter or a cache that was made before it.
 */
final class NativeOwner implements AutoCloseable {

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  <T extends AutoCloseable> T own(T object) {
    owned.push(object);
    NativeCount.opened(Kind.OPTION);
    return object;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      IOUtils.closeQuietly(owned.pop());
      NativeCount.closed(Kind.OPTION);
    }
  }
}
