package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {

  private static final FineTuningSettings BASE = FineTuningSettings.of(Scale.QUICK);
  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);

  private static String hash(FineTuningSettings settings) {
    return RunKey.of(new FineTuning(), ENGINE, settings).hash();
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
    "epochs,many"
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
        new RunKey("fine-tuning", 1, "torch", "cpu", "float32", 1, FineTuningSettings.authors());
    assertEquals("e58ea9265477a6d8", key.hash(), key::text);
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
    assertNotEquals(base, RunKey.of(computation, ENGINE.withThreads(2), BASE).hash());
    assertNotEquals(
        base, RunKey.of(computation, ENGINE.withPrecision(Precision.FLOAT64), BASE).hash());
    Engine dl4j = Engines.open("dl4j", "cpu", Precision.FLOAT32).withThreads(1);
    assertNotEquals(base, RunKey.of(computation, dl4j, BASE).hash());
  }
}
