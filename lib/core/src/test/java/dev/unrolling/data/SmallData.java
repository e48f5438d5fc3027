package dev.unrolling.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A data set of two small files of real images, with the archive its descriptor speaks of. */
final class SmallData {

  static final String FOLDER = "small-bin";
  static final String ARCHIVE = "small.tar.gz";

  private final byte[] train;
  private final byte[] test;
  private final Path archive;

  /** Makes the archive in a folder of the test. */
  SmallData(Path folder) {
    ImageDataset real = RealData.cifar10Test();
    train = OfficialFiles.cifar10(real, 0, 60);
    test = OfficialFiles.cifar10(real, 100, 30);
    archive =
        OfficialFiles.archive(
            folder.resolve(ARCHIVE),
            Map.of(
                FOLDER + "/train.bin",
                train,
                FOLDER + "/test.bin",
                test,
                FOLDER + "/readme.html",
                new byte[10]));
  }

  /** The archive. */
  Path archive() {
    return archive;
  }

  /** The content of train.bin. */
  byte[] train() {
    return train.clone();
  }

  /** The archive's bytes. */
  byte[] packed() throws java.io.IOException {
    return Files.readAllBytes(archive);
  }

  /** Its descriptor, with the archive at an address. */
  DataDescriptor at(URI address) throws java.io.IOException {
    return descriptor(
        new DataSource.Archive(
            address,
            FOLDER,
            Files.size(archive),
            Checksums.sha256(archive),
            List.of(file("train.bin", train), file("test.bin", test)),
            List.of()));
  }

  /** Its descriptor as a package of npm, whose files are in the folder "package". */
  DataDescriptor inNpm() throws java.io.IOException {
    return descriptor(
        new DataSource.Npm(
            "small@1.0.0",
            "small",
            1000,
            List.of(file("train.bin", train), file("test.bin", test)),
            null));
  }

  /** Its descriptor with both, npm's first. */
  DataDescriptor inBoth(URI address) throws java.io.IOException {
    return descriptor(inNpm().sources().get(0), at(address).sources().get(0));
  }

  /** A descriptor of some sources. */
  static DataDescriptor descriptor(DataSource... sources) {
    return new DataDescriptor(
        "small",
        "Small",
        "https://example.org",
        "none",
        "nobody",
        Map.of(),
        List.of(sources),
        Map.of());
  }

  private static DataSource.File file(String name, byte[] content) {
    return new DataSource.File(
        name,
        content.length,
        java.util.HexFormat.of().formatHex(Checksums.newDigest().digest(content)));
  }
}
