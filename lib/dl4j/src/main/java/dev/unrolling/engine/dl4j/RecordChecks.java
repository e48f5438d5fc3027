package dev.unrolling.engine.dl4j;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether a record is of the model and of the batch that it is put to. */
final class RecordChecks {

  private RecordChecks() {}

  /**
   * Checks.
   *
   * @throws IllegalArgumentException saying what does not belong together
   */
  static void check(Model trained, ForgetBatch batch, ForgettingRecord record) {
    INDArray start = record.startParameters();
    INDArray end = trained.params();
    if (start.length() != end.length()) {
      throw new IllegalArgumentException(
          "w_0 has " + start.length() + " parameters, but the model has " + end.length());
    }
    if (start.dataType() != end.dataType()) {
      throw new IllegalArgumentException(
          "w_0 is of type "
              + start.dataType()
              + ", but the model of "
              + end.dataType()
              + "; take both from the same training");
    }
    // Not by equals, which ND4J rounds: a short run at a small rate moves less than that.
    if (start.distance2(end.reshape(start.shape())) == 0) {
      throw new IllegalArgumentException(
          "the record's w_0 equals the trained model's parameters; single gradient unlearning needs"
              + " those from before training");
    }
    if (batch.size() > record.batchSize()) {
      throw new IllegalArgumentException(
          "the visited batches had "
              + record.batchSize()
              + " examples, but "
              + batch.size()
              + " are to be forgotten; give those of the visits");
    }
    checkFrozen(trained, start);
    record.run().ifPresent(run -> checkRun(run, trained, batch));
  }

  private static void checkFrozen(Model trained, INDArray start) {
    for (ParameterPart part : ParameterPart.of(trained)) {
      if (part.role() == ParameterPart.Role.FROZEN
          && part.in(start).distance2(part.in(trained.params())) != 0) {
        throw new IllegalArgumentException(
            "layer \""
                + part.layer()
                + "\" is frozen, but its parameter "
                + part.key()
                + " moved since w_0: it was trained before it was frozen; retrain, or unlearn the"
                + " model as it was trained, and freeze it then");
      }
    }
  }

  private static void checkRun(ForgettingRecord.Run run, Model trained, ForgetBatch batch) {
    DataType type = trained.params().dataType();
    if (!run.batch().equals(Bits.sum(batch.bits(type)))) {
      throw new IllegalArgumentException(
          "the listener's record is of another batch: these features, labels or masks are not, bit"
              + " for bit, those that the listener was made with; give those");
    }
    if (!run.trained().equals(parameters(trained))) {
      throw new IllegalArgumentException(
          "the listener's record was taken when the model had other weights; take record() when the"
              + " model is kept (at the same epoch, for a model of early stopping)");
    }
  }

  /** A sum over a model's parameters. */
  static String parameters(Model model) {
    INDArray params = model.params();
    return Bits.sum(List.of(Bits.of(params.reshape(params.length()), params.dataType())));
  }
}
