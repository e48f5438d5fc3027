package dev.unrolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

  private static final Path ROOT = Path.of(System.getProperty("unrolling.root", ".."));

  @TempDir Path folder;

  @Test
  void theExampleCompilesAndForgets() throws Exception {
    Matcher block =
        Pattern.compile("```java\n([^`]*public class Forget[^`]*)```")
            .matcher(Files.readString(ROOT.resolve("README.md")));
    assertTrue(block.find(), "README.md has no Java example");
    Path source = folder.resolve("Forget.java");
    Files.writeString(source, block.group(1));
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                errors,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertEquals(0, status, errors.toString(StandardCharsets.UTF_8));

    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Forget")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    Matcher distances =
        Pattern.compile("nothing done: (\\S+)\\s+unlearned: +(\\S+)")
            .matcher(printed.toString(StandardCharsets.UTF_8));
    assertTrue(distances.find(), printed.toString(StandardCharsets.UTF_8));
    assertTrue(Double.parseDouble(distances.group(1)) > Double.parseDouble(distances.group(2)));
  }

  @Test
  void itsLinksLeadSomewhere() throws Exception {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher links = Pattern.compile("\\]\\(([^):#]+)\\)").matcher(readme);
    int count = 0;
    while (links.find()) {
      assertTrue(Files.exists(ROOT.resolve(links.group(1))), "no file " + links.group(1));
      count++;
    }
    assertTrue(count > 3, "README.md has " + count + " links to files");
  }
}
