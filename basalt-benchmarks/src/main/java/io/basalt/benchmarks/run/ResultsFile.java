package io.basalt.benchmarks.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import java.io.IOException;
import java.io.Serial;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * The file of a run: JSON, one sample in a line, keys in a fixed order and figures of six digits,
 * so that two of them can be laid side by side.
 */
public final class ResultsFile {

  /** Raised when a file of today could be misread by what reads it tomorrow. */
  static final int LAYOUT = 1;

  private static final MathContext SIX_DIGITS = new MathContext(6);

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private ResultsFile() {}

  /** Writes the run, in a directory that is made if it is not there. */
  public static void write(Path file, Results results) throws IOException {
    ObjectNode tree = MAPPER.createObjectNode().put("layout", LAYOUT);
    ObjectNode fields = MAPPER.valueToTree(rounded(results));
    tree.setAll(fields);
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Files.writeString(file, linesOf(tree) + "\n");
  }

  /**
   * Reads a run.
   *
   * @throws IOException whose message is fit for who typed the name
   */
  public static Results read(Path file) throws IOException {
    try {
      JsonNode tree = MAPPER.readTree(file.toFile());
      JsonNode layout = tree == null ? null : tree.get("layout");
      if (tree == null || layout == null || !layout.isInt()) {
        throw new IOException("%s is not the file of a run.".formatted(file));
      }
      if (layout.intValue() != LAYOUT) {
        throw new IOException(
            "%s has layout %d, and this version reads layout %d."
                .formatted(file, layout.intValue(), LAYOUT));
      }
      ((ObjectNode) tree).remove("layout");
      return MAPPER.treeToValue(tree, Results.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s is not the file of a run: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (NoSuchFileException | java.io.FileNotFoundException e) {
      throw new IOException("%s cannot be read: %s".formatted(file, reason(file)), e);
    }
  }

  private static String reason(Path file) {
    return Files.isDirectory(file)
        ? "it is a directory."
        : Files.exists(file) ? "the system refuses it." : "there is no such file.";
  }

  private static Results rounded(Results results) {
    return new Results(
        results.command(),
        results.began(),
        results.seconds(),
        results.scale(),
        results.rounds(),
        results.machine(),
        results.versions(),
        results.descriptions(),
        results.samples().stream().map(ResultsFile::rounded).toList());
  }

  private static Sample rounded(Sample sample) {
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    sample
        .values()
        .forEach(
            (metric, value) ->
                values.put(metric, BigDecimal.valueOf(value).round(SIX_DIGITS).doubleValue()));
    return new Sample(sample.group(), sample.row(), sample.backend(), sample.round(), values);
  }

  private static String linesOf(ObjectNode tree) throws JsonProcessingException {
    // What lies below a sample stays in its line; so does nothing else.
    DefaultPrettyPrinter.Indenter twoLevels =
        new DefaultPrettyPrinter.Indenter() {
          @Override
          public void writeIndentation(JsonGenerator generator, int level) throws IOException {
            if (level <= 2) {
              DefaultIndenter.SYSTEM_LINEFEED_INSTANCE
                  .withLinefeed("\n")
                  .writeIndentation(generator, level);
            }
          }

          @Override
          public boolean isInline() {
            return false;
          }
        };
    ObjectWriter writer = MAPPER.writer(new SampleLines(twoLevels));
    return writer.writeValueAsString(tree);
  }

  /** Leaves the end of a sample in its line too. */
  private static final class SampleLines extends DefaultPrettyPrinter {

    @Serial private static final long serialVersionUID = 1L;

    /** How deep the fields of a sample are. */
    private static final int SAMPLE = 3;

    SampleLines(Indenter indenter) {
      super(
          Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
      indentObjectsWith(indenter);
      indentArraysWith(indenter);
    }

    private SampleLines(SampleLines base) {
      super(base);
    }

    @Override
    public void writeEndObject(JsonGenerator generator, int entries) throws IOException {
      if (_nesting == SAMPLE) {
        _nesting--;
        generator.writeRaw('}');
      } else {
        super.writeEndObject(generator, entries);
      }
    }

    @Override
    public DefaultPrettyPrinter createInstance() {
      return new SampleLines(this);
    }
  }
}
