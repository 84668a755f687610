package io.basalt.statebackend.store;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.FlinkCompactionFilter.FlinkCompactionFilterFactory;

/** The native options of one table, and the one owner of all they refer to. */
final class TableOptions implements AutoCloseable {

  /** Joins operands with a comma; the name is recorded in every file and must stay stock's. */
  private static final String MERGE_OPERATOR = "stringappendtest";

  private final NativeOwner owner;
  private final ColumnFamilyOptions options;

  private TableOptions(NativeOwner owner, ColumnFamilyOptions options) {
    this.owner = owner;
    this.options = options;
  }

  static TableOptions create(DatabaseSpecification specification, String tableName) {
    NativeOwner owner = new NativeOwner();
    try {
      ColumnFamilyOptions options = owner.own(new ColumnFamilyOptions());
      RocksDBOptionsFactory factory = specification.optionsFactory();
      if (factory != null) {
        List<AutoCloseable> handlesToClose = new ArrayList<>();
        ColumnFamilyOptions users = factory.createColumnOptions(options, handlesToClose);
        handlesToClose.forEach(owner::own);
        if (users != options) {
          options = owner.own(users);
        }
      }
      options.setMergeOperatorName(MERGE_OPERATOR);
      installExpiryFilter(options, specification, owner);
      return new TableOptions(owner, options);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /**
   * A compaction filter can be given to a table only when it is created or opened, but a restore
   * opens tables long before the job says which of them expire. So each has one from the start,
   * which lets everything pass until it is told otherwise.
   */
  private static void installExpiryFilter(
      ColumnFamilyOptions options, DatabaseSpecification specification, NativeOwner owner) {
    FlinkCompactionFilterFactory filter =
        owner.own(new FlinkCompactionFilterFactory(specification.clock()::getAsLong));
    options.setCompactionFilterFactory(filter);
  }

  ColumnFamilyOptions columnFamilyOptions() {
    return options;
  }

  @Override
  public void close() {
    owner.close();
  }
}
