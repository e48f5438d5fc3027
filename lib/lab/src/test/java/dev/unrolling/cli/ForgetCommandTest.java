package dev.unrolling.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.ImageDataset.Normalisation;
import dev.unrolling.data.PictureFolder;
import dev.unrolling.data.StrictJson;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.dl4j.ForgettingRecord;
import dev.unrolling.engine.dl4j.UserData;
import dev.unrolling.engine.dl4j.UserModels;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.weights.StateDict;
import dev.unrolling.weights.WeightNames;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A user's own model through the command, from files to files, on pictures made here. */
class ForgetCommandTest {

  private static final int BATCH = 8;
  private static final int EPOCHS = 3;
  private static final double RATE = 0.004;
  private static final double MOMENTUM = 0.5;

  @TempDir private static Path made;

  /** Pictures as the models are fed them: 0 to 1. */
  private static Dataset pictures;

  private static int[] forgotten;

  @TempDir private Path folder;

  private record Ended(int status, List<String> out, List<String> err) {}

  @BeforeAll
  static void trainTheUsersModels() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 48; i++) {
      BufferedImage image = new BufferedImage(6, 6, BufferedImage.TYPE_BYTE_GRAY);
      for (int pixel = 0; pixel < 36; pixel++) {
        boolean lit = pixel % 6 / 2 == i % 3;
        image.getRaster().setSample(pixel % 6, pixel / 6, 0, random.nextInt(lit ? 256 : 160));
      }
      Path file = made.resolve("pictures/class" + i % 3).resolve("p" + (10 + i) + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
    pictures =
        PictureFolder.read(
            "pictures", made.resolve("pictures"), new Normalisation(List.of(0.0), List.of(1.0)));
    forgotten = IntStream.range(0, BATCH).map(i -> 5 * i + 2).toArray();
    Files.write(
        made.resolve("ids.csv"),
        Stream.concat(Stream.of("id"), IntStream.of(forgotten).mapToObj(Integer::toString))
            .toList());
    train("sgd", new Sgd(RATE));
    train("nesterovs", new Nesterovs(RATE, MOMENTUM));
  }

  private static BatchOrder others() {
    return BatchOrder.fixed(pictures, Subsets.rest(pictures, forgotten), BATCH, EPOCHS);
  }

  private static void train(String name, IUpdater updater) throws IOException {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(36).nOut(7).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(7)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    model.init();
    write(model, made.resolve(name + "-before.zip"));
    Batch forget = Batch.of(pictures, forgotten);
    BatchOrder order = others().withForgetBatch(forget, BatchOrder.Position.FIRST);
    model.fit(UserData.iterator(order).flat(), EPOCHS);
    write(model, made.resolve(name + "-after.zip"));
  }

  private static void write(MultiLayerNetwork model, Path zip) throws IOException {
    ModelSerializer.writeModel(model, zip.toFile(), true);
    ModelSerializer.addNormalizerToModel(zip.toFile(), new ImagePreProcessingScaler(0, 1));
    ModelSerializer.addObjectToFile(zip.toFile(), "owner", "the user");
  }

  private static Ended run(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments.toArray(String[]::new));
    return new Ended(status, out.toString().lines().toList(), err.toString().lines().toList());
  }

  private Ended forget(String models, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "forget",
                "--model=" + made.resolve(models + "-before.zip"),
                "--trained=" + made.resolve(models + "-after.zip"),
                "--batch=" + made.resolve("ids.csv"),
                "--data=" + made.resolve("pictures"),
                "--to=" + folder.resolve("unlearned.zip")));
    for (String one : more) {
      String name = one.split("=")[0] + "=";
      arguments.removeIf(given -> one.contains("=") && given.startsWith(name));
      arguments.add(one);
    }
    return run(arguments);
  }

  private JsonNode report() throws IOException {
    return StrictJson.tree(Files.readString(folder.resolve("unlearned.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "nesterovs"})
  void theZipIsThatOfTheLibraryAndTheDistanceThatOfRetraining(String models) throws IOException {
    Ended ended = forget(models, "--retrain");
    assertEquals(0, ended.status(), ended.toString());
    MultiLayerNetwork before = load(made.resolve(models + "-before.zip"));
    MultiLayerNetwork after = load(made.resolve(models + "-after.zip"));
    MultiLayerNetwork unlearned = load(folder.resolve("unlearned.zip"));
    ForgettingRecord record =
        models.equals("sgd")
            ? ForgettingRecord.sgd(before.params(), BATCH, RATE, RATE, RATE)
            : ForgettingRecord.nesterovs(before.params(), BATCH, RATE, MOMENTUM, 18, 0, 6, 12);
    MultiLayerNetwork expected =
        UserModels.unlearn(after, UserData.flat(Batch.of(pictures, forgotten)), record);
    double moved = UserModels.distance(unlearned, after);
    assertTrue(moved > 0);
    // The zip's scaler divides in another order than a picture's own normalisation.
    assertEquals(0, UserModels.distance(unlearned, expected), 1e-5 * moved);

    before.fit(UserData.iterator(others()).flat(), EPOCHS);
    JsonNode retrained = report().get("retrained");
    double v = UserModels.distance(unlearned, before);
    double nothing = UserModels.distance(after, before);
    assertEquals(v, retrained.get("verificationError").asDouble(), 1e-4 * nothing);
    assertEquals(nothing, retrained.get("forgettingDistance").asDouble(), 1e-4 * nothing);
    assertTrue(retrained.get("reproduced").asDouble() < 1e-4 * nothing);
    assertTrue(v < nothing);
    String left =
        String.format(Locale.ROOT, "%.1f%% of the forgetting distance is left", 100 * v / nothing);
    assertTrue(report().get("notes").toString().contains(left), report().toString());
    assertTrue(ended.out().contains(left), ended.toString());
    String page = Files.readString(folder.resolve("unlearned.html"));
    assertTrue(page.contains(left) && page.contains("Left of the forgetting distance"));
    for (String answer : List.of("before the training", "trained", "unlearned", "retrained")) {
      assertTrue(report().get("answers").toString().contains(answer));
    }
  }

  @Test
  void allElseOfTheZipIsKept() throws IOException {
    assertEquals(0, forget("nesterovs", "--predict=none").status());
    Path zip = folder.resolve("unlearned.zip");
    assertEquals("the user", ModelSerializer.getObjectFromFile(zip.toFile(), "owner"));
    assertTrue(
        ModelSerializer.restoreNormalizerFromFile(zip.toFile())
            instanceof ImagePreProcessingScaler);
    assertTrue(load(zip).getUpdater(false).getStateViewArray().norm2Number().doubleValue() > 0);
    assertEquals(18, load(zip).getIterationCount());
  }

  private static MultiLayerNetwork load(Path zip) throws IOException {
    return ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
  }

  /**
   * All three of one picture size, of a smooth model: what is predicted is near what is measured.
   */
  @ParameterizedTest
  @ValueSource(strings = {"one-hessian", "leading-term", "trajectory"})
  void vIsPredicted(String prediction) throws IOException {
    assertEquals(0, forget("sgd", "--retrain", "--predict=" + prediction).status());
    double v = report().get("retrained").get("verificationError").asDouble();
    JsonNode last = null;
    for (JsonNode estimate : report().get("errors")) {
      last = estimate;
    }
    assertEquals("predicted v", last.get("name").asText());
    assertEquals(v, last.get("value").asDouble(), 0.3 * v, prediction);
  }

  @Test
  void aPredictionThatCannotBeHadIsSaidAndNoFailure() throws IOException {
    assertEquals(0, forget("nesterovs", "--predict=one-hessian").status());
    assertEquals(3, report().get("errors").size());
    for (JsonNode estimate : report().get("errors")) {
      assertTrue(estimate.get("value").isNull());
      assertTrue(estimate.get("how").asText().contains("momentum 0.5"), estimate.toString());
    }
  }

  /** Training again takes 120 gradients: 3 epochs of the 40 examples that stay. */
  @Test
  void whatCostsMoreThanTrainingAgainIsPredictedOnRequestAlone() throws IOException {
    Ended dry = forget("sgd", "--dry-run");
    String why = "v is not predicted: that would cost about 1,528 gradients, more than the 120";
    assertTrue(dry.out().stream().anyMatch(line -> line.startsWith(why)), dry.toString());
    assertFalse(dry.out().toString().contains("predicting v costs"), dry.toString());
    assertEquals(0, forget("sgd").status());
    assertEquals(0, report().get("errors").size());
    assertTrue(report().get("notes").toString().contains(why), report().toString());
    Ended asked = forget("sgd", "--dry-run", "--predict=one-hessian", "--to=" + folder + "/b.zip");
    assertTrue(asked.out().contains("predicting v costs about 1,528 more"), asked.toString());
    assertFalse(asked.out().toString().contains("not predicted"), asked.toString());
    assertFalse(
        forget("sgd", "--dry-run", "--predict=none", "--to=" + folder + "/b.zip")
            .out()
            .toString()
            .contains("not predicted"));
  }

  @Test
  void inputsAreCheckedBeforeThePlacesOfTheOutputs() throws IOException {
    Files.writeString(folder.resolve("unlearned.zip"), "there");
    for (String change : List.of("--epochs=4", "--retained=" + made.resolve("ids.csv"))) {
      for (String[] run : new String[][] {{change}, {change, "--dry-run"}}) {
        Ended ended = forget("sgd", run);
        assertEquals(2, ended.status());
        assertFalse(ended.err().get(0).contains("is there already"), ended.toString());
      }
    }
    Ended ended = forget("sgd", "--dry-run");
    assertEquals(2, ended.status());
    assertTrue(ended.err().get(0).contains("is there already"), ended.toString());
  }

  @Test
  void theHelpTellsDefaultsFormatsAndMethods() {
    String help = String.join(" ", run(List.of("forget", "--help")).out()).replaceAll("\\s+", " ");
    UnlearningMethods.names().forEach(name -> assertTrue(help.contains(name), name));
    for (String part :
        List.of(
            "(default: single-gradient)",
            "(default: label)",
            "(default: one-hessian where it costs less than training again, else none)",
            "the first column counts",
            "UTF-8 with a header")) {
      assertTrue(help.contains(part), part + ": " + help);
    }
    assertFalse(help.contains("claim") || help.contains("2.1"), help);
  }

  @ParameterizedTest
  @CsvSource({"krylov, 520", "trajectory, 432", "retraining, 120", "fine-tuning, 400"})
  void otherMethodsServeToo(String method, long cost) throws IOException {
    Ended ended = forget("sgd", "--method=" + method, "--predict=none");
    assertEquals(0, ended.status(), ended.toString());
    assertEquals(method, report().get("method").get("name").asText());
    assertTrue(report().get("unlearningMoved").asDouble() > 0);
    long told = report().get("method").get("gradients").asLong();
    assertEquals(method.equals("krylov") ? BATCH + 32 * 40 : cost, told);
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndWritesNothing() throws IOException {
    Ended ended = forget("sgd", "--dry-run", "--retrain");
    assertEquals(0, ended.status(), ended.toString());
    assertTrue(ended.out().get(0).contains("8 of 48 examples"), ended.toString());
    assertEquals("nothing was written", ended.out().get(ended.out().size() - 1));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void picturesMayBeNamed() throws IOException {
    List<String> names = PictureFolder.names(made.resolve("pictures"));
    Path list = folder.resolve("names.txt");
    Files.write(list, IntStream.of(forgotten).mapToObj(names::get).toList());
    assertEquals(0, forget("sgd", "--batch=" + list, "--predict=none").status());
    double byName = report().get("unlearningMoved").asDouble();
    for (String ending : List.of("zip", "json", "html")) {
      Files.delete(folder.resolve("unlearned." + ending));
    }
    assertEquals(0, forget("sgd", "--predict=none").status());
    assertEquals(report().get("unlearningMoved").asDouble(), byName);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model=FOLDER/none.zip | 1 | there is no such zip",
        "--model=MADE/ids.csv | 1 | is not a whole model",
        "--model=MADE/sgd-after.zip | 2 | are one file",
        "--model=MADE/nesterovs-before.zip | 2 | say by --rate",
        "--trained=MADE/other.zip | 2 | the models differ",
        "--batch=FOLDER/none.csv | 1 | expected a data file",
        "--batch=MADE/far.csv | 2 | line 2: \"48\" is no example of pictures; its examples are 0 to 47",
        "--batch=MADE/twice.csv | 2 | line 3: example 1 is given twice",
        "--batch=MADE/empty.csv | 2 | names no example",
        "--retained=MADE/ids.csv | 2 | is in both --batch and --retained",
        "--data=FOLDER/none | 1 | found nothing",
        "--data=MADE/small | 2 | does not take examples of shape [1, 3, 3]",
        "--epochs=4 | 2 | counts 18 steps of training",
        "--batch-size=5 | 2 | counts 18 steps of training",
        "--batch-size=0 | 2 | the batch size must be at least 1",
        "--after=6 | 2 | after 0 to 5 other batches",
        "--method=magic | 2 | \"magic\"",
        "--method=amnesiac --pixels=unit | 1 | it was trained otherwise",
        "--retrain --order=shuffled | 1 | it was trained otherwise",
        "--predict=stars | 2 | one-hessian",
        "--momentum=0.5 | 2 | are for files of weights",
        "--to=MADE/sgd-after.zip | 2 | is there already"
      })
  void whatCannotBeIsOneLineAndWritesNothing(String change, int status, String part)
      throws IOException {
    Files.writeString(made.resolve("far.csv"), "0\n48\n");
    Files.writeString(made.resolve("twice.csv"), "index\n1\n1\n");
    Files.writeString(made.resolve("empty.csv"), "id\n");
    Path small = Files.createDirectories(made.resolve("small/class0"));
    for (int i = 0; i < 48; i++) {
      BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(image, "png", small.resolve(i + ".png").toFile());
    }
    if (change.contains("other.zip")) {
      write(other(), made.resolve("other.zip"));
    }
    String[] changes =
        change.replace("MADE", made.toString()).replace("FOLDER", folder.toString()).split(" ");
    Path batch = folder.resolve("batch.csv");
    Files.copy(made.resolve("ids.csv"), batch);
    Ended ended = forget("sgd", changes);
    assertEquals(status, ended.status(), ended.toString());
    assertEquals(1, ended.err().size(), ended.toString());
    assertTrue(ended.err().get(0).contains(part), ended.toString());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(batch), files.toList());
    }
  }

  private static MultiLayerNetwork other() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Sgd(RATE))
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(36)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    model.init();
    return model;
  }

  /** Weights of one of our own architectures, and a table. */
  @Test
  void weightsAloneNeedTheirArchitectureAndRate() throws IOException {
    Random random = new Random(1);
    double[] values = random.doubles(60 * 4, -1, 1).toArray();
    int[] labels = IntStream.range(0, 60).map(i -> values[4 * i] > 0 ? 1 : 0).toArray();
    Path csv = folder.resolve("table.csv");
    Files.write(
        csv,
        Stream.concat(
                Stream.of("a,b,c,d,label"),
                IntStream.range(0, 60)
                    .mapToObj(
                        i ->
                            Arrays.stream(values, 4 * i, 4 * i + 4)
                                    .mapToObj(Double::toString)
                                    .collect(Collectors.joining(","))
                                + ","
                                + labels[i]))
            .toList());
    Dataset data = FeatureDataset.of("table.csv", values, labels, List.of("0", "1"));
    int[] first = IntStream.range(0, 10).toArray();
    BatchOrder order =
        BatchOrder.shuffled(data, Subsets.rest(data, first), 10, 4, 9)
            .withForgetBatch(Batch.of(data, first), 2);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "forget",
                "--model=" + folder.resolve("before.npz"),
                "--trained=" + folder.resolve("after.npz"),
                "--batch=" + folder.resolve("ids.csv"),
                "--data=" + csv,
                "--architecture=linear-4",
                "--epochs=4",
                "--order=shuffled",
                "--seed=9",
                "--after=2",
                "--retrain"));
    Files.write(
        folder.resolve("ids.csv"), IntStream.of(first).mapToObj(Integer::toString).toList());
    try (Network model =
            Engines.open("torch", "cpu", Precision.FLOAT32).network(Architectures.linear(4, 2), 0);
        Network retrained = model.copy()) {
      StateDict.save(model, folder.resolve("before.npz"), WeightNames.own());
      trainer.train(model, order);
      StateDict.save(model, folder.resolve("after.npz"), WeightNames.own());
      Ended refused = run(arguments);
      assertEquals(2, refused.status(), refused.toString());
      assertTrue(refused.err().get(0).contains("by --rate"), refused.toString());
      arguments.add("--rate=0.1");
      List<String> longer = new ArrayList<>(arguments);
      longer.removeAll(List.of("--retrain", "--epochs=4"));
      longer.addAll(List.of("--epochs=60", "--dry-run"));
      assertTrue(run(longer).out().contains("predicting v costs about 1,910 more"));
      Ended ended = run(arguments);
      assertEquals(0, ended.status(), ended.toString());
      trainer.retrain(retrained, order, Removal.skippedStep(), order.steps());
      StateDict.load(model, folder.resolve("after-unlearned.npz"));
      JsonNode report = StrictJson.tree(Files.readString(folder.resolve("after-unlearned.json")));
      assertEquals(
          VerificationError.value(model, retrained),
          report.get("retrained").get("verificationError").asDouble(),
          1e-6);
    }
  }

  @Test
  void thePageStandsAloneAndEscapesWhatItNames() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("a<b&c"));
    Ended ended = forget("sgd", "--to=" + odd.resolve("u.zip"), "--predict=none");
    assertEquals(0, ended.status(), ended.toString());
    String page = Files.readString(odd.resolve("u.html"));
    assertTrue(page.contains("a&lt;b&amp;c"));
    assertFalse(page.contains("a<b"));
    assertFalse(page.contains("src=") || page.contains("<script"));
    assertTrue(page.contains(".facts {"));
  }
}
