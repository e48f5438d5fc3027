package dev.unrolling.data;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The pictures of the library, as {@link DatasetProvider#named} finds them. */
public final class NamedPictures {

  private static final List<Integer> SHAPE = List.of(3, 32, 32);

  private NamedPictures() {}

  /** {@link dev.unrolling.data.Cifar10}, whole. */
  public static final class Cifar10Provider implements DatasetProvider {
    @Override
    public String name() {
      return Cifar10.NAME;
    }

    @Override
    public List<String> classNames() {
      return DataDescriptor.of(Cifar10.NAME).classNames("label");
    }

    @Override
    public List<Integer> exampleShape() {
      return SHAPE;
    }

    @Override
    public Parts read(String name, DataCache cache, Consumer<String> progress) {
      return new Parts(Cifar10.train(cache), Cifar10.test(cache));
    }
  }

  /** {@link dev.unrolling.data.Mnist}, whole. */
  public static final class MnistProvider implements DatasetProvider {
    @Override
    public String name() {
      return Mnist.NAME;
    }

    @Override
    public List<String> classNames() {
      return DataDescriptor.of(Mnist.NAME).classNames("label");
    }

    @Override
    public List<Integer> exampleShape() {
      return List.of(1, 28, 28);
    }

    @Override
    public Parts read(String name, DataCache cache, Consumer<String> progress) {
      return new Parts(Mnist.train(cache), Mnist.test(cache));
    }
  }

  /** {@link dev.unrolling.data.Cifar100}, whole, with its fine labels. */
  public static final class Cifar100Provider implements DatasetProvider {
    @Override
    public String name() {
      return Cifar100.NAME;
    }

    @Override
    public List<String> classNames() {
      return DataDescriptor.of(Cifar100.NAME)
          .classNames(Cifar100.Labelling.FINE.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public List<Integer> exampleShape() {
      return SHAPE;
    }

    @Override
    public Parts read(String name, DataCache cache, Consumer<String> progress) {
      return new Parts(Cifar100.train(cache), Cifar100.test(cache));
    }
  }
}
