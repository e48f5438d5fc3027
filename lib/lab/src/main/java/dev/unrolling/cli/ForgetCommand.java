package dev.unrolling.cli;

import dev.unrolling.cli.progress.ProgressBar;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.forgetting.ForgetJob;
import dev.unrolling.forgetting.ForgettingReport;
import dev.unrolling.forgetting.Places;
import dev.unrolling.forgetting.Prediction;
import dev.unrolling.forgetting.inputs.ModelPair;
import dev.unrolling.forgetting.inputs.ModelPairs;
import dev.unrolling.forgetting.inputs.UserExamples;
import dev.unrolling.unlearning.UnlearningMethods;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Has a user's own model forget a batch, from files to files. */
@Command(
    name = "forget",
    description = {
      "Have a model of your own forget a batch, without training again: a DL4J zip that your own"
          + " program loads (updater, normaliser and all else of --trained kept), and beside it what"
          + " was done and how far it is from a retrained model, as JSON and as a page.",
      "The batch must have been one batch of each epoch, of Sgd or Nesterovs; the rate, the number"
          + " of epochs and the momentum are those of the zips. Nothing is written over."
    },
    footer = {
      "",
      "Example: unrolling forget --model before.zip --trained after.zip --batch ids.csv --data"
          + " pictures --batch-size 64 --retrain"
    })
final class ForgetCommand implements Callable<Integer> {

  /** The names, or why there are none, read when the help is shown. */
  private static final class Methods implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      try {
        return UnlearningMethods.names().iterator();
      } catch (IllegalArgumentException e) {
        return List.of(e.getMessage()).iterator();
      }
    }
  }

  @Spec private CommandSpec spec;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model before its training: DL4J zip, or .safetensors or .npz.")
  private Path model;

  @Option(
      names = "--trained",
      required = true,
      paramLabel = "FILE",
      description = "The model after it.")
  private Path trained;

  @Option(
      names = "--batch",
      required = true,
      paramLabel = "FILE",
      description =
          "What is to be forgotten, as text: an example a line, its index from 0 in the data or the"
              + " name of its picture, CLASS/FILE. Of a CSV (columns parted by comma, semicolon or"
              + " tab) the first column counts; a first line id, index, name, file or example is its"
              + " header.")
  private Path batch;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description =
          "The data: a folder with a folder of pictures a class, files in MNIST's format, a .csv, or"
              + " the name of a data set, e.g. cifar10. A .csv is UTF-8 with a header, an example a"
              + " row, index 0 after the header; the column --label holds the class, all others are"
              + " features, numbers without gaps, in the order in which the model takes them."
              + " Classes that are whole numbers are outputs 0 to the largest, others are the"
              + " outputs sorted as text.")
  private Path data;

  @Option(
      names = "--retained",
      paramLabel = "FILE",
      description =
          "What else was trained on, in order, listed as --batch is (default: all other data).")
  private Path retained;

  @Option(
      names = "--test",
      paramLabel = "PATH",
      description = "Data that were not trained on, to tell the accuracy on.")
  private Path test;

  @Option(
      names = "--pixels",
      paramLabel = "HOW",
      description =
          "What your program makes of a pixel: unit (0 to 1), raw (0 to 255) or standard (mean and"
              + " deviation of the data) (default: raw if the zip has a normaliser, else unit).")
  private UserExamples.Pixels pixels;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      defaultValue = "label",
      description = "Column of labels of a .csv (default: ${DEFAULT-VALUE}).")
  private String label;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "single-gradient",
      description = "How to forget (default: ${DEFAULT-VALUE}), one of: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Methods.class)
  private String method;

  @Option(
      names = "--predict",
      paramLabel = "HOW",
      description =
          "How the distance to a retrained model is predicted: one-hessian (the cost does not grow"
              + " with the run), leading-term (a product with each batch's Hessian; for"
              + " single-gradient alone), trajectory (trains again with such a product beside each"
              + " step) or none (default: one-hessian where it costs less than training again, else"
              + " none).")
  private String predict;

  @Option(
      names = "--retrain",
      description =
          "Train again, with and without the batch, for the true distance; fails if the first does"
              + " not end where --trained is.")
  private boolean retrain;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description =
          "Where the unlearned model goes (default: beside --trained, named ...-unlearned).")
  private Path to;

  @Option(
      names = "--architecture",
      paramLabel = "NAME",
      description = "Of weights alone, e.g. resnet8-8.")
  private String architecture;

  @Option(names = "--dry-run", description = "Say what would be done and cost, and write nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException {
    try {
      return forget();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int forget() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Places places =
        new Places(
            model,
            trained,
            batch,
            data,
            Optional.ofNullable(retained),
            Optional.ofNullable(test),
            to == null ? beside(trained) : to);
    places.check();
    ForgetJob.Task task =
        new ForgetJob.Task(
            method, Optional.ofNullable(predict).map(Prediction::named), retrain, training.seed());
    ModelPair pair =
        ModelPairs.read(
            model,
            trained,
            training.settings(),
            Optional.ofNullable(architecture),
            () -> Engines.fromEnvironment("torch", Precision.FLOAT32));
    UserExamples.Pixels fed = pixels == null ? pair.pixels() : pixels;
    ForgettingReport report;
    try (ProgressBar progress = ProgressBar.onStandardError();
        ForgetJob job =
            new ForgetJob(places, fed, label, training.settings(), task, pair, progress)) {
      if (dryRun) {
        job.plan().forEach(out::println);
        return 0;
      }
      report = job.run();
    }
    report.lines().forEach(out::println);
    out.println(places.to());
    out.println(places.json());
    out.println(places.page());
    return 0;
  }

  /** {@code after.zip} becomes {@code after-unlearned.zip}. */
  private static Path beside(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(
        dot > 0
            ? name.substring(0, dot) + "-unlearned" + name.substring(dot)
            : name + "-unlearned");
  }
}
