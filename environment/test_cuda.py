"""What is found of CUDA on a machine, and what is said of the rest."""

import tempfile
import unittest
from pathlib import Path

from runner import cuda, experiments
from runner.problem import Problem


def nothing(name: str) -> bool:
    return False


class CudaTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, *names: str) -> None:
        """Lays libraries out as Python's packages do."""
        for name in names:
            product = "cudnn" if "cudnn" in name else "cu13"
            place = self.folder / "nvidia" / product / "lib"
            place.mkdir(parents=True, exist_ok=True)
            (place / name).touch()

    def test_libraries_are_found_below_a_folder_and_by_the_system(self) -> None:
        self.put("libcudart.so.13", "libcudnn.so.9")
        found = cuda.find([self.folder], lambda name: name == "libnccl.so.2")
        self.assertEqual(found.places["libnccl.so.2"], "")
        self.assertEqual(
            found.folders,
            [str(self.folder / "nvidia" / "cu13" / "lib"), str(self.folder / "nvidia/cudnn/lib")],
        )
        self.assertEqual(
            cuda.environment(found, {"LD_LIBRARY_PATH": "/own"})["LD_LIBRARY_PATH"],
            ":".join([*found.folders, "/own"]),
        )
        self.assertEqual(len(found.lines()), 3)

    def test_another_major_version_does_not_count(self) -> None:
        self.put("libcudart.so.12")
        self.assertIn("libcudart.so.13", cuda.find([self.folder], nothing).missing)

    def test_without_a_driver_that_is_what_is_said(self) -> None:
        self.refused("there is no NVIDIA driver", cuda.find([], nothing), nothing, "")

    def test_an_old_driver_is_named_with_the_one_that_is_needed(self) -> None:
        self.refused("driver is 535.1; CUDA 13 needs 580", cuda.find([], nothing), bool, "535.1")

    def test_a_missing_library_is_named_with_the_way_out(self) -> None:
        self.put(*(name for name in cuda.LIBRARIES if "cudnn" not in name))
        found = cuda.find([self.folder], nothing)
        self.refused("missing of cuDNN 9: libcudnn.so.9; environment/gpu/libr", found, bool, "580")

    def test_with_everything_there_the_drivers_version_is_told(self) -> None:
        self.put(*cuda.LIBRARIES)
        found = cuda.find([self.folder], nothing)
        self.assertEqual(cuda.require(found, bool, lambda: "580.65"), "580.65")

    def test_a_cpu_and_another_engine_need_nothing_of_this(self) -> None:
        self.assertEqual(cuda.loader(None, "cpu", self.folder, {}), {})
        self.assertEqual(cuda.loader("dl4j", "cuda:0", self.folder, {}), {})
        profiles = [cuda.profile(e, d) for e, d in ((None, None), ("torch", "cuda:1"))]
        self.assertEqual([*profiles, cuda.profile("dl4j", "cuda:0")], ["", "cuda", "nd4j-cuda"])

    def test_the_device_is_read_from_the_arguments_of_the_command_line(self) -> None:
        for arguments in (["run", "E1", "--device", "cuda:0"], ["--device=cuda:0", "run"]):
            self.assertEqual(experiments.option("--device", arguments), "cuda:0")
        self.assertIsNone(experiments.option("--device", ["run", "E1"]))
        self.assertEqual(experiments.option("--device", ["run", "--device"]), "")

    def test_a_folder_that_is_not_there_is_refused(self) -> None:
        given = {cuda.VARIABLE: f"{self.folder}:{self.folder}/no"}
        with self.assertRaisesRegex(Problem, "/no, which is no folder"):
            cuda.folders(given, self.folder / "own")
        given[cuda.VARIABLE] = str(self.folder)
        self.assertEqual(cuda.folders(given, self.folder), [self.folder, self.folder])

    def refused(self, words: str, found: cuda.Found, seen: cuda.Seen, version: str) -> None:
        with self.assertRaises(Problem) as raised:
            cuda.require(found, seen, lambda: version)
        self.assertIn(words, str(raised.exception))
        self.assertNotIn("\n", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
