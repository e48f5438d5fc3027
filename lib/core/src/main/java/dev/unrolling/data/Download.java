package dev.unrolling.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Fetches an archive from its official address. */
final class Download {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DataSource.Archive source;
  private final Path file;
  private final Progress line;
  private final AtomicLong done = new AtomicLong();

  private Download(DataSource.Archive source, Path file, Progress line) {
    this.source = source;
    this.file = file;
    this.line = line;
  }

  /** The archive, checked, in the workspace. */
  static Path get(
      DataDescriptor data, DataSource.Archive source, Path root, Workspace work, Progress line)
      throws IOException {
    Path file = work.folder().resolve(source.fileName());
    line.say("downloading " + source.url() + " (" + Progress.megabytes(source.size()) + ")");
    String trouble = new Download(source, file, line).run();
    if (!trouble.isEmpty()) {
      throw new DataException(
          data.title()
              + " could not be downloaded from "
              + source.url()
              + " ("
              + trouble
              + "); check the network and run again, or "
              + data.byHand(root));
    }
    return file;
  }

  /** What went wrong between here and the server, or nothing. */
  private String run() throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build();
    HttpRequest request = HttpRequest.newBuilder(source.url()).timeout(PATIENCE).build();
    try (OutputStream out = Files.newOutputStream(file)) {
      CompletableFuture<HttpResponse<Void>> answer =
          client.sendAsync(
              request,
              info ->
                  info.statusCode() == 200
                      ? BodySubscribers.ofByteArrayConsumer(
                          bytes -> bytes.ifPresent(some -> write(out, some)))
                      : BodySubscribers.discarding());
      int status = await(answer).statusCode();
      if (status != 200) {
        return "the server answered " + status;
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UncheckedIOException writing) {
        throw writing.getCause();
      }
      String cause =
          e.getCause() instanceof IOException io
              ? FileErrors.describe(io)
              : String.valueOf(e.getCause());
      return cause + " after " + done.get() + " of " + source.size() + " bytes";
    } catch (TimeoutException e) {
      return "nothing came for "
          + PATIENCE.toSeconds()
          + " s after "
          + done.get()
          + " of "
          + source.size()
          + " bytes";
    }
    return difference();
  }

  /** Waits as long as bytes keep coming; the client's own reads cannot be interrupted. */
  private HttpResponse<Void> await(CompletableFuture<HttpResponse<Void>> answer)
      throws ExecutionException, TimeoutException, InterruptedIOException {
    long before = -1;
    long since = System.nanoTime();
    try {
      while (System.nanoTime() - since < PATIENCE.toNanos()) {
        try {
          return answer.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          long now = done.get();
          line.bytes("downloaded", now, source.size());
          since = now == before ? since : System.nanoTime();
          before = now;
        }
      }
      throw new TimeoutException();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      answer.cancel(true);
    }
  }

  /** Writes what came, but not far beyond the end. */
  private void write(OutputStream out, byte[] bytes) {
    if (done.addAndGet(bytes.length) > source.size() + (1 << 20)) {
      throw new IllegalStateException("it does not end");
    }
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String difference() throws IOException {
    if (done.get() != source.size()) {
      return "found " + done.get() + " bytes, expected " + source.size();
    }
    String found = Checksums.sha256(file);
    return found.equals(source.sha256())
        ? ""
        : "found SHA-256 " + found + ", expected " + source.sha256();
  }
}
