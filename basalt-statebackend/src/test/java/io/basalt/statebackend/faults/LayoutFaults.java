package io.basalt.statebackend.faults;

import java.util.List;

/** Bytes of keys and values. */
final class LayoutFaults {

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "carry-of-the-bound",
              "A map whose key ends with the byte FF seems to be empty",
              "layout/Bounds.java",
              "if (prefix[last] != (byte) 0xFF) {",
              "if (last == prefix.length - 1) {",
              "state.RandomOperationsTest#keysAndNamespacesOfFixedLength"),
          new Fault(
              "last-key-group-outside",
              "Keys of a subtask's last key group are in no key stream and in no savepoint",
              "layout/KeyGroupPrefix.java",
              "bytes(range.getEndKeyGroup() + 1)",
              "bytes(range.getEndKeyGroup())",
              "state.KeyStreamsTest#keysComeKeyGroupByKeyGroup"),
          new Fault(
              "prefix-of-two-bytes",
              "With 128 key groups, the default, stock takes Basalt's snapshots for garbage",
              "layout/KeyGroupPrefix.java",
              """
              CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                  numberOfKeyGroups)
              """,
              """
              CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                  numberOfKeyGroups + 1)
              """,
              "flink.StockLayoutTest#canonicalSavepointsHoldTheSameBytes"),
          new Fault(
              "lengths-not-read",
              "Namespaces are read with the length of the key in front where both are strings",
              "layout/CompositeKeyReader.java",
              """
              CompositeKeySerializationUtils.isAmbiguousKeyPossible(
                  keySerializer, namespaceSerializer);
              """,
              "false;",
              "state.RandomOperationsTest#keysAndNamespacesOfVariableLength"),
          new Fault(
              "key-by-reference",
              "A key object that a user changes in use moves to the entry of another key",
              "layout/CompositeKeyWriter.java",
              "return key == selectedKey && keyGroup == selectedKeyGroup;",
              "return selectedKey == null && keyGroup == selectedKeyGroup;",
              "flink.ChangedObjectsTest#aKeyThatIsChangedWhileItIsTheCurrentOneKeepsItsEntries"));

  private LayoutFaults() {}
}
