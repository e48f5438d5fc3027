"""What `report` says of files that are not what they should be: a line each, never a trace."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from runner import claims, experiments, files, kernels, sources
from runner.layout import Layout
from runner.problem import Problem

HEADER = "claim,statement,outcome,evidence,scale\n"
ROW = "2.1,S,holds,x,smoke\n"
NOTEBOOK = {"cells": [], "metadata": {}}
NAME = "04-e"


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """As a user who owns nothing, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


class ReportTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.root.chmod(0o755)
        self.layout = Layout(self.root)
        self.layout.notebooks.mkdir()
        (self.layout.notebooks / f"{NAME}.ipynb").write_text(json.dumps(NOTEBOOK))
        self.place = self.layout.results("smoke") / NAME
        self.place.mkdir(parents=True)
        self.leave("run.json", '{"outcome": "passed", "seconds": 3}')
        self.leave("verdicts.csv", HEADER + ROW)

    def leave(self, name: str, content: str | bytes) -> Path:
        path = self.place / name
        path.unlink(missing_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def report(self) -> tuple[int, str]:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            status = experiments.report(["smoke"], self.layout)
        return status, said.getvalue()

    def damaged(self, name: str, what: str, lines: int = 1) -> None:
        """The page is made without the file, which is named in a line, and the status is not 0."""
        status, said = self.report()
        self.assertEqual((status, said.count("\n")), (1, lines), said)
        self.assertIn(f"{self.place / name} {what}", said)
        self.assertIn("environment/reproduce --scale smoke --only 04 makes it anew", said)
        self.assertIn("<title>", (self.layout.out / "index.html").read_text())

    def test_all_is_well_without_a_word(self) -> None:
        self.leave("runs.csv", "a,b\n\n1,2\n")
        self.assertEqual(self.report(), (0, ""))

    def test_verdicts_that_are_no_table_of_verdicts(self) -> None:
        for content, what in [
            (HEADER.encode() + b"2.1,\xff\xfe,holds,x,smoke\n", "is not UTF-8, from byte 43 on"),
            (HEADER + f"2.1,{'x' * 200_000},holds,x,smoke\n", "is not a table: field larger"),
            ("a,b\n1,2\n", "has no column claim; expected claim, statement"),
            (HEADER + "2.1,S,hol", "has 3 cells in row 2, expected 5"),
            ("", "has no column claim"),
            (HEADER + "2.1,\0,holds,x,smoke\n" * 2, "is not a table: line contains NUL"),
        ]:
            with self.subTest(what=what):
                if "NUL" in what and list(experiments.reproduce.results.csv.reader(["a\0b"])):
                    continue  # newer Pythons read it
                self.leave("verdicts.csv", content)
                self.damaged("verdicts.csv", what)

    def test_verdicts_with_a_byte_order_mark_are_read(self) -> None:
        self.leave("verdicts.csv", "\ufeff" + HEADER + ROW)
        self.assertEqual(self.report(), (0, ""))

    def test_values_of_odd_types(self) -> None:
        for key, value in [
            ("seconds", '"abc"'),
            ("seconds", "null"),
            ("seconds", "NaN"),
            ("seconds", "1e999"),
            ("seconds", "-1"),
            ("seconds", "[1]"),
            ("machine", '"x"'),
            ("machine", '{"memoryMb": "x"}'),
            ("versions", "[1]"),
            ("error", '"x"'),
        ]:
            with self.subTest(key=key, value=value):
                self.leave("run.json", f'{{"outcome": "failed", "{key}": {value}}}')
                self.damaged("run.json", "has ")
        for value in ("3", "[1, 2]", "true", '{"a": [null]}'):
            with self.subTest(value=value):
                shown = ("outcome", "started", "scale", "engine", "device", "commit")
                self.leave("run.json", json.dumps({k: json.loads(value) for k in shown}))
                self.assertEqual(self.report(), (0, ""))

    def test_json_that_is_none_or_no_object(self) -> None:
        for content, what in [
            ("null", "holds null, expected a JSON object"),
            ("[]", "holds [], expected"),
            ('{"outcome": ', "is not JSON"),
            ("[" * 100_000, "is not JSON: maximum recursion"),
            (b"\xff{}", "is not UTF-8"),
            (f'{{"seconds": {"9" * 5000}}}', "is not JSON"),
        ]:
            for name in ("run.json", "notebook.json"):
                with self.subTest(name=name, what=what):
                    whole = (self.place / "run.json").read_bytes()
                    self.leave(name, content)
                    self.damaged(name, what)
                    (self.place / name).unlink()
                    self.leave("run.json", whole)
        self.leave("notebook.json", '{"captions": [1]}')
        self.damaged("notebook.json", "has [1] for captions, expected an object")

    def test_things_that_are_no_files(self) -> None:
        for name in ("verdicts.csv", "notebook.json"):
            (self.place / name).unlink(missing_ok=True)
            (self.place / name).mkdir()
            self.damaged(name, "is no file")
            (self.place / name).rmdir()
            (self.place / name).symlink_to("/nowhere/at/all")
            self.damaged(name, "is no file")
            (self.place / name).unlink()
            os.mkfifo(self.place / name)
            self.damaged(name, "is no file")
            (self.place / name).unlink()
        (self.place / "runs.csv").mkdir()
        (self.place / "more.csv").symlink_to("/nowhere/at/all")
        self.assertEqual(self.report(), (0, ""))

    def test_tables_and_names(self) -> None:
        self.leave("runs.csv", f"a,b\n{'x' * 200_000},1\n")
        self.damaged("runs.csv", "is not a table")
        self.leave("runs.csv", b"seed,b\n\xff,1\n3\n4,5,6\n\n")
        self.assertEqual(self.report(), (0, ""))
        odd = os.path.join(os.fsencode(self.place), b"\xff.csv")
        with open(odd, "w") as file:
            file.write("a,b\n")
        status, said = self.report()
        self.assertEqual((status, said.count("\n")), (1, 1))
        self.assertIn("has a name that is not UTF-8", said)

    def test_a_file_that_may_not_be_read(self) -> None:
        path = self.leave("run.json", "{}")
        path.chmod(0)
        self.layout.out.chmod(0o777)
        self.layout.results("smoke").chmod(0o777)
        with without_rights():
            self.damaged("run.json", "cannot be read: Permission denied")

    def test_places_that_cannot_be_written(self) -> None:
        with (
            without_rights(),
            self.assertRaisesRegex(Problem, "verdicts.csv: Permission denied: may"),
        ):
            self.report()
        (self.layout.out / "index.html").mkdir()
        with self.assertRaisesRegex(Problem, "index.html: Is a directory: a folder stands where"):
            self.report()
        left = [p.name for p in self.layout.out.rglob("*.part")]
        self.assertEqual(left, [])

    def test_notebooks_that_are_none(self) -> None:
        path = self.layout.notebooks / "99-x.ipynb"
        for content in (
            "null",
            '{"cells": [1], "metadata": {}}',
            '{"cells": null, "metadata": {}}',
            '{"cells": [{"cell_type": "markdown", "source": [1]}], "metadata": {}}',
            '{"cells": [], "metadata": {"unrolling": null}}',
            '{"cells": [], "metadata": {"unrolling": {"data": "cifar10"}}}',
            '{"cells": [], "metadata": {"unrolling": {"data": [1]}}}',
            "[" * 100_000,
        ):
            with self.subTest(content=content[:60]):
                path.write_text(content)
                self.no_notebook(path)
        path.unlink()
        path.symlink_to("/nowhere")
        self.no_notebook(path)
        path.unlink()
        path.mkdir()
        self.no_notebook(path)

    def no_notebook(self, path: Path) -> None:
        with self.assertRaises(Problem) as raised:
            sources.read(path)
        self.assertRegex(
            str(raised.exception), r"^\S+/99-x.ipynb is not a notebook: .*\S\. Restore it"
        )

    def test_the_table_of_claims_names_the_file_that_is_damaged(self) -> None:
        kept = self.root / "verdicts.csv"
        kept.write_text(HEADER + ROW)
        with self.assertRaisesRegex(Problem, "verdicts.csv has no column notebook; expected noteb"):
            claims.read(kept)
        kept.write_bytes(b"\xff")
        with self.assertRaisesRegex(Problem, "verdicts.csv is not UTF-8"):
            claims.read(kept)
        kept.unlink()
        self.assertEqual(claims.read(kept), [])

    def test_kernels_that_are_described_oddly_are_none(self) -> None:
        for spec in (
            "null",
            "[]",
            '{"argv": [1]}',
            '{"argv": ["java"], "env": {"A": 1}}',
            '{"argv": 3}',
        ):
            with self.subTest(spec=spec):
                folder = self.root / "kernels" / "odd"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "kernel.json").write_text(spec)
                found = kernels.installed({"JUPYTER_PATH": str(self.root)})
                self.assertNotIn("odd", found)

    def test_what_the_system_refuses_is_a_line_that_names_the_file(self) -> None:
        for refused, words in [
            (lambda: (self.root / "gone").read_bytes(), "gone: No such file.*it is not there"),
            (lambda: self.root.read_bytes(), "Is a directory: a folder stands"),
            (lambda: (self.place / "run.json" / "x").mkdir(), "Not a directory: a file stands"),
            (lambda: (self.root / ("x" * 300)).write_text(""), "File name too long"),
            (lambda: self.place.rename(self.place / "x"), "04-e/x: Invalid argument"),
        ]:
            with self.subTest(words=words):
                with self.assertRaises(OSError) as raised:
                    refused()
                self.assertRegex(str(files.trouble(raised.exception)), words)


if __name__ == "__main__":
    unittest.main()
