"""What goes into a bundle, its pieces, and the words of its start script."""

import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest
import unittest.mock
import zipfile
from pathlib import Path

from runner import bundle, cuda
from runner.layout import Layout
from runner.pieces import Pieces


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class JarTest(InFolder):
    def test_native_code_for_other_platforms_is_left_out(self) -> None:
        kept = [
            "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
            "native/lib/linux-x86_64/cpu/libtokenizers.so",
            "org/bytedeco/pytorch/linux-x86_64-gpu/libtorch_cuda.so",
            "org/nd4j/bindings/linux-x86_64-onednn/libgomp.so.1",
            "com/sun/jna/linux-x86-64/libjnidispatch.so",
            "com/example/win/Window.class",
            "libplain.so",
        ]
        dropped = [
            "ai/onnxruntime/native/osx-x64/libonnxruntime.dylib",
            "ai/onnxruntime/native/osx-x64/l.dylib.dSYM/Contents/Info.plist",
            "ai/onnxruntime/native/win-x64/onnxruntime.pdb",
            "native/lib/linux-aarch64/cpu/libtokenizers.so",
            "com/sun/jna/darwin/libjnidispatch.jnilib",
        ]
        jar = self.folder / "a.jar"
        with zipfile.ZipFile(jar, "w") as file:
            for name in [*kept, *dropped]:
                file.writestr(name, name)
        copy = self.folder / "b.jar"
        bundle.copy_jar(jar, copy)
        with zipfile.ZipFile(copy) as file:
            self.assertEqual(file.namelist(), kept)
            self.assertEqual(file.read(kept[0]).decode(), kept[0])

    def test_a_bundle_for_images_encodes_no_reviews(self) -> None:
        text = [
            "/m/langchain4j-core-1.jar",
            "/m/onnxruntime-1.20.0.jar",
            "/m/tokenizers-0.36.0.jar",
        ]
        jars = ["/m/unrolling-sgd-0.1.0.jar", *text, "/m/pytorch-2.10.0-linux-x86_64-gpu.jar"]
        self.assertEqual(bundle.needed(jars, "all"), jars)
        self.assertEqual(bundle.needed(jars, "images"), [jars[0], jars[-1]])

    def test_a_signed_jar_is_copied_as_it_is(self) -> None:
        jar = self.folder / "a.jar"
        with zipfile.ZipFile(jar, "w") as file:
            file.writestr("META-INF/A.SF", "signature")
            file.writestr("win-x64/a.dll", "code")
        bundle.copy_jar(jar, self.folder / "b.jar")
        self.assertEqual((self.folder / "b.jar").read_bytes(), jar.read_bytes())


class ProgramsTest(unittest.TestCase):
    def test_programs_find_in_a_bundle_what_they_import_here(self) -> None:
        folder = Layout.here().root / "environment" / "gpu"
        for name in bundle.PROGRAMS:
            text = (folder / name).read_text()
            for module in re.findall(r"^\s*(?:from|import) (\w+)", text, re.M):
                if (folder / f"{module}.py").exists():
                    self.assertIn(f"{module}.py", bundle.PROGRAMS)


class PiecesTest(InFolder):
    def cut(self) -> bytes:
        content = os.urandom(25_000)
        (self.folder / "data").write_bytes(content)
        with (
            Pieces(self.folder, "b.tar", 10_000) as pieces,
            tarfile.open(fileobj=pieces, mode="w|") as archive,
        ):
            archive.add(self.folder / "data", "b/data")
        (self.folder / "data").unlink()
        bundle.finish(self.folder, pieces.sums, "b.tar")
        return content

    def join(self) -> subprocess.CompletedProcess[str]:
        argv = [str(self.folder / "join"), "there"]
        return subprocess.run(argv, capture_output=True, text=True)

    def test_pieces_have_the_size_and_join_to_what_was_cut(self) -> None:
        content = self.cut()
        sizes = [p.stat().st_size for p in sorted(self.folder.glob("b.tar.*"))]
        self.assertEqual(set(sizes[:-1]), {10_000})
        self.assertEqual(self.join().returncode, 0)
        self.assertEqual((self.folder / "there" / "b" / "data").read_bytes(), content)

    def test_a_damaged_or_missing_piece_is_named_and_nothing_is_unpacked(self) -> None:
        self.cut()
        piece = self.folder / "b.tar.001"
        whole = piece.read_bytes()
        for spoil in (lambda: piece.write_bytes(whole[:-1] + b"?"), piece.unlink):
            spoil()
            done = self.join()
            self.assertEqual(done.returncode, 1)
            self.assertIn("b.tar.001", done.stderr + done.stdout)
            self.assertFalse((self.folder / "there").exists())


class StartTest(InFolder):
    """The start script with a stand-in for Java that tells what it was given."""

    def setUp(self) -> None:
        super().setUp()
        java = self.folder / "runtime" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(
            '#!/bin/sh\necho "$LD_LIBRARY_PATH|$UNROLLING_DEVICE|$UNROLLING_COMMIT|$*"\n'
        )
        java.chmod(0o755)
        (self.folder / "classpath.txt").write_text("00-a.jar\n01-b.jar\n")
        (self.folder / "device.txt").write_text("cuda:0\n")
        (self.folder / "commit.txt").write_text("0123abc\n")
        (self.folder / "libraries.txt").write_text(
            "".join(f"{name} {product}\n" for name, product in cuda.LIBRARIES.items())
        )
        shutil.copy2(Layout.here().root / "environment" / "gpu" / "start", self.folder / "start")

    def start(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        argv = [str(self.folder / "start"), *arguments]
        env = {"PATH": os.environ["PATH"], **more}
        return subprocess.run(argv, env=env, capture_output=True, text=True)

    def put(self, *names: str) -> Path:
        for name in names:
            place = self.folder / "site" / "nvidia" / cuda.LIBRARIES[name].split()[0] / "lib"
            place.mkdir(parents=True, exist_ok=True)
            (place / name).touch()
        return self.folder / "site"

    def test_missing_libraries_are_one_line(self) -> None:
        site = self.put(*(n for n in cuda.LIBRARIES if n not in ("libcudnn.so.9", "libnccl.so.2")))
        done = self.start("--libraries", str(site), "check")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertIn("missing: libcudnn.so.9 (cuDNN 9) libnccl.so.2 (NCCL 2);", done.stderr)

    def test_libraries_are_found_in_the_given_folder_at_any_depth(self) -> None:
        done = self.start("--libraries", str(self.put(*cuda.LIBRARIES)), "check", "--quick")
        self.assertEqual(done.returncode, 0, done.stderr)
        path, device, commit, command = done.stdout.strip().split("|")
        nvidia = self.folder / "site" / "nvidia"
        self.assertEqual(path, ":".join(f"{nvidia}/{p}/lib" for p in ("CUDA", "cuDNN", "NCCL")))
        self.assertEqual((device, commit), ("cuda:0", "0123abc"))
        lib = self.folder / "lib"
        self.assertIn(f"-cp {lib}/00-a.jar:{lib}/01-b.jar dev.unrolling.cli.Main", command)
        self.assertTrue(command.endswith("Main check --quick"))

    def test_a_bundle_for_a_cpu_asks_for_no_library(self) -> None:
        (self.folder / "libraries.txt").unlink()
        (self.folder / "device.txt").write_text("cpu\n")
        done = self.start("fetch", UNROLLING_CLASSPATH="/mine/a.jar")
        self.assertEqual((done.returncode, done.stdout.split("|")[:2]), (0, ["", "cpu"]))
        self.assertIn("/lib/01-b.jar:/mine/a.jar dev.unrolling", done.stdout)


class OptionsTest(unittest.TestCase):
    def test_wrong_values_are_refused(self) -> None:
        for words in (["--data", "svhn"], ["--piece-size", "0"], ["--device", "gpu"]):
            with (
                self.assertRaises(SystemExit) as ended,
                unittest.mock.patch("sys.stderr", new_callable=io.StringIO),
            ):
                bundle.main(words)
            self.assertEqual(ended.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
