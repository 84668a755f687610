package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/**
 * The snapshots that restores start from. The first process of a run that needs one makes it, all
 * others find it. Stock makes them for stock and Basalt, so both restore the same files.
 *
 * <p>Metadata holds absolute paths, so a directory cannot be made elsewhere and moved: it is
 * complete once the list of its pointers is there, which comes last and in one step.
 */
final class StoredSnapshots {

  private static final String POINTERS = "pointers.properties";

  private final Path directory;
  private final Sizing sizing;

  StoredSnapshots(Conditions conditions) {
    directory = conditions.prepared().resolve("recovery");
    sizing = new Sizing(conditions.scale());
  }

  /**
   * Snapshots of one subtask with that part of the state. Each is made from the next smaller one by
   * adding keys in random order, so its files lie on the levels of a running job. The pointers are
   * those of a checkpoint, of a native savepoint from part {@link Sizing#NATIVE} up, and of a
   * canonical one from part {@link Sizing#CANONICAL} down.
   */
  Map<SnapshotKind, String> ofOne(int part) throws Exception {
    return stored(
        "one-" + part,
        own -> {
          boolean first = part == Sizing.SMALLEST;
          SubjectSettings settings = sizing.settings(Backend.STOCK);
          Map<SnapshotKind, String> pointers = new EnumMap<>(SnapshotKind.class);
          try (Operator<Long> operator =
              first
                  ? start(settings, own, 1)
                  : Restore.From.checkpoint(
                          pointer(ofOne(2 * part), SnapshotKind.INCREMENTAL_CHECKPOINT),
                          1,
                          sizing.keys(2 * part),
                          0)
                      .operator(settings, own)) {
            Content content = new Content(operator.openOnly());
            for (long n = first ? 0 : sizing.keys(2 * part); n < sizing.keys(part); n++) {
              content.insert(Content.key(n));
            }
            List<SnapshotKind> kinds = new ArrayList<>();
            if (part >= Sizing.CANONICAL) {
              kinds.add(SnapshotKind.CANONICAL_SAVEPOINT);
            }
            if (part <= Sizing.NATIVE) {
              kinds.add(SnapshotKind.NATIVE_SAVEPOINT);
            }
            kinds.add(SnapshotKind.INCREMENTAL_CHECKPOINT);
            for (SnapshotKind kind : kinds) {
              pointers.put(kind, operator.snapshot(kind).pointer());
            }
          }
          return pointers;
        });
  }

  /** A canonical savepoint of one subtask with all of the state. */
  String canonicalSavepointOfWhole() throws Exception {
    SnapshotKind kind = SnapshotKind.CANONICAL_SAVEPOINT;
    return pointer(
        stored(
            "whole-canonical",
            own -> {
              try (Operator<Long> operator =
                  Restore.From.checkpoint(
                          pointer(ofOne(Sizing.WHOLE), SnapshotKind.INCREMENTAL_CHECKPOINT),
                          1,
                          sizing.keys(Sizing.WHOLE),
                          0)
                      .operator(sizing.settings(Backend.STOCK), own)) {
                operator.openOnly();
                return Map.of(kind, operator.snapshot(kind).pointer());
              }
            }),
        kind);
  }

  /** A checkpoint of so many subtasks that share {@link Sizing#RESCALED} of the state. */
  String ofSeveral(int parallelism) throws Exception {
    return snapshot(
        "several-" + parallelism,
        Backend.STOCK,
        SnapshotKind.INCREMENTAL_CHECKPOINT,
        parallelism,
        Sizing.RESCALED);
  }

  /** A checkpoint of the heap backend with {@link Sizing#CANONICAL} of the state. */
  String ofHeap() throws Exception {
    return snapshot("heap", Backend.HEAP, SnapshotKind.INCREMENTAL_CHECKPOINT, 1, Sizing.CANONICAL);
  }

  /** A canonical savepoint of the heap backend with {@link Sizing#WRITTEN_BY_HEAP} of the state. */
  String savepointOfHeap() throws Exception {
    return snapshot(
        "heap-savepoint",
        Backend.HEAP,
        SnapshotKind.CANONICAL_SAVEPOINT,
        1,
        Sizing.WRITTEN_BY_HEAP);
  }

  private String snapshot(
      String name, Backend backend, SnapshotKind kind, int parallelism, int part) throws Exception {
    return pointer(
        stored(
            name,
            own -> {
              try (Operator<Long> operator = start(sizing.settings(backend), own, parallelism)) {
                populate(operator, parallelism, sizing.keys(part));
                return Map.of(kind, operator.snapshot(kind).pointer());
              }
            }),
        kind);
  }

  private static Operator<Long> start(SubjectSettings settings, Path directory, int parallelism)
      throws Exception {
    return Operator.start(
        settings, directory, LongSerializer.INSTANCE, parallelism, Sizing.MAX_PARALLELISM);
  }

  private static void populate(Operator<Long> operator, int parallelism, long keys)
      throws Exception {
    List<Subtask<Long>> subtasks = new ArrayList<>();
    List<Content> contents = new ArrayList<>();
    for (int index = 0; index < parallelism; index++) {
      subtasks.add(operator.open(index));
      contents.add(new Content(subtasks.get(index)));
    }
    for (long n = 0; n < keys; n++) {
      long key = Content.key(n);
      int index = 0;
      while (!subtasks.get(index).owns(key)) {
        index++;
      }
      contents.get(index).insert(key);
    }
  }

  static String pointer(Map<SnapshotKind, String> pointers, SnapshotKind kind) {
    String pointer = pointers.get(kind);
    if (pointer == null) {
      throw new IllegalArgumentException("There is no " + kind + " of that size.");
    }
    return pointer;
  }

  private Map<SnapshotKind, String> stored(String name, Maker maker) throws Exception {
    Path own = directory.resolve(name);
    if (!Files.exists(own.resolve(POINTERS))) {
      FileUtils.deleteDirectory(own.toFile());
      Files.createDirectories(own);
      try {
        write(own, maker.make(own));
      } finally {
        deleteLocalFiles(own);
      }
    }
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(own.resolve(POINTERS))) {
      properties.load(reader);
    }
    Map<SnapshotKind, String> pointers = new EnumMap<>(SnapshotKind.class);
    for (String kind : properties.stringPropertyNames()) {
      pointers.put(SnapshotKind.valueOf(kind), properties.getProperty(kind));
    }
    return pointers;
  }

  private static void write(Path own, Map<SnapshotKind, String> pointers) throws IOException {
    Properties properties = new Properties();
    pointers.forEach((kind, pointer) -> properties.setProperty(kind.name(), pointer));
    Path unfinished = own.resolve(POINTERS + ".unfinished");
    try (var writer = Files.newBufferedWriter(unfinished)) {
      properties.store(writer, null);
    }
    Files.move(unfinished, own.resolve(POINTERS), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteLocalFiles(Path own) throws IOException {
    try (var local = Files.newDirectoryStream(own, "subtask-*")) {
      for (Path subtask : local) {
        FileUtils.deleteDirectory(subtask.toFile());
      }
    }
  }

  @FunctionalInterface
  private interface Maker {
    Map<SnapshotKind, String> make(Path directory) throws Exception;
  }
}
