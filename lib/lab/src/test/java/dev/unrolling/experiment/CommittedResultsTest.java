package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.StrictJson;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tech.tablesaw.api.Table;

/** The tables that are kept with the notebooks. */
class CommittedResultsTest {

  private static final Path FOLDER = Path.of("../../notebooks/results");
  private final CommittedResults kept = new CommittedResults(FOLDER);

  @ParameterizedTest
  @EnumSource(names = {"DESK", "PAPER"})
  void eachRunSaysWhereItComesFromAndEachTableWhatItShows(Scale scale) throws IOException {
    for (Experiment<?> experiment : Experiments.all()) {
      if (!kept.scales(experiment.id()).contains(scale)) {
        continue;
      }
      String name = scale + "/" + experiment.id();
      Table table = kept.table(experiment.id(), scale).orElseThrow();
      JsonNode origins = StrictJson.mapper().readTree(FOLDER.resolve(name + ".json").toFile());
      assertEquals(origins.size(), Tables.distinct(table, "run").length, name);
      origins.forEach(one -> assertTrue(one.path("commit").isTextual(), name));
      assertFalse(experiment.figures(scale, table).isEmpty(), name);
      experiment.reading().summary(table).ifPresent(s -> assertTrue(s.rowCount() > 0, name));
    }
  }

  /** A network that works: the point of desk scale. */
  @Test
  void desksNetworksAreTrained() {
    Table runs = Experiments.of("E2").reading().summary(kept.table("E2", Scale.DESK).get()).get();
    Set<String> seen = new TreeSet<>();
    for (int row = 0; row < runs.rowCount(); row++) {
      if (Tables.at(runs, "gamma", row) == 0) {
        String data = runs.stringColumn("data").get(row);
        double least = data.equals("cifar10") ? 0.85 : 0.5;
        assertTrue(Tables.at(runs, "test_accuracy", row) >= least, data);
        seen.add(data);
      }
    }
    assertEquals(Set.of("cifar10", "cifar100"), seen);
  }
}
