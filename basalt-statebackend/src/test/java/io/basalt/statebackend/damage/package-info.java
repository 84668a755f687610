/**
 * What becomes of a snapshot whose files are damaged: every file gone, emptied or cut, and single
 * bits flipped, at random and at the edges of blocks.
 *
 * <p>It owns the damage, the job whose snapshots are damaged and the verdict on what came of it,
 * for Basalt and for stock beside it.
 *
 * <p>It must not look into backends: what they restore is read as a job reads it.
 */
package io.basalt.statebackend.damage;
