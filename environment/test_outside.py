"""A project outside, which has DeepLearning4J models: what it is given, and that it forgets."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTSIDE = ROOT / "environment" / "outside"
# What such a user did not ask for.
NOT_WANTED = ("pytorch", "tablesaw", "xchart", "batik", "onnxruntime", "langchain4j", "picocli")


class OutsideTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.repository = self.folder / "repository"
        self.link(Path.home() / ".m2" / "repository", self.repository)
        self.link(Path.home() / ".m2" / "repository" / "dev", self.repository / "dev")

    def link(self, there: Path, here: Path) -> None:
        """What Maven has fetched is used, and stays; what is installed here goes again."""
        here.mkdir(parents=True, exist_ok=True)
        for entry in there.iterdir() if there.is_dir() else ():
            if entry.name not in ("dev", "unrolling"):
                (here / entry.name).symlink_to(entry)

    def maven(self, *arguments: str) -> None:
        argv = ["mvn", "-B", "-q", f"-Dmaven.repo.local={self.repository}", *arguments]
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_dl4j_model_forgets_with_core_and_dl4j_alone(self) -> None:
        skipped = ("-Dmaven.test.skip", "-Dmaven.javadoc.skip", "-Dspotless.check.skip")
        self.maven(*skipped, "-pl", "lib/core,lib/dl4j", "-am", "install")
        project = self.folder / "project"
        shutil.copytree(OUTSIDE, project)
        jars = self.folder / "jars"
        where = f"-Dmdep.outputFile={jars}"
        self.maven("-f", str(project), "compile", "dependency:build-classpath", where)
        classpath = jars.read_text().strip()
        names = [Path(jar).name for jar in classpath.split(os.pathsep)]
        self.assertTrue(any(name.startswith("unrolling-sgd-dl4j") for name in names), names)
        self.assertEqual([n for n in names if any(word in n for word in NOT_WANTED)], [])

        argv = ["java", "-cp", os.pathsep.join([str(project / "target" / "classes"), classpath])]
        done = subprocess.run([*argv, "Forget"], capture_output=True, text=True, check=False)
        found = re.search(r"nothing done: (\S+)\s+unlearned: +(\S+)", done.stdout)
        self.assertIsNotNone(found, done.stdout + done.stderr)
        assert found
        self.assertLess(float(found[2]), 0.5 * float(found[1]))


if __name__ == "__main__":
    unittest.main()
