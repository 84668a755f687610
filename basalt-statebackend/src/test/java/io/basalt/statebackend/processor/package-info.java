/**
 * The State Processor API and its SQL connectors: programs that read, write and change snapshots,
 * with Basalt and with stock, of jobs on Basalt and on stock.
 *
 * <p>Owns one operator's keyed state of every kind, which a job fills or a program, and which a job
 * shows or a program. Must not know how a snapshot is made.
 */
package io.basalt.statebackend.processor;
