package dev.unrolling.data;

import java.util.List;

/** A data set made of another, the same but for what it says otherwise. */
public interface DatasetView extends Dataset {

  /** What it is made of. */
  Dataset original();

  @Override
  default int size() {
    return original().size();
  }

  @Override
  default int classes() {
    return original().classes();
  }

  @Override
  default List<String> classNames() {
    return original().classNames();
  }

  @Override
  default int[] exampleShape() {
    return original().exampleShape();
  }

  @Override
  default int label(int index) {
    return original().label(index);
  }

  @Override
  default void writeExample(int index, double[] target, int offset) {
    original().writeExample(index, target, offset);
  }
}
