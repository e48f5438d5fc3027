package dev.unrolling.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.FeatureDataset;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class TableDatasetTest {

  private static Table flowers(String rows) {
    return Table.read().csv("species,length,width,count\n" + rows.replace(' ', '\n'), "flowers");
  }

  private static final Table FLOWERS =
      flowers("setosa,5.1,3.5,1 virginica,6.3,3.3,2 setosa,4.9,3,4");

  private static final List<String> BOTH = List.of("width", "count");

  private static void assertRefused(String part, Runnable asked) {
    String message = assertThrows(IllegalArgumentException.class, asked::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void rowsAreExamplesAndColumnsFeaturesInTheOrderGiven() {
    FeatureDataset data = TableDataset.of(FLOWERS, "species", BOTH);
    assertEquals("flowers", data.name());
    assertEquals(List.of("setosa", "virginica"), data.classNames());
    assertArrayEquals(new int[] {2}, data.exampleShape());
    double[] row = new double[2];
    data.writeExample(1, row, 0);
    assertArrayEquals(new double[] {3.3, 2}, row);
    assertEquals(List.of(0, 1, 0), List.of(data.label(0), data.label(1), data.label(2)));
  }

  @Test
  void aTestTableHasTheClassesOfTheTrainingTable() {
    FeatureDataset train = TableDataset.of(FLOWERS, "species", BOTH);
    // Alone it would be class 0.
    FeatureDataset test =
        TableDataset.of(flowers("virginica,1,1,1"), "species", BOTH, train.classNames());
    assertEquals(1, test.label(0));
    assertEquals(2, test.classes());
    assertRefused(
        "column \"species\" of row 0 is \"pansy\", which is none of [setosa, virginica]",
        () -> TableDataset.of(flowers("pansy,1,1,1"), "species", BOTH, train.classNames()));
  }

  @Test
  void wholeNumbersAreLabelsToo() {
    FeatureDataset data = TableDataset.of(FLOWERS, "count", List.of("length"));
    assertEquals(List.of("1", "2", "4"), data.classNames());
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertRefused(
        "flowers has no column \"petal\"; there is [species, length, width, count]",
        () -> TableDataset.of(FLOWERS, "species", List.of("petal")));
    assertRefused(
        "column \"species\" holds STRING, features must be numbers",
        () -> TableDataset.of(FLOWERS, "count", List.of("species")));
    assertRefused(
        "column \"width\" of row 1 is missing",
        () -> TableDataset.of(flowers("a,1,2,3 b,1,,3"), "species", BOTH));
    assertRefused(
        "column \"species\" of row 1 is missing",
        () -> TableDataset.of(flowers("a,1,2,3 ,1,2,3"), "species", BOTH));
    for (List<String> features :
        List.of(List.<String>of(), List.of("width", "width"), List.of("width", "species"))) {
      assertRefused(
          "features must be at least one column, each once, and not the label",
          () -> TableDataset.of(FLOWERS, "species", features));
    }
    assertRefused("has no row", () -> TableDataset.of(FLOWERS.emptyCopy(), "species", BOTH));
  }
}
