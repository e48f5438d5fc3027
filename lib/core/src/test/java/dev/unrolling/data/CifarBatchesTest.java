package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The official binary layouts of CIFAR-10 and CIFAR-100, written from real images. */
class CifarBatchesTest {

  private static final int RECORDS = 20;
  private static final CifarBatches TEN =
      Cifar10.binary(DataDescriptor.of(Cifar10.NAME).classNames("label"));
  private static final CifarBatches FINE = Cifar100.layout(Cifar100.Labelling.FINE);
  private static final CifarBatches COARSE = Cifar100.layout(Cifar100.Labelling.COARSE);

  @TempDir private Path folder;

  @Test
  void readsSeveralFilesInOrder() {
    ImageDataset real = RealData.cifar10Test();
    Path one = OfficialFiles.write(folder.resolve("1.bin"), OfficialFiles.cifar10(real, 0, 20));
    Path two = OfficialFiles.write(folder.resolve("2.bin"), OfficialFiles.cifar10(real, 20, 20));
    assertSameImages(real, TEN.read("small", List.of(one, two), RECORDS), 40);
  }

  @Test
  void readsTheOfficialFolderAsThePictures() {
    ImageDataset real = RealData.cifar10Test();
    OfficialFiles.write(
        folder.resolve("test_batch.bin"), OfficialFiles.cifar10(real, 0, real.size()));
    ImageDataset read = Cifar10.testFromFolder(folder);
    assertEquals("CIFAR-10 test", read.name());
    assertSameImages(real, read, 10_000);
  }

  @Test
  void readsEitherLabelOfCifar100() {
    ImageDataset real = RealData.cifar10Test();
    Path file =
        OfficialFiles.write(folder.resolve("test.bin"), OfficialFiles.cifar100(real, 0, 10_000));
    ImageDataset fine = Cifar100.testFromFolder(folder, Cifar100.Labelling.FINE);
    ImageDataset coarse = Cifar100.testFromFolder(folder, Cifar100.Labelling.COARSE);
    assertEquals(100, fine.classes());
    assertEquals("apple", fine.classNames().get(0));
    assertEquals(20, coarse.classes());
    assertEquals("aquatic_mammals", coarse.classNames().get(0));
    assertSameImages(real, fine, 1000);
    assertEquals(39 % 20, coarse.label(39));
    assertTrue(Files.exists(file));
  }

  @Test
  void theSuperclassIsTheFirstByteOfARecord() {
    byte[] two = OfficialFiles.cifar100(RealData.cifar10Test(), 0, 2);
    two[0] = 7;
    two[1] = 99;
    two[3074] = 19;
    two[3075] = 0;
    Path file = OfficialFiles.write(folder.resolve("two.bin"), two);
    ImageDataset coarse = COARSE.read("coarse", List.of(file), 2);
    assertEquals("insects", coarse.classNames().get(coarse.label(0)));
    assertEquals("vehicles_2", coarse.classNames().get(coarse.label(1)));
    assertEquals(99, FINE.read("fine", List.of(file), 2).label(0));
    // The first byte alone decides: there is no superclass 20, and 20 is a fine label.
    two[3074] = 20;
    OfficialFiles.write(file, two);
    assertEquals(0, FINE.read("fine", List.of(file), 2).label(1));
    DataException error =
        assertThrows(DataException.class, () -> COARSE.read("coarse", List.of(file), 2));
    Messages.assertOneLine(error, file.toString(), "label 20 in record 1", "from 0 to 19");
  }

  @Test
  void theSuperclassesOfTheRealImages() throws Exception {
    Path real = RealData.cache().folder().resolve("cifar-100-binary");
    assumeTrue(Files.exists(real.resolve("train.bin")), "CIFAR-100 is not fetched for a test");
    DatasetProvider.Parts coarse =
        DatasetProvider.read(RealData.cache(), Cifar100.SUPERCLASSES, line -> {});
    ImageDataset fine = Cifar100.trainFromFolder(real, Cifar100.Labelling.FINE);
    int[] train = new int[20];
    int[] test = new int[20];
    Map<Integer, Set<Integer>> parents = new TreeMap<>();
    for (int i = 0; i < fine.size(); i++) {
      train[coarse.train().label(i)]++;
      parents.computeIfAbsent(fine.label(i), label -> new TreeSet<>()).add(coarse.train().label(i));
    }
    for (int i = 0; i < coarse.test().size(); i++) {
      test[coarse.test().label(i)]++;
    }
    assertTrue(Arrays.stream(train).allMatch(count -> count == 2500), Arrays.toString(train));
    assertTrue(Arrays.stream(test).allMatch(count -> count == 500), Arrays.toString(test));
    assertEquals(100, parents.size());
    assertTrue(parents.values().stream().allMatch(set -> set.size() == 1), "one parent each");
    List<String> names = coarse.train().classNames();
    int whale = fine.classNames().indexOf("whale");
    assertEquals(Set.of(names.indexOf("aquatic_mammals")), parents.get(whale));
    Path published = real.resolve("coarse_label_names.txt");
    if (Files.exists(published)) {
      assertEquals(
          Files.readAllLines(published).stream().filter(line -> !line.isBlank()).toList(), names);
    }
  }

  static Stream<Arguments> damages() {
    return Stream.of(TEN, FINE, COARSE)
        .flatMap(
            layout ->
                Stream.of(
                    damage(layout, "truncated", b -> Arrays.copyOf(b, b.length - 1), "bytes"),
                    damage(layout, "empty", b -> new byte[0], "empty"),
                    damage(layout, "oversized", b -> Arrays.copyOf(b, b.length + 3073), "bytes"),
                    damage(layout, "wrong", CifarBatchesTest::fill, "label 255 in record 0"),
                    damage(layout, "a picture", b -> "\u0089PNG".repeat(9).getBytes(), "bytes")));
  }

  private static Arguments damage(
      CifarBatches layout, String name, UnaryOperator<byte[]> how, String says) {
    return Arguments.of(name, layout, how, says);
  }

  private static byte[] fill(byte[] bytes) {
    byte[] wrong = new byte[bytes.length];
    Arrays.fill(wrong, (byte) 255);
    return wrong;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("damages")
  void refusesADamagedFileByName(
      String name, CifarBatches layout, UnaryOperator<byte[]> how, String says) throws Exception {
    ImageDataset real = RealData.cifar10Test();
    byte[] whole =
        layout == TEN
            ? OfficialFiles.cifar10(real, 0, RECORDS)
            : OfficialFiles.cifar100(real, 0, RECORDS);
    Path file = OfficialFiles.write(folder.resolve("batch.bin"), how.apply(whole));
    long size = Files.size(file);
    DataException error =
        assertThrows(DataException.class, () -> layout.read(name, List.of(file), RECORDS));
    Messages.assertOneLine(error, file.toString(), says, "expected", "move");
    assertEquals(size, Files.size(file), "nothing is changed");
  }

  @Test
  void namesAMissingFile() {
    Path file = folder.resolve("train.bin");
    DataException error =
        assertThrows(
            DataException.class, () -> Cifar100.trainFromFolder(folder, Cifar100.Labelling.FINE));
    Messages.assertOneLine(error, file.toString(), "nothing", "put it there");
  }

  @Test
  void saysWhatAFolderOfCifar10Holds() {
    DataException error = assertThrows(DataException.class, () -> Cifar10.trainFromFolder(folder));
    Messages.assertOneLine(error, folder.toString(), "data_batch_1.png", "data_batch_1.bin");
  }

  private static void assertSameImages(ImageDataset expected, ImageDataset found, int count) {
    byte[] one = new byte[3072];
    byte[] other = new byte[3072];
    for (int i = 0; i < count; i++) {
      assertEquals(expected.label(i), found.label(i));
      expected.writeBytes(i, one, 0);
      found.writeBytes(i, other, 0);
      assertArrayEquals(one, other);
    }
  }
}
