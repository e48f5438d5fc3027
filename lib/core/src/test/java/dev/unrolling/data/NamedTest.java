package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found on a class path, and what a line that a user got wrong says. */
class NamedTest {

  /** Something to be found; of the JDK alone, so that a loader of its own can define it. */
  public interface Kind {}

  /** One that can be had. */
  public static class Good implements Kind {
    /** As the loader asks for. */
    public Good() {}
  }

  /** One whose constructor fails. */
  public static class Failing implements Kind {
    /** Fails. */
    public Failing() {
      throw new IllegalStateException("no licence");
    }
  }

  /** One of another kind. */
  public static class Stranger {}

  /** One that asks for something. */
  public static class Asking implements Kind {
    /** Not as the loader asks for. */
    public Asking(int size) {
      assertTrue(size > 0);
    }
  }

  @TempDir private Path folder;

  private static String file(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }

  private void put(Class<?> type) throws Exception {
    Path place = folder.resolve(file(type));
    Files.createDirectories(place.getParent());
    try (InputStream in = type.getClassLoader().getResourceAsStream(file(type))) {
      Files.write(place, in.readAllBytes());
    }
  }

  private int found(String... lines) throws Exception {
    Path services = folder.resolve("META-INF/services").resolve(Kind.class.getName());
    Files.createDirectories(services.getParent());
    Files.writeString(services, String.join("\n", lines));
    for (Class<?> type :
        List.of(Kind.class, Good.class, Failing.class, Stranger.class, Asking.class)) {
      put(type);
    }
    URL[] here = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(here, null)) {
      return Named.registered(loader.loadClass(Kind.class.getName())).size();
    }
  }

  private void assertRefused(String part, String line) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> found(Good.class.getName(), line))
            .getMessage();
    assertTrue(message.contains(part), message);
    assertTrue(
        message.contains("; META-INF/services/" + Kind.class.getName() + " names public classes"),
        message);
  }

  @Test
  void aLineThatCannotBeUsedIsNamed() throws Exception {
    assertEquals(1, found("# mine", Good.class.getName()));
    assertRefused("Provider mine.Gone not found", "mine.Gone");
    assertRefused(Stranger.class.getName() + " not a subtype", Stranger.class.getName());
    assertRefused("Illegal provider-class name: mine.Gone()", "mine.Gone()");
    assertRefused(
        "could not be instantiated, since java.lang.IllegalStateException: no licence",
        Failing.class.getName());
    assertRefused(Asking.class.getName() + " Unable to get public", Asking.class.getName());
  }

  @Test
  void aClassThatCannotBeLinkedIsNamed() throws Exception {
    assertEquals(1, found(Good.class.getName()));
    Path other = folder.resolve("Other.class");
    Files.copy(folder.resolve(file(Good.class)), other);
    assertRefused("Other (wrong name: ", "Other");
    byte[] later = Files.readAllBytes(other);
    later[7] = 99;
    Files.write(other, later);
    assertRefused("more recent version of the Java Runtime", "Other");
  }
}
