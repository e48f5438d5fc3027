package dev.unrolling.data;

import java.util.SplittableRandom;

/**
 * Pictures as one epoch of training sees them, in the usual augmentation for CIFAR (He et al.,
 * 2016, section 4.2): each is moved by up to some pixels down or up and right or left, black where
 * nothing of it is left, and mirrored or not. What is drawn for a picture depends on the seed, the
 * epoch and its index alone, so that a run that resumes, or is taken on another engine, sees the
 * same pictures. Labels and indices are those of the pictures as they are.
 */
public final class AugmentedImages implements DatasetView {

  /**
   * What is done to a picture: the new one has at row r and column c what the old one has at row
   * {@code r + down} and column {@code c + right}, or, mirrored, {@code width - 1 - c + right}.
   *
   * @param down rows, negative for up
   * @param right columns, negative for left
   * @param mirrored whether left and right change places
   */
  public record Move(int down, int right, boolean mirrored) {}

  private final ImageDataset images;
  private final int padding;
  private final long seed;
  private final int epoch;

  /**
   * The pictures of an epoch.
   *
   * @param images as they are
   * @param padding most pixels by which they are moved, at least 0
   * @param seed of the draws
   * @param epoch from 0
   */
  public AugmentedImages(ImageDataset images, int padding, long seed, int epoch) {
    if (padding < 0) {
      throw new IllegalArgumentException("pictures move by 0 pixels or more, not " + padding);
    }
    this.images = images;
    this.padding = padding;
    this.seed = seed;
    this.epoch = epoch;
  }

  /** The pictures as they are. */
  public ImageDataset images() {
    return images;
  }

  /**
   * What is drawn for a picture.
   *
   * @param index {@code 0 .. size() - 1}
   */
  public Move move(int index) {
    SplittableRandom random = new SplittableRandom(Subsets.key(seed, epoch, index));
    return new Move(
        random.nextInt(2 * padding + 1) - padding,
        random.nextInt(2 * padding + 1) - padding,
        random.nextBoolean());
  }

  @Override
  public Dataset original() {
    return images;
  }

  @Override
  public String name() {
    return images.name() + ", augmented";
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    images.writeMoved(index, move(index), target, offset);
  }
}
