package dev.unrolling.engine.dl4j;

import dev.unrolling.data.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The file of a {@link ForgettingListener}: a name, a version, the content in Java's data format,
 * and a SHA-256 of all that.
 */
final class ListenerFile {

  private static final String NAME = "unrolling-sgd forgetting listener";
  private static final int VERSION = 2;
  private static final int SUM = 32;

  private ListenerFile() {}

  /** What is stored. */
  record Content(ListenerState state, boolean everyMatch) {}

  static void write(Path file, ListenerState state, boolean everyMatch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(NAME);
    out.writeInt(VERSION);
    out.writeBoolean(everyMatch);
    out.writeInt(state.sums().iteration());
    out.writeInt(state.sums().visits());
    out.writeDouble(state.sums().rateSum());
    out.writeDouble(state.sums().velocityShare());
    out.writeDouble(state.sums().factor());
    out.writeUTF(state.trained());
    out.writeUTF(state.batch());
    out.writeInt(state.batchSize());
    out.writeInt(state.strays().steps());
    out.writeLong(state.strays().examples());
    out.writeInt(state.shown().examples().size());
    for (long example : state.shown().examples()) {
      out.writeLong(example);
    }
    out.writeInt(state.shown().arrays().size());
    for (Bits bits : state.shown().arrays()) {
      out.writeUTF(bits.shape());
      out.writeLong(bits.crc());
      out.writeUTF(bits.sha256());
    }
    Nd4j.write(state.start(), out);
    out.flush();
    byte[] content = bytes.toByteArray();
    try {
      AtomicFile.write(
          file,
          to -> {
            to.write(content);
            to.write(Bits.newDigest().digest(content));
          });
    } catch (UncheckedIOException failure) {
      throw new IOException(failure.getMessage(), failure.getCause());
    }
  }

  static Content read(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
    checkName(file, in);
    int end = all.length - SUM;
    byte[] content = Arrays.copyOf(all, Math.max(end, 0));
    if (end < 0
        || !Arrays.equals(
            Bits.newDigest().digest(content), Arrays.copyOfRange(all, end, all.length))) {
      throw refused(file, "is damaged: its sum is not that of its content");
    }
    boolean everyMatch = in.readBoolean();
    ListenerState.Sums sums =
        new ListenerState.Sums(
            in.readInt(), in.readInt(), in.readDouble(), in.readDouble(), in.readDouble());
    String trained = in.readUTF();
    String batch = in.readUTF();
    int batchSize = in.readInt();
    ListenerState.Strays strays = new ListenerState.Strays(in.readInt(), in.readLong());
    Set<Long> examples = new HashSet<>();
    for (int left = in.readInt(); left > 0; left--) {
      examples.add(in.readLong());
    }
    List<Bits> arrays = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      arrays.add(new Bits(in.readUTF(), in.readLong(), in.readUTF()));
    }
    INDArray start = Nd4j.read(in);
    ShownBatch shown = new ShownBatch(List.copyOf(arrays), Set.copyOf(examples));
    return new Content(
        new ListenerState(start, shown, batch, batchSize, sums, strays, trained), everyMatch);
  }

  private static void checkName(Path file, DataInputStream in) throws IOException {
    String name;
    int version;
    try {
      name = in.readUTF();
      version = in.readInt();
    } catch (IOException shortOrNoText) {
      name = "";
      version = 0;
    }
    if (!name.equals(NAME)) {
      throw refused(file, "is no stored ForgettingListener");
    }
    if (version != VERSION) {
      throw refused(file, "is of version " + version + ", but this library reads " + VERSION);
    }
  }

  private static IOException refused(Path file, String what) {
    return new IOException(
        file + " " + what + "; give a file that ForgettingListener.save wrote, or train again");
  }
}
