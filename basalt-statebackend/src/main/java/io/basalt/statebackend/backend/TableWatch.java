package io.basalt.statebackend.backend;

import io.basalt.statebackend.metrics.ChoiceMetrics;
import io.basalt.statebackend.metrics.HotMetrics;
import io.basalt.statebackend.metrics.NativeMetrics;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics of each table once, whoever created it: a restore, a registration or a timer
 * queue. Task thread.
 */
final class TableWatch {

  private final Database database;
  private final NativeMetrics metrics;
  private final ChoiceMetrics choices;
  private final @Nullable HotMetrics hot;
  private final Set<String> seen = new HashSet<>();

  TableWatch(
      Database database, NativeMetrics metrics, ChoiceMetrics choices, @Nullable HotMetrics hot) {
    this.database = database;
    this.metrics = metrics;
    this.choices = choices;
    this.hot = hot;
  }

  /** Looks for tables that are new since the last look. */
  void look() {
    for (Table table : database.tables()) {
      if (seen.add(table.name())) {
        metrics.watch(table);
        choices.watch(table);
      }
    }
    if (hot != null) {
      hot.look();
    }
  }
}
