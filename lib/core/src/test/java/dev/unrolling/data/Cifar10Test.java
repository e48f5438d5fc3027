package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The real images, against what the authors publish. */
class Cifar10Test {

  @Test
  void holdsTheOfficialBytesInTheOfficialOrder() {
    ImageDataset train = RealData.cifar10Train();
    // The sum of the authors' data_batch_3.bin, rebuilt from the pixels and labels that were read.
    MessageDigest digest = Checksums.newDigest();
    byte[] record = new byte[3073];
    for (int i = 20_000; i < 30_000; i++) {
      record[0] = (byte) train.label(i);
      train.writeBytes(i, record, 1);
      digest.update(record);
    }
    assertEquals(
        "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void hasTheSizesAndClassesOfThePaper() {
    ImageDataset train = RealData.cifar10Train();
    ImageDataset test = RealData.cifar10Test();
    assertEquals(50_000, train.size());
    assertEquals(10_000, test.size());
    assertEquals(3072, train.exampleSize());
    assertEquals("frog", train.classNames().get(train.label(0)));
    assertEquals("cat", test.classNames().get(test.label(0)));
    int[] perClass = new int[10];
    for (int i = 0; i < train.size(); i++) {
      perClass[train.label(i)]++;
    }
    for (int count : perClass) {
      assertEquals(5000, count);
    }
  }

  @Test
  void isNormalisedToAboutZeroMeanAndUnitSpread() {
    ImageDataset train = RealData.cifar10Train();
    double[] example = new double[train.exampleSize()];
    double sum = 0;
    double squares = 0;
    int examples = 2000;
    for (int i = 0; i < examples; i++) {
      train.writeExample(i, example, 0);
      for (double value : example) {
        sum += value;
        squares += value * value;
      }
    }
    double count = (double) examples * example.length;
    assertEquals(0, sum / count, 0.05);
    // The constants' std are means of each image's own, so the spread over all pixels is larger.
    assertEquals(1.23, Math.sqrt(squares / count), 0.05);
  }

  @Test
  void loadsWholeIn250MegabytesOfHeap() throws Exception {
    RealData.cifar10Test();
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx250m",
                "-cp",
                System.getProperty("java.class.path"),
                LoadAll.class.getName())
            .redirectErrorStream(true);
    // A JVM that finds it says so in a line of its own.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("60000 images", output.strip());
  }

  /** What the test above runs in a Java machine of its own. */
  static final class LoadAll {
    private LoadAll() {}

    public static void main(String... none) {
      DataCache cache = DataCache.fromEnvironment();
      ImageDataset train = Cifar10.train(cache);
      ImageDataset test = Cifar10.test(cache);
      System.out.println(train.size() + test.size() + " images");
    }
  }
}
