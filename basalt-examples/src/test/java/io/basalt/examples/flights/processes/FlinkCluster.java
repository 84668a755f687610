package io.basalt.examples.flights.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The processes of one test: a JobManager, TaskManagers with one slot each, and the client. Nothing
 * of them is left when the test ends, however it ends; if it fails, the ends of their logs are
 * printed.
 */
final class FlinkCluster implements AfterEachCallback {

  private static final Set<Integer> ENDED = Set.of(128 + 15);
  private static final Set<Integer> ENDED_OR_HALTED = Set.of(128 + 15, 256 - 91);

  private static final String LOOPBACK = "127.0.0.1";
  private static final int LAST_LINES = 40;
  private static final Pattern SUBMITTED =
      Pattern.compile("Job has been submitted with JobID ([0-9a-f]{32})");

  private final List<FlinkProcess> all = new ArrayList<>();
  private final List<FlinkProcess> running = new ArrayList<>();
  private FlinkHome home;
  private RestApi rest;
  private int clients;

  /**
   * Starts a JobManager.
   *
   * @param name of Flink's home
   * @param options the test's own entries of {@code conf/config.yaml}
   * @param added jars in {@code lib} beside Flink's
   */
  void start(String name, Map<String, String> options, Path... added) throws Exception {
    int port = freePort();
    Map<String, String> configuration = new TreeMap<>(options);
    configuration.put("env.java.opts.all", Build.jvmOpens());
    for (String address :
        List.of(
            "jobmanager.rpc.address",
            "jobmanager.bind-host",
            "taskmanager.host",
            "taskmanager.bind-host",
            "rest.address",
            "rest.bind-address")) {
      configuration.put(address, LOOPBACK);
    }
    configuration.put("jobmanager.rpc.port", String.valueOf(freePort()));
    configuration.put("rest.port", String.valueOf(port));
    configuration.put("taskmanager.numberOfTaskSlots", "1");
    // A killed process is noticed by calls that reach nobody; a slow one is not taken for killed.
    configuration.put("heartbeat.interval", "1s");
    configuration.put("heartbeat.timeout", "2min");
    // A survivor keeps its slot, and its local copies with it, however slow the replacement starts.
    configuration.put("slot.idle.timeout", "10min");
    // What REST tells is as old as this.
    configuration.put("web.refresh-interval", "200ms");
    configuration.put("metrics.fetcher.update-interval", "200ms");
    configuration.put("execution.checkpointing.incremental", "true");
    configuration.put("execution.checkpointing.interval", "500ms");
    configuration.put("restart-strategy.type", "fixed-delay");
    configuration.put("restart-strategy.fixed-delay.attempts", "1000");
    configuration.put("restart-strategy.fixed-delay.delay", "500ms");
    home = new FlinkHome(name);
    configuration.put("execution.checkpointing.dir", home.checkpoints().toUri().toString());
    home.assemble(configuration, added);
    rest = new RestApi(port);
    add(
        FlinkProcess.start(
            home,
            "jobmanager",
            List.of("-Xmx400m"),
            List.of(
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir",
                home.conf().toString(),
                "-Dprocess.jobmanager.working-dir=" + home.local("jobmanager"),
                "-Dio.tmp.dirs=" + home.local("jobmanager"))));
  }

  /** Starts a TaskManager; it is known to Flink by its name. */
  FlinkProcess startTaskManager(String name) throws IOException {
    return add(
        FlinkProcess.start(
            home,
            name,
            List.of("-Xmx192m", "-XX:MaxDirectMemorySize=160m", "-XX:MaxMetaspaceSize=128m"),
            List.of(
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                home.conf().toString(),
                "-Dtaskmanager.resource-id=" + name,
                "-Dprocess.taskmanager.working-dir=" + home.local(name),
                "-Dio.tmp.dirs=" + home.local(name),
                // What Flink's script computes from the size of the process.
                "-Dtaskmanager.cpu.cores=1",
                "-Dtaskmanager.memory.framework.heap.size=64mb",
                "-Dtaskmanager.memory.task.heap.size=128mb",
                "-Dtaskmanager.memory.framework.off-heap.size=128mb",
                "-Dtaskmanager.memory.task.off-heap.size=0b",
                "-Dtaskmanager.memory.network.min=32mb",
                "-Dtaskmanager.memory.network.max=32mb",
                "-Dtaskmanager.memory.managed.size=64mb",
                "-Dtaskmanager.memory.jvm-metaspace.size=128mb",
                "-Dtaskmanager.memory.jvm-overhead.min=64mb",
                "-Dtaskmanager.memory.jvm-overhead.max=64mb")));
  }

  /** Runs {@code flink run -d} with these arguments; gives the id of the job. */
  String submit(List<String> arguments) throws Exception {
    until("the JobManager answers", rest::answers);
    clients++;
    List<String> command =
        new ArrayList<>(List.of("org.apache.flink.client.cli.CliFrontend", "run", "-d"));
    command.addAll(arguments);
    FlinkProcess client =
        add(FlinkProcess.start(home, "client-" + clients, List.of("-Xmx256m"), command));
    int exitCode = client.end(180);
    running.remove(client);
    assertThat(exitCode).as(client.output()).isZero();
    Matcher submitted = SUBMITTED.matcher(client.output());
    assertThat(submitted.find()).as(client.output()).isTrue();
    return submitted.group(1);
  }

  /** Kills a TaskManager with SIGKILL: it has no chance to say or clean up anything. */
  void kill(FlinkProcess taskManager) throws InterruptedException {
    // 128 and the number of the signal.
    assertThat(taskManager.kill()).isEqualTo(128 + 9);
    running.remove(taskManager);
  }

  /** Ends all processes in an orderly way. */
  void stop() throws InterruptedException {
    for (FlinkProcess process : List.copyOf(running)) {
      // A JVM that was asked to end says so by the number of the signal. Flink gives it five
      // seconds, though, and a JobManager, which has nothing of a state backend to clean up, may
      // take longer on a busy machine: then Flink halts it (JvmShutdownSafeguard, code -91).
      assertThat(process.stop())
          .as(process.name())
          .isIn(process.name().startsWith("jobmanager") ? ENDED_OR_HALTED : ENDED);
      running.remove(process);
    }
  }

  FlinkHome home() {
    return home;
  }

  RestApi rest() {
    return rest;
  }

  /** Waits, as long as all processes live that should. */
  void until(String what, Callable<Boolean> isSo) throws Exception {
    Patience.until(
        what,
        () -> {
          for (FlinkProcess process : running) {
            assertThat(process.isAlive()).as("%s lives (%s)", process.name(), what).isTrue();
          }
          return isSo.call();
        });
  }

  private FlinkProcess add(FlinkProcess process) {
    all.add(process);
    running.add(process);
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (context.getExecutionException().isPresent()) {
      for (FlinkProcess process : all) {
        printEnd(process.name() + ", output", process.output());
        printEnd(process.name() + ", log", process.log());
      }
    }
    for (FlinkProcess process : running) {
      process.kill();
    }
  }

  private static void printEnd(String what, String text) {
    List<String> lines = text.lines().toList();
    System.err.println("---- " + what);
    lines
        .subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
        .forEach(System.err::println);
  }
}
