package io.basalt.statebackend.faults;

import java.util.List;

/** Objects of POJOs that are not written by their serializer. */
final class PojoFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "subclass-cut-to-its-superclass",
              "An object of a subclass comes back as one of its superclass, without its own fields",
              "layout/PojoCodec.java",
              "|| value.getClass() != fields.type()",
              "",
              "layout.PojoFallbackTest#subclassesAndNoObjectAtAll"),
          new Fault(
              "fields-out-of-order",
              "Stock reads one field of a POJO for another",
              "layout/PojoPlan.java",
              "MethodHandles.foldArguments(inTurn(handles, middle, to), inTurn(handles, from, middle))",
              "MethodHandles.foldArguments(inTurn(handles, from, middle), inTurn(handles, middle, to))",
              "layout.PojoCodecTest#fieldsOfEveryType"),
          new Fault(
              "length-of-three-bytes-in-two",
              "A text of 16,383 characters in a POJO is read as none, and what follows it as garbage",
              "layout/TextBytes.java",
              "TWO_GROUPS = (1 << 14) - 1;",
              "TWO_GROUPS = 1 << 14;",
              "layout.PojoCodecTest#textsOfAllLengths"),
          new Fault(
              "wide-character-in-one-byte",
              "Texts with umlauts in a POJO are garbage",
              "layout/TextBytes.java",
              "if (character > 0x7f) {",
              "if (character > 0xff) {",
              "layout.PojoCodecTest#textsOfAllLengths"));

  private PojoFaults() {}
}
