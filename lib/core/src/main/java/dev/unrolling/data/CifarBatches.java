package dev.unrolling.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The authors' binary layout: records of a few label bytes and 3,072 pixels {@code (channel, row,
 * column)}.
 *
 * @param labelBytes label bytes before the pixels
 * @param labelAt which of them is the label
 * @param classNames in label order
 * @param normalisation of the data set
 */
record CifarBatches(
    int labelBytes,
    int labelAt,
    List<String> classNames,
    ImageDataset.Normalisation normalisation) {

  static final ImageDataset.Shape SHAPE = new ImageDataset.Shape(3, 32, 32);

  /** Reads files of a known number of records each, in the order given. */
  ImageDataset read(String name, List<Path> files, int recordsPerFile) {
    int[] labels = new int[files.size() * recordsPerFile];
    for (Path file : files) {
      FileErrors.requireSize(file, (long) recordsPerFile * (labelBytes + SHAPE.size()));
    }
    byte[] pixels = new byte[labels.length * SHAPE.size()];
    for (int i = 0; i < files.size(); i++) {
      readFile(files.get(i), i * recordsPerFile, recordsPerFile, labels, pixels);
    }
    return new ImageDataset(name, SHAPE, pixels, labels, classNames, normalisation);
  }

  private void readFile(Path file, int first, int records, int[] labels, byte[] pixels) {
    byte[] head = new byte[labelBytes];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int record = 0; record < records; record++) {
        int at = first + record;
        if (in.readNBytes(head, 0, labelBytes) < labelBytes
            || in.readNBytes(pixels, at * SHAPE.size(), SHAPE.size()) < SHAPE.size()) {
          throw FileErrors.wrong(file, "an end within record " + record, records + " records");
        }
        labels[at] = head[labelAt] & 0xff;
        if (labels[at] >= classNames.size()) {
          throw FileErrors.wrong(
              file,
              "label " + labels[at] + " in record " + record,
              "a label from 0 to " + (classNames.size() - 1));
        }
      }
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }
}
