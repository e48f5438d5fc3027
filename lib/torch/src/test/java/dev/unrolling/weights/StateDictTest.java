package dev.unrolling.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateDictTest {

  private static final Architecture TINY = Architectures.tanhCnnWithBatchNorm(1, 2);

  /** What NumPy computed from the tensors of the files (make.py). */
  private static final double[] LOGITS = {-0.22133108637151835, 0.34268780640388385};

  @TempDir private Path folder;

  private static Batch picture() {
    double[] values = new double[3 * 32 * 32];
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.sin(0.1 * k);
    }
    return Batch.of(
        FeatureDataset.of("sines", new int[] {3, 32, 32}, values, new int[] {0}, List.of("a", "b")),
        0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny.npz", "tiny.safetensors"})
  void aNetworkFromPythonComputesWhatNumPyComputes(String name) throws IOException {
    Path file = TinyFiles.copy(name, folder);
    try (Network network = Fixtures.float64().network(TINY, 1)) {
      StateDict.load(network, file);
      assertArrayEquals(
          LOGITS, network.logits(picture(), Mode.EVALUATION).toDoubleMatrix()[0], 1e-12);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.npz", "out.safetensors"})
  void outAndInAgainIsTheSameBitForBit(String name) {
    Path file = folder.resolve(name);
    for (Engine engine : List.of(Fixtures.float32(), Fixtures.float64())) {
      for (WeightNames names :
          List.of(WeightNames.own(), WeightNames.pyTorch(), WeightNames.sequential())) {
        try (Network from = engine.network(TINY, 1);
            Network to = engine.network(TINY, 2)) {
          // A step of momentum, so that statistics have moved and there is a velocity.
          from.step(picture(), Objective.crossEntropy(), new SgdStep(0.1, 0.9));
          to.step(picture(), Objective.crossEntropy(), new SgdStep(0.1, 0.9));
          StateDict.save(from, file, names);
          StateDict.load(to, file);
          NetworkState expected = from.saveState().withoutVelocity();
          assertTrue(Fixtures.sameBits(expected, to.saveState()));
          assertEquals(StateDict.of(from, names), WeightFiles.read(file));
        }
      }
    }
  }

  @Test
  void aPrefixThatIsMeantStays() throws IOException {
    Path file = TinyFiles.copy("tiny.npz", folder);
    try (Network one = Fixtures.float32().network(TINY, 1);
        Network other = Fixtures.float32().network(TINY, 2)) {
      StateDict.load(one, file, WeightNames.pyTorch());
      StateDict.load(other, file, WeightNames.pyTorch().renamed(name -> "module." + name));
      assertTrue(Fixtures.sameBits(one.saveState(), other.saveState()));
      StateDict.load(other, WeightFiles.read(file), WeightNames.pyTorch());
      assertTrue(Fixtures.sameBits(one.saveState(), other.saveState()));
    }
  }

  @Test
  void aResNetHasTheNamesOfThePyTorchModule() {
    List<String> modules = new ArrayList<>(List.of("conv1", "bn1"));
    for (int stage = 1; stage <= 4; stage++) {
      for (int block = 0; block < 2; block++) {
        String path = "layer" + stage + "." + block + ".";
        modules.addAll(List.of(path + "conv1", path + "bn1", path + "conv2", path + "bn2"));
        if (stage > 1 && block == 0) {
          modules.addAll(List.of(path + "shortcut.0", path + "shortcut.1"));
        }
      }
    }
    Set<String> expected = new TreeSet<>(Set.of("linear.weight", "linear.bias"));
    for (String module : modules) {
      expected.add(module + ".weight");
      if (module.contains("bn") || module.endsWith("shortcut.1")) {
        expected.addAll(
            List.of(module + ".bias", module + ".running_mean", module + ".running_var"));
      }
    }
    assertEquals(102, expected.size());
    Architecture resnet = Architectures.resnet18(10);
    Map<String, String> names = WeightNames.pyTorch().of(resnet);
    assertEquals(expected, new TreeSet<>(names.values()));
    assertEquals("layer2.0.shortcut.0.weight", names.get("residual3.shortcut.conv1.weight"));
    assertEquals("layer4.1.bn2.running_var", names.get("residual8.body.norm2.running_var"));
    Map<String, String> torchvision = WeightNames.torchvision().of(resnet);
    assertEquals("layer2.0.downsample.1.bias", torchvision.get("residual3.shortcut.norm1.bias"));
    assertEquals("fc.weight", torchvision.get("dense1.weight"));
    Map<String, String> small = WeightNames.pyTorch().of(Architectures.resnet8(4, 10));
    assertEquals("layer3.0.conv2.weight", small.get("residual3.body.conv2.weight"));
  }

  @Test
  void aVggHasTheNamesOfThePyTorchModule() {
    int[] stages = {2, 2, 4, 4, 4};
    Set<String> expected = new TreeSet<>(Set.of("classifier.weight", "classifier.bias"));
    int place = 0;
    for (int convolutions : stages) {
      for (int i = 0; i < convolutions; i++, place += 3) {
        for (String role : List.of("weight", "bias")) {
          expected.add("features." + place + "." + role);
          expected.add("features." + (place + 1) + "." + role);
        }
        expected.add("features." + (place + 1) + ".running_mean");
        expected.add("features." + (place + 1) + ".running_var");
      }
      place++;
    }
    Map<String, String> names = WeightNames.pyTorch().of(Architectures.vgg19(10));
    assertEquals(expected, new TreeSet<>(names.values()));
    assertEquals("features.50.running_var", names.get("norm16.running_var"));
  }

  @Test
  void namesOfOneChain() {
    assertEquals(
        Set.of("2.weight", "2.bias"),
        Set.copyOf(WeightNames.sequential().of(Architectures.pooledLinear(10)).values()));
    Architecture two =
        new Architecture(
            "mlp",
            List.of(2),
            2,
            List.of(new Layer.Dense(2, 3, true), new Layer.Tanh(), new Layer.Dense(3, 2, false)));
    assertEquals(
        Map.of(
            "dense1.weight", "linear1.weight",
            "dense1.bias", "linear1.bias",
            "dense2.weight", "linear2.weight"),
        WeightNames.pyTorch().of(two));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> WeightNames.sequential().of(Architectures.resnet8(2, 10)))
            .getMessage();
    assertTrue(message.contains("have none for residual1 of resnet8-2"), message);
  }

  @Test
  void aMappingOfTheUsersOwn() throws IOException {
    Path file = folder.resolve("mine.npz");
    Architecture linear = Architectures.linear(2, 2);
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("head.W", Tensor.of(List.of(2, 2), 1f, 2f, 3f, 4f));
    tensors.put("head.b", Tensor.of(List.of(2), 5f, 6f));
    WeightFiles.write(file, tensors);
    try (Network network = Fixtures.float32().network(linear, 1)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> StateDict.load(network, file))
              .getMessage();
      assertTrue(message.contains("names its tensors"), message);
      assertTrue(message.contains("linear.weight, or fc.weight"), message);
      StateDict.load(
          network, file, a -> Map.of("dense1.weight", "head.W", "dense1.bias", "head.b"));
      assertArrayEquals(
          new double[] {1, 2, 3, 4, 5, 6}, network.saveState().weights().toDoubleVector());
      StateDict.save(network, file, WeightNames.own().renamed(name -> "backbone." + name));
      assertEquals(
          Set.of("backbone.dense1.weight", "backbone.dense1.bias"),
          WeightFiles.read(file).keySet());
      for (WeightNames wrong :
          List.<WeightNames>of(
              a -> Map.of("dense1.weight", "head.W"),
              a -> Map.of("dense1.weight", "x", "dense1.bias", "x"),
              a -> Map.of("dense1.weight", "x", "dense1.bias", "y", "dense2.bias", "z"))) {
        assertThrows(IllegalArgumentException.class, () -> StateDict.save(network, file, wrong));
      }
    }
  }

  /** Loads the tiny file's tensors after a change, which must be refused and change nothing. */
  private void assertRefused(Consumer<Map<String, Tensor>> change, String... parts)
      throws IOException {
    Path file = folder.resolve("tiny.npz");
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(
            WeightFiles.read(Files.exists(file) ? file : TinyFiles.copy("tiny.npz", folder)));
    change.accept(tensors);
    Path changed = folder.resolve("changed.safetensors");
    WeightFiles.write(changed, tensors);
    try (Network network = Fixtures.float32().network(TINY, 1)) {
      NetworkState before = network.saveState();
      String message =
          assertThrows(IllegalArgumentException.class, () -> StateDict.load(network, changed))
              .getMessage();
      for (String part : parts) {
        assertTrue(message.contains(part), message);
      }
      assertFalse(message.contains("\n"), message);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
    }
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    assertRefused(
        all -> all.remove("module.bn2.running_var"),
        "changed.safetensors does not fit tanh-bn-cnn-1 of 2 classes: missing bn2.running_var;",
        "unexpected none");
    assertRefused(
        all -> all.put("module.conv3.weight", Tensor.of(List.of(1), 0f)),
        "missing none",
        "unexpected conv3.weight");
    assertRefused(
        all -> all.put("module.linear.weight", Tensor.of(List.of(4, 2), new float[8])),
        "of another shape or type linear.weight is FLOAT32 [4, 2] and not [2, 4]");
    assertRefused(
        all ->
            all.put("module.linear.bias", new Tensor(Tensor.Type.INT64, List.of(2), new byte[16])),
        "linear.bias is INT64 [2] and not [2]");
    assertRefused(
        all -> {
          all.clear();
          all.put("fc.weight", Tensor.of(List.of(10, 512), new float[5120]));
        },
        "missing conv1.weight, bn1.weight, bn1.bias, conv2.weight and 7 more",
        "fc.weight is FLOAT32 [10, 512] and not [2, 4]");
  }
}
