package dev.unrolling.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.StrictJson;
import dev.unrolling.data.UserPath;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.Provenance;
import dev.unrolling.store.RecordTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tech.tablesaw.api.Table;

/**
 * Tables that are kept with the notebooks, since they take too long for a notebook: {@code
 * desk/E1.csv}, and beside it {@code E1.json} with where each run comes from.
 *
 * @param folder e.g. {@code notebooks/results}
 */
public record CommittedResults(Path folder) {

  /** Environment variable that names the folder. */
  public static final String VARIABLE = "UNROLLING_TABLES";

  /** The folder that the environment names, else that of a working copy or of its notebooks. */
  public static CommittedResults fromEnvironment() {
    return from(System.getenv());
  }

  /** The same, in an environment of the caller's. */
  public static CommittedResults from(Map<String, String> environment) {
    String named = environment.get(VARIABLE);
    Path here = Path.of("results");
    return new CommittedResults(
        named != null
            ? UserPath.of(VARIABLE, named)
            : Files.isDirectory(here) ? here : Path.of("notebooks", "results"));
  }

  /**
   * The table of an experiment.
   *
   * @return empty if none has been committed at the scale
   */
  public Optional<Table> table(String id, Scale scale) {
    Path file = file(id, scale, ".csv");
    return Files.exists(file)
        ? Optional.of(RecordTable.readCsv(Experiments.of(id).computation().rowType(), file))
        : Optional.empty();
  }

  /**
   * Writes a table and where its runs come from.
   *
   * @param id of the experiment
   * @param table as {@link Runner#finished} gives
   * @param provenances by the runs' folders in the store
   * @return the CSV
   */
  public Path write(String id, Scale scale, Table table, Map<String, Provenance> provenances) {
    try {
      String json = StrictJson.mapper().writeValueAsString(new TreeMap<>(provenances));
      write(file(id, scale, ".json"), json + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + provenances, e);
    }
    Path csv = file(id, scale, ".csv");
    write(csv, RecordTable.csv(table));
    return csv;
  }

  /** The scales larger than quick at which an experiment has a table. */
  public List<Scale> scales(String id) {
    return List.of(Scale.DESK, Scale.PAPER).stream()
        .filter(scale -> Files.exists(file(id, scale, ".csv")))
        .toList();
  }

  private Path file(String id, Scale scale, String ending) {
    return folder.resolve(scale.toString()).resolve(id + ending);
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
