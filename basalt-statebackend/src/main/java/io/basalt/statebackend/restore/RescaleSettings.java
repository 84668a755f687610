package io.basalt.statebackend.restore;

/**
 * What users have to say about rescales.
 *
 * @param overlapFraction the share of its key groups, 0 to 1, that a snapshot's database must have
 *     in common with the task for its files to become the task's; entries of any other are copied
 * @param joinFiles whether the files of several databases may become one
 * @param leaveOutFiles whether files are left out that have no key of the task
 * @param mergeDeleted whether what is deleted of others' key groups is merged away in the
 *     background
 */
public record RescaleSettings(
    double overlapFraction, boolean joinFiles, boolean leaveOutFiles, boolean mergeDeleted) {}
