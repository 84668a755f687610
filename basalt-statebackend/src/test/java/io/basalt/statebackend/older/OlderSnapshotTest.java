package io.basalt.statebackend.older;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Feed;
import io.basalt.statebackend.harness.Observations;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that go on from snapshots which older versions of Flink have written. */
@Timeout(60)
class OlderSnapshotTest {

  private static final int OTHER_PARALLELISM = 3;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(OTHER_PARALLELISM)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  static List<Archive> archives() throws Exception {
    return Archive.all();
  }

  /** What the documentation says that there is. */
  @Test
  void everyVersionHasItsKinds() throws Exception {
    Map<String, Set<ArchivedSnapshot>> kinds = new TreeMap<>();
    for (Archive archive : Archive.all()) {
      kinds.computeIfAbsent(archive.version(), version -> new TreeSet<>()).add(archive.kind());
    }
    assertThat(kinds).hasSize(16);
    kinds.forEach(
        (version, found) ->
            assertThat(found)
                .as("archives of Flink %s", version)
                .isEqualTo(ArchivedSnapshot.ofVersion(version)));
  }

  /** Stock of 2.3 restores much, so that a job which goes on does not show what it went on from. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void isOfItsKind(Archive archive) throws Exception {
    List<KeyedStateHandle> handles = archive.keyedState();
    assertThat(handles).hasSizeGreaterThanOrEqualTo(OlderJob.PARALLELISM);
    assertThat(handles)
        .allSatisfy(
            handle ->
                assertThat(handle)
                    .isInstanceOf(
                        archive.isOfFiles()
                            ? IncrementalRemoteKeyedStateHandle.class
                            : KeyGroupsStateHandle.class));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void goesOnWithStock(Archive archive) throws Exception {
    String job = archive + " on stock";
    Path snapshot = archive.unpack(workspace.directory());
    Observations observations = Observations.begin(job, OlderJob.SEEN_BEFORE_THE_END);
    runToTheEnd(Participant.STOCK, snapshot.toUri().toString(), job, observations);
    assertThat(observations.seen()).isEqualTo(OlderJob.expected());
  }

  /** With Basalt, and on from Basalt's own savepoint of it with Basalt, at another parallelism. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void goesOnWithBasalt(Archive archive, @InjectMiniCluster MiniCluster cluster) throws Exception {
    String job = archive + " on Basalt";
    Path snapshot = archive.unpack(workspace.directory());
    Observations observations = Observations.begin(job, OlderJob.SEEN_BEFORE_THE_END);
    JobClient first =
        start(
            Participant.BASALT,
            snapshot.toUri().toString(),
            Feed.of(job),
            job,
            OlderJob.PARALLELISM);
    CommonTestUtils.waitForAllTaskRunning(cluster, first.getJobID(), false);
    String savepoint =
        first
            .triggerSavepoint(workspace.directory().toUri().toString(), formatAfter(archive))
            .get();
    first.cancel().get();
    runToTheEnd(Participant.BASALT, savepoint, job, observations);
    assertThat(observations.seen()).isEqualTo(OlderJob.expected());
  }

  /** The other one. */
  private static SavepointFormatType formatAfter(Archive archive) {
    return archive.isOfFiles() ? SavepointFormatType.CANONICAL : SavepointFormatType.NATIVE;
  }

  private void runToTheEnd(
      Participant participant, String snapshot, String job, Observations observations)
      throws Exception {
    Feed feed = Feed.of(job);
    JobClient running = start(participant, snapshot, feed, job, OTHER_PARALLELISM);
    feed.emit(OlderJob.STORED, OlderJob.STORED + OlderJob.KEYS);
    observations.await();
    feed.end();
    running.getJobExecutionResult().get();
  }

  private JobClient start(
      Participant participant, String snapshot, Feed feed, String job, int parallelism)
      throws Exception {
    Configuration configuration = participant.configuration(workspace.localDirectory(participant));
    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    OlderJob.build(environment, feed, job, parallelism);
    return environment.executeAsync(job);
  }
}
