package io.basalt.statebackend.state;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * The distinct pairs of key and namespace of a state. Owns the cursor.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 */
final class PairsOfKeys<K, N> implements Iterator<Tuple2<K, N>>, AutoCloseable {

  private enum Position {
    BEFORE,
    ON,
    END
  }

  private final KeyCursor<K, N> cursor;
  private Position position = Position.BEFORE;

  PairsOfKeys(KeyCursor<K, N> cursor) {
    this.cursor = cursor;
  }

  @Override
  public boolean hasNext() {
    if (position == Position.BEFORE) {
      position = cursor.advance() ? Position.ON : Position.END;
    }
    return position == Position.ON;
  }

  @Override
  public Tuple2<K, N> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    position = Position.BEFORE;
    return cursor.keyAndNamespace();
  }

  @Override
  public void close() {
    cursor.close();
  }
}
