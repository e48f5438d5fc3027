package dev.unrolling.dataset;

import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataDescriptor;
import dev.unrolling.data.Dataset;
import java.util.Map;

/**
 * What tells a data set from others, be they called the same.
 *
 * @param name as settings give it, e.g. {@code "cifar10"}
 * @param train number of training examples
 * @param test number of test examples
 * @param sum SHA-256 in lower-case hexadecimal over what decides contents, split and preprocessing
 */
public record DataIdentity(String name, int train, int test, String sum) {

  /** That of two parts in memory. */
  static DataIdentity of(String name, Dataset train, Dataset test) {
    return of(name, train.size(), train.contentSum(), test.size(), test.contentSum());
  }

  private static DataIdentity of(
      String name, int train, String trainSum, int test, String testSum) {
    return new DataIdentity(name, train, test, Checksums.sha256(trainSum + " " + testSum));
  }

  /**
   * Whether these are the data that the name has always stood for (no getter, or JSON would hold
   * it). A run's key does not spell them out, so that results of version 0.1 are found: there the
   * name alone told the data.
   */
  public boolean matchesName() {
    if (!DataDescriptor.names().contains(name)) {
      return false;
    }
    Map<String, DataDescriptor.Part> parts = DataDescriptor.of(name).parts();
    return !parts.isEmpty() && equals(usual(name, parts));
  }

  /** The data of a descriptor that says what its files hold. */
  static DataIdentity usual(String name, Map<String, DataDescriptor.Part> parts) {
    DataDescriptor.Part train = parts.get("train");
    DataDescriptor.Part test = parts.get("test");
    return of(name, train.size(), train.sum(), test.size(), test.sum());
  }
}
