/**
 * The flights job on a cluster of processes: what no cluster inside one JVM can show. Which class
 * loader finds Basalt, on the client, on the JobManager and on the TaskManagers; what the
 * JobManager does with a backend; and a TaskManager that ends without a word.
 *
 * <p>This package plays the part of the scripts of Flink's distribution, and of the user who kills
 * processes. It must not use a class of Flink's beyond its JSON parser, nor one of Basalt's: what
 * it knows of either comes from jars, the REST interface and logs.
 */
package io.basalt.examples.flights.processes;
