package io.basalt.statebackend.transfer;

import java.nio.file.Path;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * A local file that has arrived in checkpoint storage.
 *
 * @param file the local file
 * @param handle the copy; whoever holds this record must deliver or discard it
 */
public record UploadedFile(Path file, StreamStateHandle handle) {}
