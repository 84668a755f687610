package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarCharType;

/** The accumulator of a grouped aggregation as Flink SQL keeps it. */
final class RowDataKind implements Kind {

  @Override
  public String name() {
    return "row-data";
  }

  @Override
  public String description() {
    return "Flink SQL's `RowData`: two `BIGINT`, two `DOUBLE`, a `STRING`";
  }

  @Override
  public int entriesOfKey() {
    return 1;
  }

  @Override
  public int heapMegabytesOfMillion() {
    return 500;
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    ValueState<RowData> state =
        subtask.state(
            new ValueStateDescriptor<>(
                "accumulator",
                new RowDataSerializer(
                    new BigIntType(),
                    new BigIntType(),
                    new DoubleType(),
                    new DoubleType(),
                    VarCharType.STRING_TYPE)));
    var backend = subtask.backend();
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        backend.setCurrentKey(key);
        state.update(row(1, key, (double) key, (double) key, StringData.fromString("name-" + key)));
      }

      @Override
      public boolean change(long key) throws Exception {
        backend.setCurrentKey(key);
        RowData row = state.value();
        if (row == null) {
          create(key);
          return false;
        }
        state.update(
            row(
                row.getLong(0) + 1,
                row.getLong(1),
                row.getDouble(2) + (double) key,
                Math.max(row.getDouble(3), (double) key),
                row.getString(4)));
        return true;
      }

      @Override
      public boolean read(long key) throws Exception {
        backend.setCurrentKey(key);
        return state.value() != null;
      }
    };
  }

  private static RowData row(long count, long key, double sum, double largest, StringData name) {
    return GenericRowData.of(count, key, sum, largest, name);
  }
}
