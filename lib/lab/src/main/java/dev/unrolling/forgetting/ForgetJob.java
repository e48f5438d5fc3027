package dev.unrolling.forgetting;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.DataException;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.forgetting.ForgettingReport.Estimate;
import dev.unrolling.forgetting.ForgettingReport.Retrained;
import dev.unrolling.forgetting.inputs.ExampleList;
import dev.unrolling.forgetting.inputs.ModelPair;
import dev.unrolling.forgetting.inputs.RunSettings;
import dev.unrolling.forgetting.inputs.Snapshot;
import dev.unrolling.forgetting.inputs.UserExamples;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.Provenance;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  private final int[] retained;
  private final Forgetting forgetting;
  private final Questions questions;

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
    Optional<Dataset> test =
        places.test().map(at -> pair.fed(UserExamples.read(at, pixels, label).dataset()));
    this.forgetting = new Forgetting(pair, data, forgotten, retained, settings, progress);
    this.questions = Questions.of(forgetting.order().forgetBatch(), retained, test);
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
    Predictor predictor = new Predictor(pair, forgetting.order(), forgetting.retrainingCost());
    Prediction chosen = predictor.chosen(task.prediction());
    if (chosen != Prediction.NONE) {
      lines.add("predicting v costs about " + Sentences.count(predictor.cost(chosen)) + " more");
    }
    lines.addAll(predictor.unpredicted(task.prediction(), task.retrain()));
    if (task.retrain()) {
      lines.add("training again, with and without them, for the true v");
    }
    lines.add("would write " + places.to() + ", " + places.json() + " and " + places.page());
    lines.add("nothing was written");
    return lines;
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
    Predictor predictor = new Predictor(pair, forgetting.order(), forgetting.retrainingCost());
    List<Estimate> estimates =
        predictor.estimates(predictor.chosen(task.prediction()), unlearned.model(), single);
    List<String> notes = new ArrayList<>(unlearned.notes());
    notes.addAll(predictor.unpredicted(task.prediction(), task.retrain()));
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
    List<ForgettingReport.Answer> answers = forgetting.answers(questions);
    return new ForgettingReport(
        Provenance.libraryVersion(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        places.files(),
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

  @Override
  public void close() {
    forgetting.close();
    pair.close();
  }
}
