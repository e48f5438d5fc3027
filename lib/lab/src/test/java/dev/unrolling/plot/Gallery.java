package dev.unrolling.plot;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** One figure of each kind that the notebooks need, with made-up numbers. */
public final class Gallery {
  private static final long SEED = 7;

  private Gallery() {}

  static Map<String, Figure> figures() {
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("slopes", slopes());
    figures.put(
        "bands", bands("ResNet-8 on CIFAR-10: error over fine-tuning\nquick scale, 3 seeds"));
    figures.put("gamma", gamma());
    figures.put("scatter", scatter());
    figures.put("images", images(32, 8));
    figures.put(
        "panels",
        Figure.panels(
            "Verification and unlearning error\nquick scale",
            2,
            List.of(
                bands("ResNet-8, CIFAR-10"), bands("ResNet-8, CIFAR-100\n(subset)"), slopes())));
    figures.put("same-panels", Figure.panels(2, bands("CIFAR-10"), bands("CIFAR-100")));
    figures.put("edges", edges());
    figures.put("edges-column", edges().atWidth(400));
    figures.put("many", many());
    figures.put("gaps", gaps());
    figures.put("long", lengthy());
    figures.put("nothing", Figure.lines("Nothing to see", "step", "v").logY());
    return figures;
  }

  public static Plot slopes() {
    double[] rates = {0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125};
    return Figure.lines(
            "Remainder of the expansion\ntanh network, float64, 20 steps",
            "learning rate η",
            "norm of the remainder (weight units)")
        .logX()
        .logY()
        .series("‖w_t − w_0‖", rates, powers(rates, 1, 3))
        .series("without the f terms", rates, powers(rates, 2, 0.8))
        .series("with the f terms", rates, powers(rates, 3, 0.2))
        .slope("slope 1", 1, rates, 0.2)
        .slope("slope 2", 2, rates, 0.005)
        .slope("slope 3", 3, rates, 1e-4);
  }

  private static double[] powers(double[] xs, double exponent, double factor) {
    return IntStream.range(0, xs.length)
        .mapToDouble(i -> factor * Math.pow(xs[i], exponent))
        .toArray();
  }

  static Plot bands(String title) {
    double[] steps = IntStream.range(0, 120).mapToDouble(i -> 5.0 * i).toArray();
    double[] v = new double[steps.length];
    double[] low = new double[steps.length];
    double[] high = new double[steps.length];
    double[] other = new double[steps.length];
    Random random = new Random(SEED);
    for (int i = 0; i < steps.length; i++) {
      v[i] = 0.02 * Math.sqrt(i + 1) + 0.004 * random.nextGaussian();
      low[i] = v[i] * 0.8;
      high[i] = v[i] * 1.25;
      other[i] = 0.5 * v[i];
    }
    return Figure.lines(title, "fine-tuning step", "distance (weight units)")
        .band("v, single gradient", steps, v, low, high, "mean and range over 3 seeds")
        .series("v, amnesiac", steps, other)
        .band(
            "forgetting distance",
            steps,
            scaled(v, 2),
            scaled(low, 2),
            scaled(high, 2),
            "mean and range over 3 seeds");
  }

  private static double[] scaled(double[] values, double factor) {
    return IntStream.range(0, values.length).mapToDouble(i -> factor * values[i]).toArray();
  }

  public static Plot gamma() {
    double[] gammas = {0, 1, 5, 10, 20, 50};
    double[] mean = {0.31, 0.3, 0.22, 0.15, 0.12, 0.1};
    double[] deviation = {0.04, 0.03, 0.03, 0.02, 0.01, 0.02};
    double[] low = IntStream.range(0, 6).mapToDouble(i -> mean[i] - deviation[i]).toArray();
    double[] high = IntStream.range(0, 6).mapToDouble(i -> mean[i] + deviation[i]).toArray();
    return Figure.lines("Errors against γ", "γ (in units of the mean deviation / C)", "error")
        .errorBars("v", gammas, mean, low, high, "mean and deviation over 3 seeds")
        .series("e₁", gammas, scaled(mean, 2.2))
        .horizontalLine("doing nothing", 0.55)
        .verticalLine("γ_c = 28.5", 28.5)
        .verticalLine("2 γ_c, all collapsed", 33);
  }

  static Plot scatter() {
    Random random = new Random(SEED);
    Plot plot =
        Figure.scatter("Verification error against e", "e (weight units)", "v (weight units)")
            .logX()
            .logY();
    for (String method : List.of("γ = 0", "γ = 5", "γ = 20", "γ = 50")) {
      double[] xs =
          IntStream.range(0, 25).mapToDouble(i -> Math.exp(random.nextGaussian())).toArray();
      double[] ys =
          IntStream.range(0, 25)
              .mapToDouble(i -> 0.3 * xs[i] * Math.exp(0.3 * random.nextGaussian()))
              .toArray();
      plot = plot.series(method, xs, ys);
    }
    return plot.reference("v = 0.3 e", new double[] {0.1, 10}, new double[] {0.03, 3});
  }

  static Figure images(int count, int columns) {
    List<BufferedImage> images =
        IntStream.range(0, count)
            .mapToObj(
                k -> {
                  BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
                  for (int i = 0; i < 32 * 32; i++) {
                    float hue = (float) k / count + (i % 32 / 4 + i / 128) % 2 * 0.1f;
                    image.setRGB(i % 32, i / 32, Color.HSBtoRGB(hue, 0.6f, (i % 7) / 14f + 0.5f));
                  }
                  return image;
                })
            .toList();
    List<String> captions =
        IntStream.range(0, count).mapToObj(i -> i % 3 == 0 ? "automobile" : "cat").toList();
    return Figure.images(
        "The batch to be forgotten\nCIFAR-10, 32 images", images, captions, columns);
  }

  /** Axes that end at a number: its label reaches over the end. */
  static Figure edges() {
    double[] decade = {4.9e-6, 1.95e-5};
    double[] large = {0, 99_500};
    return Figure.panels(
        "Numbers at the end of the axis",
        2,
        List.of(
            Figure.scatter("a narrow range", "e", "v").logX().logY().series("v", decade, decade),
            Figure.scatter("large numbers", "images", "v")
                .xLimits(0, 99_999)
                .series("v", large, decade),
            Figure.scatter("one point", "e", "v")
                .logX()
                .xLimits(2e-5, 2.001e-4)
                .series("v", new double[] {1e-4}, new double[] {1}),
            Figure.lines("a negative end", "logit", "share")
                .xLimits(-20_000, -5000)
                .series("v", new double[] {-15_000, -5000}, new double[] {0, 1})));
  }

  static Plot many() {
    double[] xs = IntStream.range(0, 12).mapToDouble(i -> i).toArray();
    Plot plot = Figure.lines("Ten series", "epoch", "rate (1/step)");
    for (int k = 0; k < 10; k++) {
      int slope = k;
      plot =
          plot.series(
              "setting number " + k,
              xs,
              IntStream.range(0, 12)
                  .mapToDouble(i -> 1e-5 * (slope + 1) * (1 + 0.1 * i))
                  .toArray());
    }
    return plot;
  }

  static Plot lengthy() {
    double[] one = {1, 2};
    return Figure.lines(
            "A title that goes on and on, far beyond what a figure of this width can hold in a line"
                + "\nand a note that does the same: quick scale, three seeds, ResNet-8 of width 8 on"
                + " a subset of CIFAR-10",
            "an axis whose label is much longer than the axis itself, with its unit (weight units"
                + " a step)",
            "another such label, which goes up along the plot and beyond it (weight units)")
        .series("a series with a name so long that it needs the whole row and then " + 20, one, one)
        .series("a short one", one, new double[] {2, 3})
        .series(
            "one more whose name would not fit into any row of any legend at all, ever", one, one);
  }

  static Plot gaps() {
    double inf = Double.POSITIVE_INFINITY;
    double nan = Double.NaN;
    return Figure.lines("A run that diverged", "step", "loss")
        .logY()
        .series(
            "diverged",
            new double[] {1, 2, 3, 4, 5, 6, 7},
            new double[] {2, 1, nan, 2, 10, 1e30, inf})
        .band(
            "spread to below 0",
            new double[] {1, 2, 3, 4, 5},
            new double[] {2, 1, 1, 2, 10},
            new double[] {1, -1, nan, 1, 1},
            new double[] {3, 3, 3, 4, 20},
            "a spread of a length that does not fit into one line of a figure of this width, so that it is broken into two")
        .series("all lost", new double[] {1, 2}, new double[] {nan, inf})
        .series("none", new double[0], new double[0]);
  }
}
