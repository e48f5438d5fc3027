package dev.unrolling.training.saved;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.engine.NetworkState;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The state of a run after some steps, in one file.
 *
 * <p>The file is: the 8 bytes {@code UNROLSGD}; version, step (4 bytes each, big-endian); the
 * settings (modified UTF-8); the number of networks; for each, its three arrays (a byte for the
 * type, the length, the values); the notes (length in bytes, UTF-8); CRC-32 of all that.
 *
 * @param step number of steps taken
 * @param settings names the run, e.g. a hash of its settings
 * @param networks the state of M, and of M' if it is trained beside it
 * @param notes what else the run needs to go on, in its own words; may be empty
 */
public record SavedRun(int step, String settings, List<NetworkState> networks, String notes) {

  private static final long MAGIC = 0x554E524F4C534744L;
  private static final int VERSION = 2;

  /** Copies the list. */
  public SavedRun {
    networks = List.copyOf(networks);
    if (step < 0) {
      throw new IllegalArgumentException("a run has taken 0 steps or more, not " + step);
    }
  }

  /** A state without notes. */
  public SavedRun(int step, String settings, List<NetworkState> networks) {
    this(step, settings, networks, "");
  }

  /**
   * Writes this to a file, all or nothing: a temporary file beside it is renamed once complete.
   *
   * @param file replaced if it is there; its folder is made if it is not
   * @throws IOException if it cannot be written; then {@code file} is as it was
   */
  public void save(Path file) throws IOException {
    try {
      AtomicFile.write(file, this::writeTo);
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e.getCause());
    }
  }

  private void writeTo(OutputStream file) throws IOException {
    CheckedOutputStream sum = new CheckedOutputStream(file, new CRC32());
    // Closing is for who opened the file.
    DataOutputStream out = new DataOutputStream(sum);
    out.writeLong(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(step);
    out.writeUTF(settings);
    out.writeInt(networks.size());
    for (NetworkState state : networks) {
      ArrayFormat.write(out, state.weights());
      ArrayFormat.write(out, state.runningStatistics());
      ArrayFormat.write(out, state.velocity());
    }
    byte[] text = notes.getBytes(StandardCharsets.UTF_8);
    out.writeInt(text.length);
    out.write(text);
    out.flush();
    out.writeLong(sum.getChecksum().getValue());
    out.flush();
  }

  /**
   * Reads a file.
   *
   * @param file written by {@link #save}
   * @param settings what the run is named now
   * @throws IOException if the file cannot be read, is no saved run, is cut off or damaged, or is
   *     of a run of another name; the message says which
   */
  public static SavedRun load(Path file, String settings) throws IOException {
    CheckedInputStream sum =
        new CheckedInputStream(
            new BufferedInputStream(Files.newInputStream(file), 1 << 16), new CRC32());
    try (DataInputStream in = new DataInputStream(sum)) {
      if (in.readLong() != MAGIC) {
        throw bad(file, "is no saved run");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw bad(file, "has format " + version + ", expected " + VERSION);
      }
      SavedRun read = readBody(in, Files.size(file));
      long expected = sum.getChecksum().getValue();
      if (in.readLong() != expected || in.read() >= 0) {
        throw bad(file, "is damaged: its checksum does not match");
      }
      if (!read.settings.equals(settings)) {
        throw bad(file, "is of settings " + read.settings + ", not of " + settings);
      }
      return read;
    } catch (EOFException e) {
      throw bad(file, "is cut off");
    } catch (ArrayFormat.MalformedException | java.io.UTFDataFormatException e) {
      throw bad(file, "is cut off or damaged: " + e.getMessage());
    }
  }

  private static SavedRun readBody(DataInputStream in, long fileSize) throws IOException {
    int step = in.readInt();
    String settings = in.readUTF();
    int count = in.readInt();
    if (step < 0 || count < 0 || count > fileSize) {
      throw new ArrayFormat.MalformedException("step " + step + ", " + count + " networks");
    }
    List<NetworkState> networks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      networks.add(
          new NetworkState(
              ArrayFormat.read(in, fileSize),
              ArrayFormat.read(in, fileSize),
              ArrayFormat.read(in, fileSize)));
    }
    int length = in.readInt();
    if (length < 0 || length > fileSize) {
      throw new ArrayFormat.MalformedException(length + " bytes of notes");
    }
    String notes = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new SavedRun(step, settings, networks, notes);
  }

  private static IOException bad(Path file, String what) {
    return new IOException(
        "saved run " + file + " " + what + "; delete it to start the run afresh");
  }
}
