package dev.unrolling.data;

import java.util.ArrayList;
import java.util.List;

/** Measures what pictures are normalised by. */
public final class ChannelStatistics {

  private ChannelStatistics() {}

  /**
   * Mean and standard deviation (over all values, divided by their number) of each channel, in
   * units of x / 255.
   *
   * @param shape of one image
   * @param pixels unsigned, {@code (example, channel, height, width)}, at least one image
   * @throws IllegalArgumentException if a channel has one value throughout
   */
  public static ImageDataset.Normalisation of(ImageDataset.Shape shape, byte[] pixels) {
    int plane = shape.height() * shape.width();
    long[][] counts = new long[shape.channels()][256];
    for (int i = 0; i < pixels.length; i++) {
      counts[i / plane % shape.channels()][pixels[i] & 0xff]++;
    }
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (long[] count : counts) {
      double total = 0;
      double sum = 0;
      for (int x = 0; x < 256; x++) {
        total += count[x];
        sum += count[x] * x;
      }
      double mean = sum / total;
      double squares = 0;
      for (int x = 0; x < 256; x++) {
        squares += count[x] * (x - mean) * (x - mean);
      }
      if (!(squares > 0)) {
        throw new IllegalArgumentException(
            "channel "
                + means.size()
                + " is "
                + mean
                + " in every pixel, so it has no standard deviation to divide by; give the"
                + " normalisation");
      }
      means.add(mean / 255);
      deviations.add(Math.sqrt(squares / total) / 255);
    }
    return new ImageDataset.Normalisation(means, deviations);
  }
}
