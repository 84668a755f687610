package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.LOCAL_DIRECTORIES;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of a TaskManager in which keyed backends may keep their files, each backend in a
 * directory of its own beneath the next one in turn.
 *
 * <p>The turn begins at random: every task has its own object and most tasks have one keyed
 * backend, which would otherwise all be on the first volume.
 *
 * <p>For one thread at a time.
 */
public final class LocalDirectories {

  private static final Logger LOG = LoggerFactory.getLogger(LocalDirectories.class);

  /** Leaves room in a file name of 255 bytes for the identifiers around it. */
  private static final int LONGEST_OPERATOR_NAME = 160;

  private final List<Path> directories;
  private int next;

  /**
   * A turn over directories.
   *
   * @param directories at least one
   * @param start where the turn begins: any number, of which the remainder counts
   */
  public LocalDirectories(List<Path> directories, int start) {
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("There must be a local directory.");
    }
    this.directories = List.copyOf(directories);
    this.next = Math.floorMod(start, directories.size());
  }

  /**
   * Creates an empty directory for one keyed backend. A directory in which that is not possible is
   * passed over with a warning.
   *
   * @return the new directory, which the caller owns and deletes
   * @throws IOException if it is possible nowhere; the message has every directory and its reason
   */
  public Path createInstanceDirectory(JobID job, String operatorIdentifier) throws IOException {
    String name = instanceName(job, operatorIdentifier);
    List<IOException> failures = new ArrayList<>();
    StringBuilder reasons = new StringBuilder();
    for (int tried = 0; tried < directories.size(); tried++) {
      Path directory = directories.get(next);
      next = (next + 1) % directories.size();
      try {
        return Files.createDirectories(directory.resolve(name));
      } catch (IOException e) {
        LOG.warn("The local directory {} cannot be used and is passed over.", directory, e);
        reasons.append("; '").append(directory).append("': ").append(e);
        failures.add(e);
      }
    }
    IOException all =
        new IOException(
            "None of the local directories of the state backend can be used; they follow '"
                + LOCAL_DIRECTORIES.key()
                + "' and are by default the TaskManager's working directory"
                + reasons
                + ".");
    failures.forEach(all::addSuppressed);
    throw all;
  }

  /** Stock's name, so that whoever cleans up after stock by its name finds ours, too. */
  private static String instanceName(JobID job, String operatorIdentifier) {
    String operator = operatorIdentifier.replaceAll("[^a-zA-Z0-9\\-]", "_");
    if (operator.length() > LONGEST_OPERATOR_NAME) {
      // The end tells subtasks apart.
      operator = operator.substring(operator.length() - LONGEST_OPERATOR_NAME);
    }
    return "job_" + job + "_op_" + operator + "_uuid_" + UUID.randomUUID();
  }
}
