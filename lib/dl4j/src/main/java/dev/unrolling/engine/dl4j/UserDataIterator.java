package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * A run's batches for DL4J's {@code fit} and {@code evaluate}. A pass gives an epoch; {@link
 * #reset()} at its end goes on to the next epoch, after the last one to the first again, and before
 * its end begins the pass anew.
 */
public final class UserDataIterator implements DataSetIterator {

  private static final long serialVersionUID = 1;

  private final transient BatchOrder order;
  private final boolean flat;
  private int epoch;
  private int next;
  private transient DataSetPreProcessor preProcessor;

  UserDataIterator(BatchOrder order, boolean flat) {
    this.order = order;
    this.flat = flat;
  }

  /**
   * A fresh iterator whose features are {@code (example, feature)} whatever their shape, as {@link
   * UserData#flat} gives them.
   */
  public UserDataIterator flat() {
    return new UserDataIterator(order, true);
  }

  @Override
  public boolean hasNext() {
    return next < order.batchesPerEpoch();
  }

  @Override
  public DataSet next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the epoch is over; reset() begins the next");
    }
    Batch batch = order.batch(epoch * order.batchesPerEpoch() + next++);
    DataSet data = flat ? UserData.flat(batch) : UserData.of(batch);
    if (preProcessor != null) {
      preProcessor.preProcess(data);
    }
    return data;
  }

  /** Not supported: an order has its batches cut. */
  @Override
  public DataSet next(int size) {
    throw new UnsupportedOperationException(
        "the order's batches are cut already; make an order of batches of " + size);
  }

  @Override
  public void reset() {
    if (!hasNext()) {
      epoch = (epoch + 1) % order.epochs();
    }
    next = 0;
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  /** False: batches are made in the thread that asks for them. */
  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public int batch() {
    return order.batch(0).size();
  }

  @Override
  public int inputColumns() {
    return order.batch(0).dataset().exampleSize();
  }

  @Override
  public int totalOutcomes() {
    return order.batch(0).dataset().classes();
  }

  /** The classes' numbers. */
  @Override
  public List<String> getLabels() {
    return IntStream.range(0, totalOutcomes()).mapToObj(Integer::toString).toList();
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }
}
