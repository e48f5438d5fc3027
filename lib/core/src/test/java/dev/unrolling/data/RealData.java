package dev.unrolling.data;

/** Real data for the tests of all packages, fetched on first use and loaded once a JVM. */
public final class RealData {

  private RealData() {}

  /** The cache that the environment names. */
  public static DataCache cache() {
    return Cache.VALUE;
  }

  /** The 50,000 training images of CIFAR-10. */
  public static ImageDataset cifar10Train() {
    return Cifar10Train.VALUE;
  }

  /** The 10,000 test images of CIFAR-10. */
  public static ImageDataset cifar10Test() {
    return Cifar10Test.VALUE;
  }

  /** The training reviews of IMDB. */
  public static TextDataset imdbTrain() {
    return ImdbTrain.VALUE;
  }

  private static final class Cache {
    private static final DataCache VALUE = DataCache.fromEnvironment();
  }

  private static final class Cifar10Train {
    private static final ImageDataset VALUE = Cifar10.train(Cache.VALUE);
  }

  private static final class Cifar10Test {
    private static final ImageDataset VALUE = Cifar10.test(Cache.VALUE);
  }

  private static final class ImdbTrain {
    private static final TextDataset VALUE = Imdb.train(Cache.VALUE);
  }
}
