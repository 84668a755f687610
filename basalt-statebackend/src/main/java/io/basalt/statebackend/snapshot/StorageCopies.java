package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.transfer.Disposal;
import io.basalt.statebackend.transfer.FileUpload;
import io.basalt.statebackend.transfer.FileUploads;
import io.basalt.statebackend.transfer.Transfers;
import io.basalt.statebackend.transfer.Transfers.Transfer;
import io.basalt.statebackend.transfer.UploadedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a native savepoint with copies that the checkpoint storage makes by itself, of files that
 * it has from checkpoints, and with uploads of all others ({@link
 * CheckpointStreamFactory#duplicate}; FLIP-193, FLIP-444).
 *
 * <p>Only into a savepoint, and only files that this very backend has uploaded: Flink's storage
 * gives a copy the file name of its source. In the directory that the checkpoints of a job share, a
 * checkpoint that failed and its successor would so write the same path, and the deletion of the
 * first, which the JobManager does at leisure, would take the second's file. In the directory of a
 * savepoint nobody else writes these names.
 *
 * <p>What the storage says is not believed but looked at: the copy is there, and whole. Everything
 * else is uploaded; a failed copy never fails a savepoint.
 */
final class StorageCopies implements FileDelivery {

  private static final Logger LOG = LoggerFactory.getLogger(StorageCopies.class);

  /**
   * Smaller files are uploaded. It is also the upper limit of what may travel inside a handle, so
   * that the upload of a larger one shows where the files of the savepoint lie.
   */
  private static final long WORTH_A_COPY_BYTES = 1024 * 1024;

  /** A request for many files is cheaper than many requests, but is not cancelled in between. */
  private static final int FILES_OF_A_REQUEST = 32;

  private final Map<String, StreamStateHandle> known;
  private final FileUploads uploads;
  private final Transfers transfers;

  /**
   * @param known files in checkpoint storage that this backend has uploaded, by local name
   */
  StorageCopies(Map<String, StreamStateHandle> known, FileUploads uploads, Transfers transfers) {
    this.known = known;
    this.uploads = uploads;
    this.transfers = transfers;
  }

  /** A file that checkpoint storage is to copy. */
  private record Candidate(FileUpload file, StreamStateHandle source) {

    long length() {
      return source.getStateSize();
    }
  }

  @Override
  public List<UploadedFile> deliver(
      List<FileUpload> files, CheckpointStreamFactory destination, CloseableRegistry cancellation)
      throws Exception {
    List<Candidate> candidates = candidates(files, destination);
    List<UploadedFile> arrived =
        new ArrayList<>(
            uploads.upload(without(files, filesOf(candidates)), destination, cancellation));
    try {
      arrived.addAll(copyAll(candidates, arrived, destination, cancellation));
      List<Path> there = arrived.stream().map(UploadedFile::file).toList();
      arrived.addAll(uploads.upload(without(files, there), destination, cancellation));
      return arrived;
    } catch (Exception | Error e) {
      Disposal.discard(handlesOf(arrived));
      throw e;
    }
  }

  /** All that can be copied and is worth it, but the smallest, whose upload is the sample. */
  private List<Candidate> candidates(List<FileUpload> files, CheckpointStreamFactory destination)
      throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    for (FileUpload file : files) {
      StreamStateHandle source = known.get(file.file().toFile().getName());
      if (source != null
          && source.getStateSize() > WORTH_A_COPY_BYTES
          && source.getStateSize() == Files.size(file.file())
          && canCopy(source, file.scope(), destination)) {
        candidates.add(new Candidate(file, source));
      }
    }
    candidates.sort(Comparator.comparingLong(Candidate::length));
    return candidates.subList(Math.min(1, candidates.size()), candidates.size());
  }

  private static boolean canCopy(
      StreamStateHandle source, CheckpointedStateScope scope, CheckpointStreamFactory destination) {
    try {
      return destination.canFastDuplicate(source, scope);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Checkpoint storage does not say whether it copies {}.", source, e);
      return false;
    }
  }

  private List<UploadedFile> copyAll(
      List<Candidate> candidates,
      List<UploadedFile> uploaded,
      CheckpointStreamFactory destination,
      CloseableRegistry cancellation)
      throws Exception {
    Optional<SavepointDirectory> directory =
        uploaded.stream()
            .map(UploadedFile::handle)
            .filter(handle -> handle.getStateSize() > WORTH_A_COPY_BYTES)
            .findAny()
            .flatMap(SavepointDirectory::of);
    if (candidates.isEmpty() || directory.isEmpty()) {
      return List.of();
    }
    List<UploadedFile> copies = new ArrayList<>();
    for (Candidate candidate : candidates) {
      copies.add(
          new UploadedFile(candidate.file().file(), directory.get().copyOf(candidate.source())));
    }
    List<Transfer<List<UploadedFile>>> requests = new ArrayList<>();
    for (int from = 0; from < copies.size(); from += FILES_OF_A_REQUEST) {
      int first = from;
      int end = Math.min(copies.size(), from + FILES_OF_A_REQUEST);
      requests.add(
          new Request(candidates.subList(first, end), copies.subList(first, end), destination));
    }
    try {
      return transfers.run(requests, cancellation).stream().flatMap(List::stream).toList();
    } catch (Exception | Error e) {
      Disposal.discard(handlesOf(copies));
      throw e;
    }
  }

  /** Some files that the storage copies in one go; gives the copies that have come about. */
  private record Request(
      List<Candidate> candidates, List<UploadedFile> copies, CheckpointStreamFactory destination)
      implements Transfer<List<UploadedFile>> {

    @Override
    public List<UploadedFile> copy(CloseableRegistry registry) {
      try {
        destination.duplicate(
            candidates.stream().map(Candidate::source).toList(), CheckpointedStateScope.EXCLUSIVE);
      } catch (IOException | RuntimeException e) {
        LOG.warn(
            "Checkpoint storage could not copy files by itself; they are uploaded instead.", e);
      }
      List<UploadedFile> whole = copies.stream().filter(StorageCopies::isWhole).toList();
      Disposal.discard(
          copies.stream().filter(copy -> !whole.contains(copy)).map(UploadedFile::handle).toList());
      return whole;
    }

    @Override
    public void discard(List<UploadedFile> whole) {
      Disposal.discard(handlesOf(whole));
    }
  }

  private static boolean isWhole(UploadedFile copy) {
    try {
      return SavepointDirectory.lengthOf(copy.handle()) == copy.handle().getStateSize();
    } catch (IOException | RuntimeException e) {
      LOG.debug("There is no copy {}.", copy.handle(), e);
      return false;
    }
  }

  private static List<Path> filesOf(List<Candidate> candidates) {
    return candidates.stream().map(candidate -> candidate.file().file()).toList();
  }

  private static List<FileUpload> without(List<FileUpload> files, List<Path> excluded) {
    Set<Path> excludedOnce = new HashSet<>(excluded);
    return files.stream().filter(file -> !excludedOnce.contains(file.file())).toList();
  }

  private static List<StreamStateHandle> handlesOf(List<UploadedFile> files) {
    return files.stream().map(UploadedFile::handle).toList();
  }
}
