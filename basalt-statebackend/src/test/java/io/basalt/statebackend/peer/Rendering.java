package io.basalt.statebackend.peer;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A text that is the same for two results exactly if their contents are, classes included. */
final class Rendering {

  private Rendering() {}

  static String of(Object result) {
    if (result == null) {
      return "null";
    }
    if (result instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (result instanceof Map.Entry<?, ?> entry) {
      return of(entry.getKey()) + "=" + of(entry.getValue());
    }
    if (result instanceof Map<?, ?> map) {
      return ofAll(map.entrySet().iterator());
    }
    if (result instanceof Iterator<?> iterator) {
      return ofAll(iterator);
    }
    if (result instanceof Iterable<?> iterable) {
      return ofAll(iterable.iterator());
    }
    return result.toString();
  }

  private static String ofAll(Iterator<?> elements) {
    List<String> texts = new ArrayList<>();
    elements.forEachRemaining(element -> texts.add(of(element)));
    return texts.toString();
  }
}
