package dev.unrolling.forgetting;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataException;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FileErrors;
import dev.unrolling.data.Subsets;
import dev.unrolling.forgetting.ForgettingReport.Estimate;
import dev.unrolling.forgetting.ForgettingReport.File;
import dev.unrolling.forgetting.ForgettingReport.Retrained;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.Provenance;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A request to forget, from files to files: the unlearned model, and a report as JSON and page. */
public final class ForgetJob implements AutoCloseable {

  /**
   * Where everything is.
   *
   * @param model before the training
   * @param trained after it
   * @param batch list of what is to be forgotten
   * @param data that the batch is of, as {@link UserExamples#read}
   * @param retained list of the others that were trained on; empty for all others of the data
   * @param test data that were not trained on; empty if there are none
   * @param to file of the unlearned model; the report's two lie beside it
   */
  public record Places(
      Path model,
      Path trained,
      Path batch,
      Path data,
      Optional<Path> retained,
      Optional<Path> test,
      Path to) {

    /** The report for a program. */
    public Path json() {
      return beside(".json");
    }

    /** The report for a reader. */
    public Path page() {
      return beside(".html");
    }

    private Path beside(String ending) {
      String name = to.getFileName().toString();
      int dot = name.lastIndexOf('.');
      return to.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
    }

    /**
     * Checks that the models are two files.
     *
     * @throws IllegalArgumentException if they are one
     */
    public void check() {
      if (isSame(model, trained)) {
        throw new IllegalArgumentException(
            "--model and --trained are one file, "
                + model
                + "; --model is the model from before the training");
      }
    }

    /** Refuses what would be written over. */
    private void requireFree() {
      for (Path written : List.of(to, json(), page())) {
        if (Files.exists(written, LinkOption.NOFOLLOW_LINKS)) {
          throw new IllegalArgumentException(
              written + " is there already; move it away, or name another file by --to");
        }
      }
    }

    private static boolean isSame(Path one, Path other) {
      try {
        return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
      } catch (IOException unknown) {
        return false;
      }
    }
  }

  /**
   * What is to be done.
   *
   * @param method name of an unlearning method
   * @param prediction of v; empty for that by one Hessian where it costs less than training again
   * @param retrain whether to train again for the true v
   * @param seed of what a method draws
   */
  public record Task(String method, Optional<Prediction> prediction, boolean retrain, long seed) {}

  private final Places places;
  private final Task task;
  private final RunSettings settings;
  private final ModelPair pair;
  private final UnlearningMethod method;
  private final Dataset data;
  private final Optional<Dataset> test;
  private final int[] retained;
  private final Forgetting forgetting;

  /**
   * Reads everything and checks that it belongs together and that the places are free to be
   * written, in this order; writes nothing.
   *
   * @param places of the files
   * @param pixels how pictures are fed
   * @param label column of labels of a table
   * @param settings of the training
   * @param task to do
   * @param pair the two models, closed with this
   * @param progress told in a line how far it is
   * @throws IllegalArgumentException saying what does not belong together, and the way out
   * @throws DataException if a file cannot be read
   */
  public ForgetJob(
      Places places,
      UserExamples.Pixels pixels,
      String label,
      RunSettings settings,
      Task task,
      ModelPair pair,
      Consumer<String> progress) {
    this.places = places;
    this.task = task;
    this.settings = settings;
    this.pair = pair;
    places.check();
    this.method = UnlearningMethods.named(task.method());
    UserExamples examples = UserExamples.read(places.data(), pixels, label);
    int[] forgotten = ExampleList.read(places.batch(), examples);
    this.retained =
        places
            .retained()
            .map(file -> ExampleList.read(file, examples))
            .orElseGet(() -> Subsets.rest(examples.dataset(), forgotten));
    checkApart(forgotten);
    this.data = pair.fed(examples.dataset());
    this.test = places.test().map(at -> pair.fed(UserExamples.read(at, pixels, label).dataset()));
    this.forgetting = new Forgetting(pair, data, forgotten, retained, settings, progress);
    places.requireFree();
  }

  private void checkApart(int... forgotten) {
    if (retained.length == 0) {
      throw new IllegalArgumentException(
          places.batch() + " names all examples there are; nothing would stay");
    }
    Set<Integer> gone = IntStream.of(forgotten).boxed().collect(Collectors.toSet());
    Arrays.stream(retained)
        .filter(gone::contains)
        .findFirst()
        .ifPresent(
            both -> {
              throw new IllegalArgumentException(
                  "example "
                      + both
                      + " is in both --batch and --retained; it is either forgotten or kept");
            });
  }

  /** What would be done, in lines. */
  public List<String> plan() {
    BatchOrder order = forgetting.order();
    List<String> lines = new ArrayList<>();
    lines.add(
        "would forget "
            + order.forgetBatch().size()
            + " of "
            + (retained.length + order.forgetBatch().size())
            + " examples of "
            + data.name()
            + ", visited in each of "
            + order.epochs()
            + " epochs after "
            + settings.before()
            + " other batches: "
            + order.steps()
            + " steps in all");
    lines.add(
        "by "
            + method.name()
            + ", at a cost of "
            + Sentences.count(forgetting.cost(method).orElse(null))
            + " gradients of one example; training again without them costs "
            + Sentences.count(forgetting.retrainingCost()));
    Predictor predictor = new Predictor(pair, order);
    Prediction chosen = prediction(predictor);
    if (chosen != Prediction.NONE) {
      lines.add("predicting v costs about " + Sentences.count(predictor.cost(chosen)) + " more");
    }
    lines.addAll(unpredicted(predictor));
    if (task.retrain()) {
      lines.add("training again, with and without them, for the true v");
    }
    lines.add("would write " + places.to() + ", " + places.json() + " and " + places.page());
    lines.add("nothing was written");
    return lines;
  }

  private Prediction prediction(Predictor predictor) {
    return task.prediction()
        .orElseGet(() -> dearer(predictor) ? Prediction.NONE : Prediction.ONE_HESSIAN);
  }

  private boolean dearer(Predictor predictor) {
    return predictor.cost(Prediction.ONE_HESSIAN) > forgetting.retrainingCost();
  }

  /** Why v is not predicted, where nobody said that it should not be. */
  private List<String> unpredicted(Predictor predictor) {
    if (task.prediction().isPresent() || !dearer(predictor)) {
      return List.of();
    }
    return List.of(
        "v is not predicted: that would cost about "
            + Sentences.count(predictor.cost(Prediction.ONE_HESSIAN))
            + " gradients, more than the "
            + Sentences.count(forgetting.retrainingCost())
            + " of training again; --predict one-hessian has it predicted all the same"
            + (task.retrain() ? "" : ", --retrain gives the true v"));
  }

  /**
   * Does it, and writes the three files, the model last.
   *
   * @return the report
   * @throws IllegalStateException if the training is not repeated by the settings; nothing is then
   *     written
   * @throws IOException if a file cannot be written
   */
  public ForgettingReport run() throws IOException {
    if (task.retrain()) {
      forgetting.trainAgain();
    }
    ModelPair.Unlearned unlearned = forgetting.forget(method, task.seed());
    boolean single = method.name().equals("single-gradient");
    Predictor predictor = new Predictor(pair, forgetting.order());
    List<Estimate> estimates =
        predictor.estimates(prediction(predictor), unlearned.model(), single);
    List<String> notes = new ArrayList<>(unlearned.notes());
    notes.addAll(unpredicted(predictor));
    ForgettingReport report = report(unlearned.model(), notes, estimates, forgetting.comparison());
    AtomicFile.write(
        places.json(),
        out -> out.write(SettingsJson.write(report).getBytes(StandardCharsets.UTF_8)));
    AtomicFile.write(
        places.page(), out -> out.write(ReportPage.of(report).getBytes(StandardCharsets.UTF_8)));
    unlearned.model().write(places.to());
    return report;
  }

  private ForgettingReport report(
      Snapshot unlearned, List<String> notes, List<Estimate> estimates, Retrained retrained) {
    BatchOrder order = forgetting.order();
    double[] rates = pair.rates(order);
    double rateSum = IntStream.of(order.forgetVisits()).mapToDouble(visit -> rates[visit]).sum();
    List<ForgettingReport.Answer> answers = forgetting.answers(test);
    return new ForgettingReport(
        Provenance.libraryVersion(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        files(),
        new ForgettingReport.Run(
            data.name(),
            retained.length + order.forgetBatch().size(),
            order.forgetBatch().size(),
            order.epochs(),
            settings.batchSize().orElse(order.forgetBatch().size()),
            settings.before(),
            settings.order(),
            order.steps(),
            rateSum,
            pair.momentum()),
        new ForgettingReport.Method(
            method.name(), forgetting.cost(method).orElse(null), forgetting.retrainingCost()),
        pair.trained().distance(pair.start()),
        unlearned.distance(pair.trained()),
        estimates,
        retrained,
        answers,
        notes(notes, answers, retrained));
  }

  private List<String> notes(
      List<String> before, List<ForgettingReport.Answer> answers, Retrained retrained) {
    List<String> notes = new ArrayList<>(before);
    if (retrained != null && retrained.left() != null) {
      notes.add(Sentences.share(retrained.left()) + " of the forgetting distance is left");
    }
    if (retrained != null && retrained.verificationError() >= retrained.forgettingDistance()) {
      notes.add(
          "the unlearned model is no nearer to the retrained one than the trained model is: at this"
              + " rate and length of training the method does not help; retrain");
    }
    if (answers.get(1).retainedAccuracy() < 2.0 / data.classes()) {
      notes.add(
          "the trained model classifies only "
              + Sentences.share(answers.get(1).retainedAccuracy())
              + " of what stays right, little more than chance: are data, pixels and labels those of"
              + " its training?");
    }
    return notes;
  }

  private List<File> files() {
    List<File> files = new ArrayList<>();
    files.add(file("model before the training", places.model()));
    files.add(file("trained model", places.trained()));
    files.add(file("list of what is forgotten", places.batch()));
    files.add(file("data", places.data()));
    places.retained().ifPresent(path -> files.add(file("list of what stays", path)));
    places.test().ifPresent(path -> files.add(file("data not trained on", path)));
    files.add(new File("unlearned model", places.to().toString(), ""));
    return files;
  }

  private static File file(String role, Path path) {
    if (!Files.isRegularFile(path)) {
      return new File(role, path.toString(), "");
    }
    try {
      return new File(role, path.toString(), Checksums.sha256(Files.readAllBytes(path)));
    } catch (IOException e) {
      throw FileErrors.failed(path, e);
    }
  }

  @Override
  public void close() {
    forgetting.close();
    pair.close();
  }
}
