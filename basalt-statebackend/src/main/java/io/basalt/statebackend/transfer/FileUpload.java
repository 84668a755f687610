package io.basalt.statebackend.transfer;

import java.nio.file.Path;
import org.apache.flink.runtime.state.CheckpointedStateScope;

/**
 * A local file that is to be copied to checkpoint storage.
 *
 * @param file must not change or vanish before the copy has ended
 * @param scope whether the copy belongs to one checkpoint or may be shared by several
 */
public record FileUpload(Path file, CheckpointedStateScope scope) {}
