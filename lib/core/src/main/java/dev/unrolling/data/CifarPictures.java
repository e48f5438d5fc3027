package dev.unrolling.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;

/**
 * The npm layout of CIFAR-10: PNG files of 1,024 by 10,000 colour pixels, one image a row with its
 * pixels row-major, and labels as a JSON array.
 */
final class CifarPictures {

  private static final int PLANE = 1024;
  private static final int IMAGE = 3 * PLANE;

  private static final byte[] END = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82
  };

  private CifarPictures() {}

  /** The pixels of several files, {@code (image, channel, row, column)}, two files at a time. */
  static byte[] readPixels(List<Path> files, int imagesPerFile) throws IOException {
    for (Path file : files) {
      FileErrors.requireFile(file);
    }
    byte[] pixels = new byte[files.size() * imagesPerFile * IMAGE];
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> reads = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        int offset = i * imagesPerFile * IMAGE;
        reads.add(pool.submit(() -> readFile(file, imagesPerFile, pixels, offset)));
      }
      for (Future<?> read : reads) {
        read.get();
      }
      return pixels;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DataException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("reading " + files.get(0).getParent() + " was interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  /** Writes a file's images as a batch of the authors' layout: a byte of label, then the pixels. */
  static void convert(Path picture, int[] labels, Path batch) throws IOException {
    byte[] pixels = readPixels(List.of(picture), labels.length);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(batch), 1 << 16)) {
      for (int i = 0; i < labels.length; i++) {
        out.write(labels[i]);
        out.write(pixels, i * IMAGE, IMAGE);
      }
    }
  }

  /** Decodes straight into the final array, so that no second copy of a file is ever held. */
  private static void readFile(Path file, int images, byte[] pixels, int offset) {
    String expected = "a whole PNG of " + PLANE + " x " + images + " pixels, 8-bit RGB";
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r");
        FileImageInputStream in = new FileImageInputStream(bytes)) {
      requireEnd(file, bytes, expected);
      reader.setInput(in, true, true);
      SampleModel form = reader.getRawImageType(0).getSampleModel();
      if (reader.getWidth(0) != PLANE
          || reader.getHeight(0) != images
          || form.getNumBands() != 3
          || form.getSampleSize(0) != 8) {
        throw FileErrors.wrong(
            file,
            reader.getWidth(0)
                + " x "
                + reader.getHeight(0)
                + " pixels of "
                + form.getNumBands()
                + " x "
                + form.getSampleSize(0)
                + " bits",
            expected);
      }
      ImageReadParam into = reader.getDefaultReadParam();
      into.setDestination(window(pixels, offset, images));
      reader.read(0, into);
    } catch (IOException | RuntimeException e) {
      if (e instanceof DataException known) {
        throw known;
      }
      throw FileErrors.wrong(file, "bytes that cannot be decoded", expected, e);
    } finally {
      reader.dispose();
    }
  }

  /** ImageIO fills what is missing with black and ignores what is too much: look at the end. */
  private static void requireEnd(Path file, RandomAccessFile bytes, String expected)
      throws IOException {
    byte[] end = new byte[END.length];
    if (bytes.length() > end.length) {
      bytes.seek(bytes.length() - end.length);
      bytes.readFully(end);
      bytes.seek(0);
    }
    if (!java.util.Arrays.equals(end, END)) {
      throw FileErrors.wrong(
          file, bytes.length() + " bytes that do not end as a PNG does", expected);
    }
  }

  /** An image whose memory is a part of the array, channels in planes. */
  private static BufferedImage window(byte[] pixels, int offset, int images) {
    ComponentSampleModel planes =
        new ComponentSampleModel(
            DataBuffer.TYPE_BYTE, PLANE, images, 1, IMAGE, new int[] {0, PLANE, 2 * PLANE});
    DataBuffer memory = new DataBufferByte(pixels, images * IMAGE, offset);
    ComponentColorModel colours =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    return new BufferedImage(
        colours, Raster.createWritableRaster(planes, memory, null), false, null);
  }

  /** The labels of a file: a JSON array of a known number of integers, and nothing else. */
  static int[] readLabels(Path file, int count, int classes) throws IOException {
    FileErrors.requireFile(file);
    String expected = "a JSON array of " + count + " labels from 0 to " + (classes - 1);
    int[] labels = new int[count];
    try (JsonParser json = StrictJson.parser(file.toFile())) {
      JsonToken token = json.nextToken();
      int read = 0;
      if (token == JsonToken.START_ARRAY) {
        while ((token = json.nextToken()) == JsonToken.VALUE_NUMBER_INT && read < count) {
          labels[read] = json.getIntValue();
          if (labels[read] < 0 || labels[read] >= classes) {
            throw FileErrors.wrong(file, "label " + labels[read] + " at place " + read, expected);
          }
          read++;
        }
      }
      if (token != JsonToken.END_ARRAY || read != count || json.nextToken() != null) {
        throw FileErrors.wrong(file, token + " after " + read + " labels", expected);
      }
      return labels;
    } catch (JsonProcessingException e) {
      throw FileErrors.wrong(file, "no JSON that can be read", expected, e);
    }
  }
}
