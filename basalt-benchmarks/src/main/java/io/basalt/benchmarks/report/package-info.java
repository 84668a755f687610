/**
 * What a run has measured, as tables, plots and a document.
 *
 * <p>It owns ratios, their spread, and how two runs are compared.
 *
 * <p>It must not measure anything.
 */
@NullMarked
package io.basalt.benchmarks.report;

import org.jspecify.annotations.NullMarked;
