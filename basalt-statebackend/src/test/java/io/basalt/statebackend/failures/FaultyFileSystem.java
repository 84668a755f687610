package io.basalt.statebackend.failures;

import io.basalt.statebackend.failures.StorageFault.Direction;
import io.basalt.statebackend.failures.StorageFault.Place;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.jspecify.annotations.Nullable;

/** Local files behind a file system in which something goes wrong when a test says so. */
public final class FaultyFileSystem extends LocalFileSystem {

  private static final String SCHEME = "faulty";

  private static final FaultyFileSystem INSTANCE = new FaultyFileSystem();

  /** By the directory below which they are. */
  private final Map<java.nio.file.Path, StorageFault> faults = new ConcurrentHashMap<>();

  private FaultyFileSystem() {}

  static Path address(java.nio.file.Path directory) {
    return new Path(SCHEME, null, directory.toString());
  }

  /** From now on, below the directory. */
  static StorageFault use(java.nio.file.Path directory, StorageFault next) {
    INSTANCE.faults.put(directory, next);
    return next;
  }

  /** No fault from now on; what hangs comes back. */
  static void heal(java.nio.file.Path directory) {
    StorageFault last = INSTANCE.faults.remove(directory);
    if (last != null) {
      last.end();
    }
  }

  @Override
  public FSDataOutputStream create(Path path, WriteMode mode) throws IOException {
    StorageFault here = faultIn(path, Direction.WRITE);
    FSDataOutputStream file = super.create(path, mode);
    return here == null ? file : new FaultyOutput(file, path, here);
  }

  @Override
  public FSDataInputStream open(Path path) throws IOException {
    StorageFault here = faultIn(path, Direction.READ);
    FSDataInputStream file = super.open(path);
    return here == null ? file : new FaultyInput(file, path, here, getFileStatus(path).getLen());
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return open(path);
  }

  private @Nullable StorageFault faultIn(Path path, Direction direction) throws IOException {
    java.nio.file.Path local = java.nio.file.Path.of(path.getPath());
    for (Map.Entry<java.nio.file.Path, StorageFault> entry : faults.entrySet()) {
      StorageFault fault = entry.getValue();
      if (local.startsWith(entry.getKey()) && fault.isIn(path, direction)) {
        if (fault.place() == Place.OPEN) {
          fault.strike(path, new CountDownLatch(1));
        }
        return fault;
      }
    }
    return null;
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
