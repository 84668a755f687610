package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.transfer.FileUpload;
import io.basalt.statebackend.transfer.UploadedFile;
import java.util.List;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.CheckpointStreamFactory;

/** How the files of a snapshot get into checkpoint storage. */
@FunctionalInterface
interface FileDelivery {

  /**
   * Waits until all have arrived. Called on a snapshot's thread.
   *
   * @param cancellation its closing ends the delivery within moments
   * @return what has arrived, in any order; the caller's to deliver or to discard
   * @throws Exception the first failure; what had arrived before is deleted again
   */
  List<UploadedFile> deliver(
      List<FileUpload> files, CheckpointStreamFactory destination, CloseableRegistry cancellation)
      throws Exception;
}
