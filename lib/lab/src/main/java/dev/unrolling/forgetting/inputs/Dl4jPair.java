package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.dl4j.Dl4jNetwork;
import dev.unrolling.engine.dl4j.StoredModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/** Two zips of DL4J's ModelSerializer. */
final class Dl4jPair implements ModelPair {

  private final StoredModel start;
  private final StoredModel trained;
  private int[] shape = {};

  private Dl4jPair(StoredModel start, StoredModel trained) {
    this.start = start;
    this.trained = trained;
  }

  /**
   * Reads both.
   *
   * @param rate at which the training went; empty for the zips' own
   * @throws IOException if one is no such zip
   * @throws IllegalArgumentException if the zips are set to different rates, and none is given
   */
  static Dl4jPair read(Path before, Path after, OptionalDouble rate) throws IOException {
    StoredModel start = StoredModel.read(before);
    StoredModel trained = StoredModel.read(after);
    if (rate.isPresent()) {
      return new Dl4jPair(start.withRate(rate.getAsDouble()), trained);
    }
    if (!start.updater().equals(trained.updater())) {
      throw new IllegalArgumentException(
          before
              + " is set to train by "
              + start.updater()
              + ", "
              + after
              + " by "
              + trained.updater()
              + "; say by --rate which learning rate led from the one to the other");
    }
    return new Dl4jPair(start, trained);
  }

  /**
   * A zip at one moment.
   *
   * @param model it
   * @param shape of an example as it is fed
   */
  private record Moment(StoredModel model, int... shape) implements Snapshot {

    @Override
    public double distance(Snapshot other) {
      return model.distance(((Moment) other).model);
    }

    @Override
    public double loss(Batch examples) {
      return model.loss(examples);
    }

    @Override
    public double accuracy(Batch examples) {
      return model.accuracy(examples);
    }

    @Override
    public Network network() {
      return model.network(shape);
    }

    @Override
    public Snapshot with(Network values) {
      return new Moment(model.with((Dl4jNetwork) values), shape);
    }

    @Override
    public void write(Path file) throws IOException {
      model.write(file);
    }

    /** Nothing: DL4J frees what nobody holds. */
    @Override
    public void close() {}
  }

  @Override
  public Snapshot start() {
    return new Moment(start, shape);
  }

  @Override
  public Snapshot trained() {
    return new Moment(trained, shape);
  }

  @Override
  public Dataset fed(Dataset data) {
    Dataset fed = trained.fed(data);
    shape = fed.exampleShape();
    return fed;
  }

  /** A normaliser of the zip takes pixels as they are. */
  @Override
  public UserExamples.Pixels pixels() {
    return trained.normalises() ? UserExamples.Pixels.RAW : UserExamples.Pixels.UNIT;
  }

  @Override
  public OptionalInt steps() {
    return count(trained.steps() - start.steps());
  }

  @Override
  public OptionalInt epochs() {
    return count(trained.epochs() - start.epochs());
  }

  private static OptionalInt count(int between) {
    return between > 0 ? OptionalInt.of(between) : OptionalInt.empty();
  }

  @Override
  public double momentum() {
    return start.momentum();
  }

  @Override
  public boolean stepsAsWeDo() {
    return start.momentum() == 0;
  }

  @Override
  public double[] rates(BatchOrder order) {
    return start.rates(order);
  }

  @Override
  public Objective objective() {
    return trained.objective();
  }

  @Override
  public Unlearned singleGradient(BatchOrder order) {
    StoredModel.Unlearned unlearned = trained.unlearned(start, order, rates(order));
    List<String> notes = unlearned.report().toString().lines().toList();
    return new Unlearned(new Moment(unlearned.model(), shape), notes);
  }

  @Override
  public Snapshot trainedAgain(BatchOrder order, IntConsumer progress) {
    return new Moment(start.trained(order, progress), shape);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "DL4J model fed " + Arrays.toString(shape);
  }
}
