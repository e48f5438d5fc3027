package dev.unrolling.data;

import java.util.List;
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
  public static final class Cifar100Provider extends LabelledCifar100 {

    /** For the service loader. */
    public Cifar100Provider() {
      super(Cifar100.NAME, Cifar100.Labelling.FINE);
    }
  }

  /** {@link dev.unrolling.data.Cifar100}, whole, with its coarse labels. */
  public static final class SuperclassesProvider extends LabelledCifar100 {

    /** For the service loader. */
    public SuperclassesProvider() {
      super(Cifar100.SUPERCLASSES, Cifar100.Labelling.COARSE);
    }
  }

  private abstract static class LabelledCifar100 implements DatasetProvider {

    private final String name;
    private final Cifar100.Labelling labelling;

    LabelledCifar100(String name, Cifar100.Labelling labelling) {
      this.name = name;
      this.labelling = labelling;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<String> classNames() {
      return Cifar100.classNames(labelling);
    }

    @Override
    public List<Integer> exampleShape() {
      return SHAPE;
    }

    @Override
    public Parts read(String name, DataCache cache, Consumer<String> progress) {
      return new Parts(Cifar100.train(cache, labelling), Cifar100.test(cache, labelling));
    }
  }
}
