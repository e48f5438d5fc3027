package dev.unrolling.forgetting;

import dev.unrolling.forgetting.ForgettingReport.Answer;
import dev.unrolling.forgetting.ForgettingReport.Estimate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report on one page, without scripts, in the style of the result page. */
final class ReportPage {

  private ReportPage() {}

  static String of(ForgettingReport report) {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Forgotten: %s examples of %s</title>
        <style>
        %s</style>
        </head>
        <body>
        <header>
        <p class="over">Unrolling SGD in Java %s · %s</p>
        <h1>Forgotten: %s examples of <em>%s</em></h1>
        %s
        </header>
        <main>
        %s
        </main>
        <footer>Made by <code>environment/unrolling forget</code>. Claims are those of THEORY.md.
        A small distance of weights says that this model is near to one that never saw the examples;
        it is no proof that nothing of them can be found in it.</footer>
        </body>
        </html>
        """
        .formatted(
            report.run().forgotten(),
            escape(report.run().data()),
            style(),
            escape(report.library()),
            escape(report.made()),
            report.run().forgotten(),
            escape(report.run().data()),
            facts(report),
            sections(report));
  }

  private static String facts(ForgettingReport report) {
    boolean known = report.retrained() != null;
    Double predicted =
        report.errors().stream()
            .filter(one -> one.name().equals("predicted v"))
            .map(Estimate::value)
            .filter(value -> value != null)
            .findFirst()
            .orElse(null);
    List<String> facts =
        Stream.of(
                fact("Method", report.method().name()),
                fact("Cost in gradients", Sentences.count(report.method().gradients())),
                fact("Retraining", Sentences.count(report.method().retraining())),
                fact("Weights moved by", Sentences.number(report.unlearningMoved())),
                known
                    ? fact(
                        "Distance to the retrained model, v",
                        Sentences.number(report.retrained().verificationError()))
                    : fact("Predicted v", Sentences.number(predicted)),
                known
                    ? fact(
                        "v of doing nothing",
                        Sentences.number(report.retrained().forgettingDistance()))
                    : "",
                known
                    ? fact(
                        "Left of the forgetting distance",
                        Sentences.share(report.retrained().left()))
                    : "")
            .toList();
    return "<dl class=\"facts\">" + String.join("", facts) + "</dl>";
  }

  private static String fact(String name, String value) {
    return "<div><dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd></div>";
  }

  private static String sections(ForgettingReport report) {
    ForgettingReport.Run run = report.run();
    String files =
        table(
            List.of("file", "path", "SHA-256"),
            report.files().stream()
                .map(file -> List.of(file.role(), file.path(), file.sha256()))
                .toList());
    String training =
        table(
            List.of("training", ""),
            List.of(
                List.of("examples", Sentences.count((long) run.examples())),
                List.of("of them forgotten", Sentences.count((long) run.forgotten())),
                List.of("epochs, each with one visit", "" + run.epochs()),
                List.of("other batches before the visit", "" + run.before()),
                List.of("examples of another batch", "" + run.batchSize()),
                List.of("order of the others", run.order().toString().toLowerCase(Locale.ROOT)),
                List.of("steps", Sentences.count((long) run.steps())),
                List.of("sum of the visits' rates", Sentences.number(run.rateSum())),
                List.of("momentum", Sentences.number(run.momentum())),
                List.of("distance moved by training", Sentences.number(report.trainingMoved()))));
    String notes =
        report.notes().stream()
            .map(note -> "<p>" + escape(note) + "</p>")
            .collect(Collectors.joining());
    return section("What was done", notes)
        + section("What the models answer", answers(report.answers()))
        + section("How far from a model that never saw it", errors(report))
        + section("The training that was undone", training)
        + section("Files", files);
  }

  private static String answers(List<Answer> answers) {
    return table(
        List.of(
            "model",
            "loss, forgotten",
            "right, forgotten",
            "loss, what stays",
            "right, what stays",
            "right, not trained on"),
        answers.stream()
            .map(
                one ->
                    List.of(
                        one.model(),
                        Sentences.number(one.forgottenLoss()),
                        Sentences.share(one.forgottenAccuracy()),
                        Sentences.number(one.retainedLoss()),
                        Sentences.share(one.retainedAccuracy()),
                        Sentences.share(one.testAccuracy())))
            .toList());
  }

  private static String errors(ForgettingReport report) {
    Stream<List<String>> estimates =
        report.errors().stream()
            .map(one -> List.of(one.name(), Sentences.number(one.value()), one.how()));
    Stream<List<String>> measured = Stream.empty();
    if (report.retrained() != null) {
      measured =
          Stream.of(
              List.of(
                  "v",
                  Sentences.number(report.retrained().verificationError()),
                  "distance of the unlearned model to one trained again without the examples"),
              List.of(
                  "forgetting distance",
                  Sentences.number(report.retrained().forgettingDistance()),
                  "the same of the trained model: v of doing nothing"),
              List.of(
                  "reproduced within",
                  Sentences.number(report.retrained().reproduced()),
                  "distance of the trained model to one trained again with the examples"));
    }
    return table(
        List.of("distance", "value", "what it is"), Stream.concat(measured, estimates).toList());
  }

  private static String section(String title, String body) {
    return "<section><div class=\"head\"><h2>"
        + escape(title)
        + "</h2></div>"
        + body
        + "</section>\n";
  }

  private static String table(List<String> head, List<List<String>> rows) {
    String first =
        head.stream().map(cell -> "<th>" + escape(cell) + "</th>").collect(Collectors.joining());
    String others =
        rows.stream()
            .map(
                row ->
                    row.stream()
                        .map(cell -> "<td>" + escape(cell) + "</td>")
                        .collect(Collectors.joining("", "<tr>", "</tr>\n")))
            .collect(Collectors.joining());
    return "<div class=\"scroll\"><table class=\"data\"><thead><tr>"
        + first
        + "</tr></thead><tbody>"
        + others
        + "</tbody></table></div>";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream("page.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
