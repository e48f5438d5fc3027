package dev.unrolling.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The authors' layout of IMDB: folders neg and pos of files {@code ID_RATING.txt}; a rating is 1 to
 * 4 in neg and 7 to 10 in pos.
 */
final class ReviewFolder {

  /** The longest real review has 13,704 characters. */
  private static final long LARGEST = 100_000;

  private static final Pattern NAME = Pattern.compile("(\\d{1,6})_(\\d{1,2})\\.txt");

  private ReviewFolder() {}

  /** The reviews of one part (train or test), negative ones first, each by its number. */
  static TextDataset read(Path part, String name, List<String> classNames) {
    List<String> texts = new ArrayList<>();
    List<String> negative = readClass(part.resolve("neg"), 1, 4);
    List<String> positive = readClass(part.resolve("pos"), 7, 10);
    texts.addAll(negative);
    texts.addAll(positive);
    int[] labels = new int[texts.size()];
    java.util.Arrays.fill(labels, negative.size(), labels.length, 1);
    if (negative.size() != positive.size()) {
      throw FileErrors.wrong(
          part,
          negative.size() + " negative and " + positive.size() + " positive reviews",
          "as many of each");
    }
    return new TextDataset(name, texts, labels, classNames);
  }

  private static List<String> readClass(Path folder, int lowest, int highest) {
    TreeMap<Integer, Path> byNumber = new TreeMap<>();
    for (Path file : list(folder)) {
      Matcher name = NAME.matcher(file.getFileName().toString());
      if (!name.matches()) {
        throw FileErrors.wrong(file, "such a file", "reviews named ID_RATING.txt only");
      }
      int rating = Integer.parseInt(name.group(2));
      if (rating < lowest || rating > highest) {
        throw FileErrors.wrong(
            file, "rating " + rating, "a rating from " + lowest + " to " + highest);
      }
      if (byNumber.put(Integer.parseInt(name.group(1)), file) != null) {
        throw FileErrors.wrong(file, "its number twice", "one review a number");
      }
    }
    if (byNumber.isEmpty()) {
      throw FileErrors.wrong(folder, "no review", "files ID_RATING.txt");
    }
    int numbers = byNumber.lastKey() - byNumber.firstKey() + 1;
    if (numbers != byNumber.size()) {
      throw FileErrors.wrong(
          folder,
          byNumber.size() + " reviews",
          numbers
              + ", one for each number from "
              + byNumber.firstKey()
              + " to "
              + byNumber.lastKey());
    }
    return byNumber.values().stream().map(ReviewFolder::readReview).toList();
  }

  private static String readReview(Path file) {
    long size = FileErrors.requireFile(file);
    if (size > LARGEST) {
      throw FileErrors.wrong(file, size + " bytes", "a review of at most " + LARGEST);
    }
    try {
      String text = Files.readString(file);
      if (text.isBlank() || text.indexOf('\0') >= 0) {
        throw FileErrors.wrong(file, "no text", "a review");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw FileErrors.wrong(file, "bytes that are no UTF-8", "a review in UTF-8", e);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !FileErrors.isLeftover(file)).toList();
    } catch (IOException e) {
      throw FileErrors.failed(folder, e);
    }
  }
}
