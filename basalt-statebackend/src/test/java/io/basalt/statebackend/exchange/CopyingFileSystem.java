package io.basalt.statebackend.exchange;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.ICloseableRegistry;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.PathsCopyingFileSystem;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** Local files behind a file system that copies files by itself, as S3 with s5cmd does. */
public final class CopyingFileSystem extends LocalFileSystem implements PathsCopyingFileSystem {

  static final String SCHEME = "copying";

  private static final int CUT_SHORT_BYTES = 1;

  private static final CopyingFileSystem INSTANCE = new CopyingFileSystem();

  /** What becomes of a request. */
  enum Behaviour {
    COPIES,
    REFUSES,
    THROWS,
    FAILS_AFTER_THE_FIRST,
    CUTS_SHORT
  }

  private Behaviour behaviour = Behaviour.COPIES;
  private final List<CopyRequest> copied = new ArrayList<>();

  private CopyingFileSystem() {}

  static CopyingFileSystem instance() {
    return INSTANCE;
  }

  static Path address(java.nio.file.Path directory) {
    return new Path(SCHEME, null, directory.toString());
  }

  /** Forgets what has been copied. */
  synchronized void behave(Behaviour chosen) {
    behaviour = chosen;
    copied.clear();
  }

  /** Every copy that has been asked for. */
  synchronized List<CopyRequest> copied() {
    return List.copyOf(copied);
  }

  @Override
  public boolean canCopyPaths(Path source, Path destination) {
    return true;
  }

  @Override
  public synchronized void copyFiles(List<CopyRequest> requests, ICloseableRegistry registry)
      throws IOException {
    copied.addAll(requests);
    if (behaviour == Behaviour.REFUSES) {
      throw new IOException("no copies today");
    }
    if (behaviour == Behaviour.THROWS) {
      throw new IllegalStateException("no copies today");
    }
    for (CopyRequest request : requests) {
      java.nio.file.Path source = java.nio.file.Path.of(request.getSource().getPath());
      java.nio.file.Path destination = java.nio.file.Path.of(request.getDestination().getPath());
      // As s5cmd does; stock relies on it.
      Files.createDirectories(destination.getParent());
      if (behaviour == Behaviour.CUTS_SHORT) {
        Files.write(destination, Arrays.copyOf(Files.readAllBytes(source), CUT_SHORT_BYTES));
      } else {
        Files.copy(source, destination, StandardCopyOption.REPLACE_EXISTING);
      }
      if (behaviour == Behaviour.FAILS_AFTER_THE_FIRST) {
        throw new IOException("one copy a day");
      }
    }
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":/");
  }

  /** Found by Flink. */
  public static final class Factory implements FileSystemFactory {

    @Override
    public String getScheme() {
      return SCHEME;
    }

    @Override
    public void configure(Configuration configuration) {}

    @Override
    public FileSystem create(URI uri) {
      return INSTANCE;
    }
  }
}
