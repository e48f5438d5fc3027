package dev.unrolling.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** Fetches an archive from its official address. */
final class Download {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Download() {}

  /** The archive, checked, in the workspace. */
  static Path get(
      DataDescriptor data, DataSource.Archive source, Path root, Workspace work, Progress line)
      throws IOException {
    Path file = work.folder().resolve(source.fileName());
    line.say("downloading " + source.url() + " (" + Progress.megabytes(source.size()) + ")");
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build();
    HttpRequest request = HttpRequest.newBuilder(source.url()).timeout(PATIENCE).build();
    String trouble;
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = counting(response.body(), source.size(), line)) {
        if (response.statusCode() == 200) {
          trouble = compare(source, file, Archives.copy(body, file));
        } else {
          trouble = "the server answered " + response.statusCode();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      if (Failures.isFull(Reading.describe(e))) {
        throw e;
      }
      trouble = Reading.describe(e);
    }
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

  /** What is wrong with a download, or nothing. */
  private static String compare(DataSource.Archive source, Path file, long copied)
      throws IOException {
    if (copied != source.size()) {
      return "found " + copied + " bytes, expected " + source.size();
    }
    String found = Checksums.sha256(file);
    return found.equals(source.sha256())
        ? ""
        : "found SHA-256 " + found + ", expected " + source.sha256();
  }

  /** Says how far it is, and refuses to go on far beyond the end. */
  private static InputStream counting(InputStream body, long expected, Progress line) {
    return new FilterInputStream(body) {
      private long done;

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        done += Math.max(0, read);
        line.bytes("downloaded", done, expected);
        return done > expected + (1 << 20) ? -1 : read;
      }
    };
  }
}
