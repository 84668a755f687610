package io.basalt.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says of the machine and the versions. */
class FactsTest {

  @TempDir Path directory;

  @Test
  void theMachine() throws Exception {
    Map<String, String> facts = Machine.facts(directory);

    assertThat(facts)
        .containsOnlyKeys("processor", "cores", "memory", "disk", "system", "java", "jvm flags");
    assertThat(facts.values()).allSatisfy(fact -> assertThat(fact).isNotBlank());
  }

  @Test
  void theProcessorsName() throws Exception {
    Path list = directory.resolve("cpuinfo");
    Files.writeString(list, "processor\t: 0\nmodel name\t: Abacus 3000\nmodel name\t: Other\n");

    assertThat(Machine.processor(list)).isEqualTo("Abacus 3000");
    assertThat(Machine.processor(Files.writeString(list, "Hardware : something\n")))
        .isEqualTo(System.getProperty("os.arch"));
    assertThat(Machine.processor(directory.resolve("none"))).isNotBlank();
  }

  @Test
  void theVersionsThatWereBuilt() throws Exception {
    Map<String, String> facts = Versions.facts(directory);

    assertThat(facts).containsOnlyKeys("basalt", "flink", "frocksdbjni", "commit");
    assertThat(facts.get("flink")).matches("2\\.[0-9]+\\.[0-9]+.*");
    assertThat(facts.get("commit")).isEqualTo("unknown");
  }

  @Test
  void aTreeGoesWithAllThatIsInIt() throws Exception {
    Path tree = directory.resolve("tree");
    Files.createDirectories(tree.resolve("a/b"));
    Files.createFile(tree.resolve("a/b/c"));
    Path outside = Files.createFile(Files.createDirectory(directory.resolve("out")).resolve("d"));
    Files.createSymbolicLink(tree.resolve("link"), outside.getParent());

    DirectoryTree.delete(tree);
    DirectoryTree.delete(tree);

    assertThat(tree).doesNotExist();
    assertThat(outside).exists();
  }
}
