package dev.unrolling.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.DataCache;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.RunKey;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tech.tablesaw.api.Table;

class SettingsTest {

  private static final FineTuningSettings BASE = FineTuningSettings.of(Scale.QUICK);
  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);

  /** Identities need no data that are there. */
  private static final DataSets DATA =
      DataSets.of(new DataCache(Path.of("none"), true), line -> {});

  private static String hash(FineTuningSettings settings) {
    return new FineTuning().key(ENGINE, DATA, settings).hash();
  }

  @ParameterizedTest
  @CsvSource({
    "model,''",
    "data,''",
    "examples,63",
    "pretrainingEpochs,-1",
    "pretrainingBatchSize,0",
    "pretrainingRate,0",
    "epochs,0",
    "batchSize,0",
    "rate,-0.1",
    "momentum,1",
    "weightDecay,-1",
    "gamma,-1",
    "gammaDivisor,0.5",
    "gammaEpochs,0",
    "forgetBatchInPretraining,maybe",
    "position,nowhere",
    "testExamples,0",
    "measureEvery,0",
    "checkpointEvery,7",
    "seed,1.5",
    "rate,NaN",
    "epochs,null",
    "epochs,many",
    "pretrainingPrecision,float16",
    "pretrainingPrecision,''",
    "pretrainingPrecision,16",
    "pretrainingPrecision,[\"tf32\"]",
    "position,2",
    "position,''",
    "model,a b",
    "model,resnet8-4 seed=1",
    "data,cifar10 seed=1",
    "gamma,5 seed=1",
    "gamma,5 // five",
    "gamma,1e-999",
    "gamma,1e999",
    "gamma,true",
    "gamma,[5]",
    "gamma,0x10",
    "epochs,3000000000",
    "epochs,2.0",
    "epochs,'\"2\"'",
    "seed,99999999999999999999",
    "forgetBatchInPretraining,1",
    "forgetBatchInPretraining,"
  })
  void aBadValueIsRefusedByName(String name, String value) {
    Exception e =
        assertThrows(
            IllegalArgumentException.class, () -> SettingsJson.set(BASE, name + "=" + value));
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void anUnknownNameIsRefusedWithTheNamesThereAre() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> SettingsJson.set(BASE, "gama=1"));
    assertTrue(e.getMessage().contains("\"gama\"") && e.getMessage().contains("gamma"));
    assertThrows(IllegalArgumentException.class, () -> SettingsJson.set(BASE, "gamma"));
    assertThrows(IllegalArgumentException.class, () -> SettingsJson.read(BASE, "[1]"));
    assertThrows(IllegalArgumentException.class, () -> SettingsJson.read(BASE, "{"));
  }

  /** Nothing in a file is dropped, and nothing taken for something else. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"gamma\": 5} {\"seed\": 3}",
        "{\"gamma\": 5} x",
        "{\"gamma\": 5, \"gamma\": 7}",
        "{\"gamma\": 5, /* five */ \"seed\": 3}",
        "{\"gamma\": 5,}",
        "{\"gamma\": NaN}",
        "{\"gamma\": \"NaN\"}",
        "{\"gamma\": \"5\"}",
        "{\"gamma\": 1e-999}",
        "{\"gamma\": null}",
        "{\"model\": null}",
        "{\"model\": 5}",
        "{\"model\": true}",
        "{\"position\": 2}",
        "{\"position\": null}",
        "{\"seed\": 3.0}",
        "{\"seed\": \"3\"}",
        "{\"seed\": [3]}",
        "{\"gama\": 5}",
        "{gamma: 5}",
        "",
        "null",
        "3"
      })
  void aFileIsReadStrictly(String json) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> SettingsJson.read(BASE, json));
    assertFalse(e.getMessage().isBlank());
    // The same as a grid, which takes a list where a file takes a value.
    String grid = json.replaceAll("(: )([^,}]+)", "$1[$2]");
    assertThrows(IllegalArgumentException.class, () -> Grid.of(BASE, grid), grid);
  }

  @Test
  void aGridThatWouldTakeTheMemoryIsRefused() {
    String values = IntStream.range(0, 400).boxed().toList().toString();
    String json = "{\"gamma\": " + values + ", \"seed\": " + values + "}";
    Exception e = assertThrows(IllegalArgumentException.class, () -> Grid.of(BASE, json));
    assertTrue(e.getMessage().contains("160000") && e.getMessage().contains("100000"));
  }

  @Test
  void namesAreTakenAsTheyStand() {
    assertEquals("1e3", SettingsJson.set(BASE, "model=1e3").model());
    assertEquals(BatchOrder.Position.LAST, SettingsJson.set(BASE, "position=last").position());
  }

  /** What it is not given for is as it was before there was one: JSON, key and table. */
  @Test
  void anOptionalSettingThatIsEmptyLeavesNoTrace() {
    FineTuningSettings set = SettingsJson.set(BASE, "pretrainingPrecision=bfloat16");
    assertEquals(Optional.of(Precision.BFLOAT16), set.pretrainingPrecision());
    assertEquals(set, SettingsJson.read(BASE, SettingsJson.write(set)));
    assertEquals(BASE, SettingsJson.set(set, "pretrainingPrecision=null"));
    assertFalse(SettingsJson.write(BASE).contains("Precision"));
    FineTuning computation = new FineTuning();
    assertFalse(computation.key(ENGINE, DATA, BASE).text().contains("Precision"));
    String text = computation.key(ENGINE, DATA, set).text();
    assertTrue(text.contains("\nsettings.pretrainingPrecision=bfloat16\n"), text);
    List<Optional<Precision>> grid =
        Grid.of(BASE, "{\"pretrainingPrecision\": [null, \"tf32\"]}").stream()
            .map(FineTuningSettings::pretrainingPrecision)
            .toList();
    assertEquals(List.of(Optional.empty(), Optional.of(Precision.TF32)), grid);
    Table without = RecordTable.of("t", FineTuningSettings.class, List.of(BASE));
    Table with = RecordTable.of("t", FineTuningSettings.class, List.of(BASE, set));
    assertFalse(without.containsColumn("pretraining_precision"));
    for (boolean first : new boolean[] {true, false}) {
      Table both =
          first
              ? RecordTable.under(without.copy(), with.copy())
              : RecordTable.under(with.copy(), without.copy());
      assertEquals(with.columnNames(), both.columnNames());
      Table read = RecordTable.readCsv(FineTuningSettings.class, RecordTable.csv(both));
      assertEquals(
          first ? List.of("", "", "bfloat16") : List.of("", "bfloat16", ""),
          read.stringColumn("pretraining_precision").asList());
    }
    assertEquals(
        without.columnNames(),
        RecordTable.readCsv(FineTuningSettings.class, RecordTable.csv(without)).columnNames());
  }

  @ParameterizedTest
  @EnumSource(Scale.class)
  void jsonGivesTheSameSettings(Scale scale) {
    FineTuningSettings settings =
        SettingsJson.with(FineTuningSettings.of(scale), "gamma", 0.1, "position", "last");
    FineTuningSettings other =
        SettingsJson.with(FineTuningSettings.authors(), "model", "x", "seed", 99);
    assertEquals(settings, SettingsJson.read(other, SettingsJson.write(settings)));
    assertEquals(BatchOrder.Position.LAST, settings.position());
  }

  @Test
  void jsonNamesWhatChanges() {
    FineTuningSettings changed = SettingsJson.read(BASE, "{\"gamma\": 5, \"seed\": 2}");
    assertEquals(BASE.withGamma(5).withSeed(2), changed);
  }

  /** Computed once, in another JVM; another value would orphan every stored result. */
  @Test
  void theHashIsTheSameInEveryVirtualMachine() {
    RunKey key =
        new RunKey(
            "fine-tuning",
            1,
            "torch",
            "cpu",
            "float32",
            1,
            DATA.identity("cifar10"),
            FineTuningSettings.authors());
    assertEquals("c5278e020a27b367", key.hash(), key::text);
  }

  @Test
  void everySettingChangesTheHash() {
    Map<String, String> other =
        Map.ofEntries(
            Map.entry("model", "resnet18"),
            Map.entry("data", "cifar100"),
            Map.entry("examples", "641"),
            Map.entry("pretrainingEpochs", "11"),
            Map.entry("pretrainingBatchSize", "65"),
            Map.entry("pretrainingRate", "0.051"),
            Map.entry("pretrainingRecipe", "one_cycle"),
            Map.entry("pretrainingPrecision", "bfloat16"),
            Map.entry("epochs", "6"),
            Map.entry("batchSize", "33"),
            Map.entry("rate", "0.011"),
            Map.entry("momentum", "0.9"),
            Map.entry("weightDecay", "5e-4"),
            Map.entry("gamma", "1e-300"),
            Map.entry("gammaDivisor", "2"),
            Map.entry("gammaEpochs", "10"),
            Map.entry("forgetBatchInPretraining", "true"),
            Map.entry("position", "last"),
            Map.entry("testExamples", "2001"),
            Map.entry("measureEvery", "20"),
            Map.entry("checkpointEvery", "10"),
            Map.entry("seed", "1"));
    for (RecordComponent component : FineTuningSettings.class.getRecordComponents()) {
      String name = component.getName();
      FineTuningSettings changed = SettingsJson.set(BASE, name + "=" + other.get(name));
      assertNotEquals(hash(BASE), hash(changed), name);
    }
  }

  @Test
  void engineAndPrecisionAndThreadsChangeTheHash() {
    String base = hash(BASE);
    FineTuning computation = new FineTuning();
    assertNotEquals(base, computation.key(ENGINE.withThreads(2), DATA, BASE).hash());
    assertNotEquals(
        base, computation.key(ENGINE.withPrecision(Precision.FLOAT64), DATA, BASE).hash());
    Engine dl4j = Engines.open("dl4j", "cpu", Precision.FLOAT32).withThreads(1);
    assertNotEquals(base, computation.key(dl4j, DATA, BASE).hash());
  }
}
