package io.basalt.examples.flights.output;

import io.basalt.examples.flights.record.DepartureTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Collects the rows of all files and writes the files when the last row has come.
 *
 * <p>Exactly once, whatever fails: rows are kept in list states, so a recovery brings back those
 * which the restored checkpoint has seen, and the others are computed again. Files are written
 * after the last watermark, from nothing but that state. If the job fails between that and its own
 * end, it recovers, comes to the same rows and replaces the files by equal ones. Nothing is visible
 * before.
 *
 * <p>All rows have the same key, since order is a property of a whole file. There are some ten
 * thousands of them, not millions.
 */
public final class ResultWriter extends KeyedProcessFunction<String, ResultRow, Void> {

  /** The key of every row. */
  public static final String KEY = "results";

  private final String directory;
  private transient Map<ResultFile, ListState<String>> lines;

  /** Writes into a directory, which is created if it does not exist. */
  public ResultWriter(Path directory) {
    this.directory = directory.toAbsolutePath().toString();
  }

  @Override
  public void open(OpenContext openContext) {
    lines = new EnumMap<>(ResultFile.class);
    for (ResultFile file : ResultFile.values()) {
      ListStateDescriptor<String> descriptor =
          new ListStateDescriptor<>(file.fileName(), String.class);
      lines.put(file, getRuntimeContext().getListState(descriptor));
    }
  }

  @Override
  public void processElement(ResultRow row, Context context, Collector<Void> nothing)
      throws Exception {
    // Setting a timer that is set already costs next to nothing at this rate.
    context.timerService().registerEventTimeTimer(DepartureTime.END_OF_INPUT);
    linesOf(row.file()).add(row.line());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Void> nothing)
      throws Exception {
    Map<ResultFile, List<String>> results = new EnumMap<>(ResultFile.class);
    for (ResultFile file : ResultFile.values()) {
      List<String> collected = new ArrayList<>();
      for (String line : linesOf(file).get()) {
        collected.add(line);
      }
      results.put(file, collected);
    }
    new ResultDirectory(Path.of(directory)).publish(results);
  }

  private ListState<String> linesOf(ResultFile file) {
    ListState<String> state = lines.get(file);
    if (state == null) {
      throw new IllegalStateException("The function has not been opened.");
    }
    return state;
  }
}
