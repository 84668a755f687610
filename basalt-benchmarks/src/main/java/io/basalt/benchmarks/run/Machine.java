package io.basalt.benchmarks.run;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a run ran on. */
public final class Machine {

  private Machine() {}

  /**
   * Facts by name.
   *
   * @param directory where the run keeps its files
   */
  public static Map<String, String> facts(Path directory) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    FileStore disk = Files.getFileStore(directory);
    Map<String, String> facts = new TreeMap<>();
    facts.put("processor", processor(Path.of("/proc/cpuinfo")));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", gigabytes(system.getTotalMemorySize()));
    facts.put(
        "disk",
        "%s, %s free of %s"
            .formatted(
                disk.type(), gigabytes(disk.getUsableSpace()), gigabytes(disk.getTotalSpace())));
    facts.put(
        "system", "%s %s, %s".formatted(system.getName(), system.getVersion(), system.getArch()));
    facts.put(
        "java",
        "%s %s"
            .formatted(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")));
    facts.put("jvm flags", flags());
    return facts;
  }

  /** The processor's name in Linux's list of processors; elsewhere only its kind is known. */
  static String processor(Path list) throws IOException {
    if (Files.isReadable(list)) {
      try (Stream<String> lines = Files.lines(list)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElseGet(Machine::kindOfProcessor);
      }
    }
    return kindOfProcessor();
  }

  private static String kindOfProcessor() {
    return System.getProperty("os.arch", "unknown");
  }

  /** What the measuring processes are started with, but for the openings of the JDK. */
  private static String flags() {
    String collectors =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(collector -> collector.getName())
            .collect(Collectors.joining(" and "));
    return "-Xms and -Xmx as each group says, -XX:+AlwaysPreTouch, Flink's --add-opens; collector: "
        + collectors;
  }

  private static String gigabytes(long bytes) {
    return "%.1f GB".formatted(bytes / 1e9);
  }
}
