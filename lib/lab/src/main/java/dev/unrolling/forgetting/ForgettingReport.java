package dev.unrolling.forgetting;

import dev.unrolling.forgetting.inputs.RunSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request to forget did, for whoever has to account for it. All distances are of weights.
 *
 * @param library version
 * @param made when, ISO 8601
 * @param files that went in and came out
 * @param run that was undone
 * @param method what undid it
 * @param trainingMoved distance of the trained model from the start
 * @param unlearningMoved distance of the unlearned model from the trained one
 * @param errors e, e_1 and the predicted v, each with how it was had or why not
 * @param retrained the true distances; null if nothing was trained again
 * @param answers of the models
 * @param notes what else there is to say
 */
public record ForgettingReport(
    String library,
    String made,
    List<File> files,
    Run run,
    Method method,
    double trainingMoved,
    double unlearningMoved,
    List<Estimate> errors,
    Retrained retrained,
    List<Answer> answers,
    List<String> notes) {

  /**
   * A file.
   *
   * @param role e.g. {@code "trained model"}
   * @param path as it was given
   * @param sha256 of what it holds; empty for a folder
   */
  public record File(String role, String path, String sha256) {}

  /**
   * The training that is undone.
   *
   * @param data name
   * @param examples trained on, with those to be forgotten
   * @param forgotten how many are to be forgotten
   * @param epochs of the training
   * @param batchSize of the other batches
   * @param before other batches of an epoch before the one to be forgotten
   * @param order of the others
   * @param steps in all
   * @param rateSum sum of the rates of the visits
   * @param momentum of the training
   */
  public record Run(
      String data,
      int examples,
      int forgotten,
      int epochs,
      int batchSize,
      int before,
      RunSettings.Order order,
      int steps,
      double rateSum,
      double momentum) {}

  /**
   * What undid it.
   *
   * @param name of the method
   * @param gradients of one example that it cost, a Hessian-vector product counted as two; null if
   *     the method does not tell
   * @param retraining gradients that training again without the examples costs
   */
  public record Method(String name, Long gradients, long retraining) {}

  /**
   * A number that stands for the error of unlearning.
   *
   * @param name e.g. {@code "predicted v"}
   * @param value null if it could not be had
   * @param how it was had, or why not
   */
  public record Estimate(String name, Double value, String how) {}

  /**
   * The comparison with a model that was trained again without the examples.
   *
   * @param verificationError v: distance of the unlearned model from it
   * @param forgettingDistance of the trained model from it: v of doing nothing
   * @param reproduced distance of the trained model from one that was trained again with the
   *     examples: how far the two numbers above can be trusted
   */
  public record Retrained(double verificationError, double forgettingDistance, double reproduced) {

    /** The part of the forgetting distance that unlearning left; null if there is no distance. */
    public Double left() {
      return forgettingDistance > 0 ? verificationError / forgettingDistance : null;
    }
  }

  /**
   * What a model answers.
   *
   * @param model which
   * @param forgottenLoss mean of its own loss over what is to be forgotten
   * @param forgottenAccuracy share of it that is classified right
   * @param retainedLoss mean over (a sample of) what stays
   * @param retainedAccuracy of the same
   * @param testAccuracy on data of the user's, not trained on; null if none were given
   */
  public record Answer(
      String model,
      double forgottenLoss,
      double forgottenAccuracy,
      double retainedLoss,
      double retainedAccuracy,
      Double testAccuracy) {}

  /** The report in a few lines. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "forgot "
            + run.forgotten()
            + " of "
            + run.examples()
            + " examples by "
            + method.name()
            + " at a cost of "
            + Sentences.count(method.gradients())
            + " gradients; retraining: "
            + Sentences.count(method.retraining()));
    lines.addAll(notes);
    for (Estimate error : errors) {
      lines.add(error.name() + " " + Sentences.number(error.value()) + ", " + error.how());
    }
    if (retrained != null) {
      lines.add(
          "v "
              + Sentences.number(retrained.verificationError())
              + ", of doing nothing "
              + Sentences.number(retrained.forgettingDistance())
              + ", known to within "
              + Sentences.number(retrained.reproduced()));
    }
    return lines;
  }
}
