package io.basalt.statebackend.config;

/**
 * What is configured of RocksDB's options.
 *
 * @param writeBatchBytes how much a write batch collects before it is handed over
 */
public record DatabaseSettings(long writeBatchBytes) {}
