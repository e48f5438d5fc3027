"""The container's steps: that they are read as they stand, and are what README asks for."""

import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from runner import dockerfile, fresh
from runner.layout import Layout
from runner.problem import Problem

ROOT = Layout.here().root
FILE = ROOT / "environment" / "container" / "Dockerfile"


class DockerfileTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, text: str, stage: str) -> dockerfile.Build:
        path = self.folder / "Dockerfile"
        path.write_text(text)
        return dockerfile.read(path, stage)

    def test_steps_are_taken_as_the_user_where_and_with_what_the_file_says(self) -> None:
        text = (
            "# a\nFROM debian:x-slim AS one\nARG WHO=me\nRUN useradd $WHO\nUSER $WHO\n"
            "WORKDIR /home/$WHO\nFROM one AS two\nCOPY --chown=$WHO . here\nENV PATH=/a:$PATH\n"
            'RUN ls\nCMD ["x", "y"]\n'
        )
        build = self.read(text, "two")
        self.assertEqual(
            [(s.kind, s.what, s.user, s.folder) for s in build.steps],
            [
                ("RUN", "useradd me", "root", "/"),
                ("COPY", "/home/me/here", "me", "/home/me"),
                ("RUN", "ls", "me", "/home/me"),
            ],
        )
        self.assertEqual((build.image, build.command), ("debian:x-slim", ("x", "y")))
        self.assertTrue(build.environment["PATH"].startswith("/a:/usr/local/bin"))
        self.assertEqual(len(self.read(text, "one").steps), 1)

    def test_what_is_not_understood_is_refused_with_its_line(self) -> None:
        for text, said in [
            ("FROM a AS b\nADD x y\n", "line 2: ADD is not known here"),
            ("FROM a AS b\nRUN x \\\n", "line 2: RUN is not known here; .* on one line"),
            ("FROM a\n", "line 1: FROM a; expected IMAGE AS NAME"),
            ("FROM a AS b\nFROM c AS d\n", "line 2: FROM c AS d; expected b AS NAME"),
            ("FROM a AS b\n", 'no stage "two"; there is b'),
        ]:
            with self.subTest(said), self.assertRaisesRegex(Problem, said):
                self.read(text, "two")


class ContainerTest(unittest.TestCase):
    def test_it_installs_what_readme_asks_for_and_runs_without_rights(self) -> None:
        build = dockerfile.read(FILE, "sources")
        installed = build.steps[0].what
        for package in ("jdk", "maven", "python3-venv", "npm", "fontconfig", "fonts-dejavu-core"):
            self.assertIn(package, installed)
        self.assertNotEqual(build.user, "root")
        self.assertEqual([build.command[0]], fresh.commands(ROOT / "README.md")[:1])
        self.assertNotIn("://", FILE.read_text())

    def test_readmes_commands_are_found_and_their_words_are_not(self) -> None:
        found = fresh.commands(ROOT / "README.md")
        self.assertEqual(found, ["environment/reproduce", "mvn -B verify"])

    def test_binder_and_the_development_container_use_it(self) -> None:
        self.assertEqual((ROOT / ".binder" / "Dockerfile").resolve(), FILE)
        folder = ROOT / ".devcontainer"
        build = json.loads((folder / "devcontainer.json").read_text())["build"]
        self.assertEqual((folder / build["dockerfile"]).resolve(), FILE)
        self.assertTrue(dockerfile.read(FILE, build["target"]).steps)


class FreshTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_the_mirror_is_that_of_apt(self) -> None:
        with self.assertRaisesRegex(Problem, "names no mirror of Debian; give one: --mirror URL"):
            fresh.mirror(self.folder)
        (self.folder / "sources.list").write_text(
            "# deb x\ndeb [arch=amd64] http://m/debian s main\n"
        )
        self.assertEqual(fresh.mirror(self.folder), "http://m/debian")
        (self.folder / "sources.list.d").mkdir()
        (self.folder / "sources.list.d" / "a.sources").write_text("Types: deb\nURIs: http://n/d\n")
        self.assertEqual(fresh.mirror(self.folder), "http://n/d")

    def test_without_rights_it_says_what_it_takes(self) -> None:
        with (
            mock.patch.object(os, "geteuid", return_value=1000),
            self.assertRaisesRegex(Problem, "needed: root .this is user 1000. and debootstrap"),
        ):
            fresh.main(["--root", str(self.folder / "root")])
        self.assertFalse((self.folder / "root").exists())

    def test_a_root_whose_steps_were_not_all_taken_is_not_used(self) -> None:
        with (
            mock.patch.object(os, "geteuid", return_value=0),
            mock.patch.object(fresh.shutil, "which", return_value="/x"),
            self.assertRaisesRegex(Problem, "left before all steps were taken. Remove it"),
        ):
            fresh.main(["--root", str(self.folder)])

    def test_a_command_runs_as_the_user_in_its_folder_with_the_given_variables_alone(self) -> None:
        argv = fresh._inside(Path("/r"), "a && b", "me", "/home/me", {"A": "b c"})
        self.assertEqual(argv[:4], ["unshare", "--mount", "--pid", "--fork"])
        self.assertIn("chroot --userspec=me /r env -i 'A=b c' HOME=/home/me sh -c", argv[-1])
        self.assertIn("cd /home/me && a && b", argv[-1])


if __name__ == "__main__":
    unittest.main()
