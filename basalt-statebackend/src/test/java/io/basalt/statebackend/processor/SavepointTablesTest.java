package io.basalt.statebackend.processor;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.processor.Jobs.Written;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots as tables of Flink SQL (FLIP-496). */
@Timeout(60)
class SavepointTablesTest {

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  private Jobs jobs;

  @BeforeEach
  void openJobs(@InjectMiniCluster MiniCluster cluster) {
    jobs = new Jobs(workspace, cluster);
  }

  static List<Arguments> writersAndReaders() {
    return List.of(
        Arguments.of(BASALT, BASALT), Arguments.of(BASALT, STOCK), Arguments.of(STOCK, BASALT));
  }

  @ParameterizedTest
  @MethodSource("writersAndReaders")
  void statesAreColumns(Participant job, Participant reader) throws Exception {
    StreamTableEnvironment tables = tables();
    createTable(tables, jobs.write(job, Written.CANONICAL_SAVEPOINT), reader);

    List<String> rows = new ArrayList<>();
    for (Row row :
        all(
            tables,
            "SELECT k, `value`, list[1], list[2], `map`['entry ' || CAST(k AS STRING)],"
                + " CARDINALITY(`map`) FROM numbers")) {
      rows.add(row.toString());
    }
    List<String> expected = new ArrayList<>();
    for (long key = 0; key < Numbers.KEYS; key++) {
      long second = Numbers.KEYS + key;
      expected.add(Row.of(key, second, "element " + key, "element " + second, key, 2).toString());
    }
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Flink looks at the snapshot itself before any backend does, and knows one format. */
  @ParameterizedTest
  @MethodSource("snapshots")
  void flinkReadsOnlyCanonicalSavepointsAsTables(Participant job, Written written)
      throws Exception {
    StreamTableEnvironment tables = tables();
    createTable(tables, jobs.write(job, written), job);
    if (written == Written.CANONICAL_SAVEPOINT) {
      assertThat(all(tables, "SELECT * FROM numbers")).hasSize(Numbers.KEYS);
    } else {
      assertThatThrownBy(() -> all(tables, "SELECT * FROM numbers"))
          .hasRootCauseMessage(
              "Unsupported KeyedStateHandle type: " + IncrementalRemoteKeyedStateHandle.class);
    }
  }

  private static void createTable(
      StreamTableEnvironment tables, String snapshot, Participant reader) {
    tables.executeSql(
        """
        CREATE TABLE numbers (
          k BIGINT,
          `value` BIGINT,
          list ARRAY<STRING>,
          `map` MAP<STRING, BIGINT>,
          PRIMARY KEY (k) NOT ENFORCED
        ) WITH (
          'connector' = 'savepoint',
          'state.backend.type' = '%s',
          'state.path' = '%s',
          'operator.uid' = '%s',
          'fields.value.value-class' = 'java.lang.Long',
          'fields.list.state-type' = 'list',
          'fields.list.value-class' = 'java.lang.String',
          'fields.map.state-type' = 'map',
          'fields.map.key-class' = 'java.lang.String',
          'fields.map.value-class' = 'java.lang.Long'
        )
        """
            .formatted(reader.type().option(), snapshot, Numbers.STATES.getUid().orElseThrow()));
  }

  static List<Arguments> snapshots() {
    List<Arguments> all = new ArrayList<>();
    for (Written written : Written.values()) {
      all.add(Arguments.of(BASALT, written));
      all.add(Arguments.of(STOCK, written));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void operatorsAreRows(Participant job, Written written) throws Exception {
    String snapshot = jobs.write(job, written);
    StreamTableEnvironment tables = tables();
    tables.executeSql("LOAD MODULE state");

    List<String> operators = new ArrayList<>();
    for (Row row : all(tables, "SELECT * FROM savepoint_metadata('" + snapshot + "')")) {
      Long bytes = row.getFieldAs("operator-total-size-in-bytes");
      if (bytes > 0) {
        operators.add(
            row.getField("operator-uid")
                + " of "
                + row.getField("operator-parallelism")
                + " and "
                + row.getField("operator-max-parallelism"));
      }
    }
    assertThat(operators).containsExactlyInAnyOrder("states of 2 and 16", "windows of 2 and 16");
  }

  private static StreamTableEnvironment tables() {
    StreamExecutionEnvironment environment = Programs.environment();
    return StreamTableEnvironment.create(environment);
  }

  private static List<Row> all(StreamTableEnvironment tables, String query) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> iterator = tables.executeSql(query).collect()) {
      iterator.forEachRemaining(rows::add);
    }
    return rows;
  }
}
