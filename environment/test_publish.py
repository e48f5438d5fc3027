"""What environment/publish keeps of an executed notebook, leaves out and refuses."""

import base64
import contextlib
import copy
import io
import json
import random
import struct
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

from runner import build, outputs, pixels, publish, sources
from runner.layout import Layout
from runner.problem import Problem

NAME = "04-e"
PROGRESS = '<div style="opacity:0.75;font-family:monospace">run 1 of 2</div>'


def png(rows: list[bytes], kinds: list[int], channels: int = 3) -> bytes:
    """A PNG of 8 bits a channel whose rows are told by the filters `kinds`."""
    raw = bytearray()
    above = bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        raw.append(kind)
        for i, value in enumerate(row):
            left, up = (row[i - channels] if i >= channels else 0), above[i]
            corner = above[i - channels] if i >= channels else 0
            nearest = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            guess = (0, left, up, (left + up) // 2, nearest)[kind]
            raw.append((value - guess) & 255)
        above = row
    width = len(rows[0]) // channels
    size = struct.pack(">IIBBBBB", width, len(rows), 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = [
        (b"IHDR", size),
        (b"tEXt", b"Time\0now"),
        (b"IDAT", zlib.compress(raw)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


class PixelsTest(unittest.TestCase):
    def test_all_filters_are_undone_with_three_channels_and_four(self) -> None:
        numbers = random.Random(1)
        for channels in (3, 4):
            rows = [numbers.randbytes(7 * channels) for _ in range(5)]
            picture = pixels.read(png(rows, [0, 1, 2, 3, 4], channels))
            assert picture is not None
            self.assertEqual((picture.width, picture.rows), (7, rows))

    def test_a_drawing_keeps_its_levels_and_a_photograph_its_colours(self) -> None:
        drawn = [bytes([255, 255, 255] * 40 + [0, 114, 178] * 2) for _ in range(12)]
        less = pixels.smaller(png(drawn, [0] * 12), False)
        self.assertNotIn(b"tEXt", less)
        kind, palette = less[25], less[less.index(b"PLTE") + 4 :][:6]
        self.assertEqual((kind, palette), (3, bytes([0, 119, 170, 255, 255, 255])))
        photograph = [random.Random(y).randbytes(3 * 100) for y in range(20)]
        same = pixels.read(pixels.smaller(png(photograph, [0] * 20), False))
        assert same is not None
        self.assertEqual(same.rows, photograph)

    def test_more_colours_than_256_become_the_nearest(self) -> None:
        ramp = [(16 * 17 * r // 16, 17 * g, 0) for r in range(16) for g in range(16)] + [(0, 0, 17)]
        row = b"".join(bytes(colour) for colour in ramp[:256] * 3 + ramp[256:])
        less = pixels.smaller(png([row], [0]), False)
        length = struct.unpack(">I", less[less.index(b"PLTE") - 4 : less.index(b"PLTE")])[0]
        self.assertEqual(length, 3 * 256)

    def test_half_as_wide_and_high_is_the_mean(self) -> None:
        rows = [bytes([10, 0, 0, 30, 0, 255, 9, 9, 9]), bytes([20, 4, 0, 40, 4, 255, 9, 9, 9])]
        half = pixels.halve(pixels.Picture(3, 3, [*rows, bytes(9)]))
        self.assertEqual((half.width, len(half.rows)), (1, 1))
        for value, mean in zip(half.rows[0], (25, 2, 127.5), strict=True):
            self.assertLessEqual(abs(value - mean), 1)

    def test_what_is_no_such_png_is_returned_as_it_is(self) -> None:
        for other in (b"GIF89a", b"", png([bytes(3)], [0])[:20]):
            self.assertEqual(pixels.smaller(other, True), other)


class PublishTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.layout = Layout(Path(folder.name).resolve() / "copy")
        self.layout.notebooks.mkdir(parents=True)
        self.leave_source(self.notebook([]))
        self.folder = self.layout.results("quick") / NAME
        self.folder.mkdir(parents=True)

    def notebook(self, shown: list[dict[str, Any]], code: str = "int a = 1;\n") -> dict[str, Any]:
        cell = {"cell_type": "code", "id": "b", "metadata": {"execution": {"t": 1}}}
        return {
            "cells": [
                {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# T"]},
                {
                    **cell,
                    "source": [code],
                    "outputs": shown,
                    "execution_count": 7 if shown else None,
                },
            ],
            "metadata": {"unrolling": {"data": []}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }

    def leave_source(self, notebook: dict[str, Any]) -> None:
        notebook["cells"][1]["metadata"] = {}
        path = self.layout.notebooks / f"{NAME}.ipynb"
        path.write_text(publish.written(notebook), encoding="utf-8")
        self.source = sources.read(path)

    def leave(self, shown: list[dict[str, Any]], **run: Any) -> None:
        library = build.stamp(self.layout)
        values = {"outcome": "passed", "engine": "", "device": "cpu", "library": library} | run
        (self.folder / "run.json").write_text(json.dumps(values))
        (self.folder / f"{NAME}.ipynb").write_text(json.dumps(self.notebook(shown)))

    def published(self, *shown: dict[str, Any]) -> dict[str, Any]:
        self.leave(list(shown))
        return publish.published(self.source, "quick", self.layout)

    def outputs_of(self, *shown: dict[str, Any]) -> list[dict[str, Any]]:
        return self.published(*shown)["cells"][1]["outputs"]

    @staticmethod
    def display(**data: str) -> dict[str, Any]:
        named = {
            {"png": "image/png", "svg": "image/svg+xml"}.get(k, f"text/{k}"): v
            for k, v in data.items()
        }
        return {"output_type": "display_data", "data": named, "metadata": {}}

    @staticmethod
    def stream(text: str, name: str = "stdout") -> dict[str, Any]:
        return {"output_type": "stream", "name": name, "text": text}

    def test_what_differs_from_run_to_run_is_left_out(self) -> None:
        value = {"output_type": "execute_result", "execution_count": 9, "metadata": {}}
        found = self.outputs_of(
            self.stream("a\n"),
            self.display(html=PROGRESS, plain="run 1 of 2"),
            self.stream("log\n", "stderr"),
            self.stream("step 12 took 3.25 ms, 4 seeds, all 7 s\n"),
            {**value, "data": {"text/plain": "java.io.PrintStream@278768f8"}},
            {**value, "data": {"text/plain": f"{self.layout.out}/quick/{NAME}/e1.csv"}},
            self.display(html=f"<i>{Path.home()}/data</i>", plain="Row@1a2b3c4d at 0x7f00aa11bb"),
        )
        self.assertEqual(
            [outputs.told([o]) for o in found],
            [
                "a\nstep 12 took … ms, 4 seeds, all … s\n\n".removesuffix("\n"),
                f"\nout/quick/{NAME}/e1.csv",
                "\n<i>~/data</i>\nRow at 0x…",
            ],
        )
        self.assertEqual(found[1]["execution_count"], 1)

    def test_the_rest_of_the_notebook_is_the_committed_one(self) -> None:
        made = self.published(self.stream("a\n"))
        self.assertEqual(made["cells"][1]["metadata"], {})
        self.assertEqual(publish.cleared(made), json.loads(self.source.path.read_text()))
        self.assertEqual(publish.disagreement(NAME, made), "")
        self.assertEqual(made, self.published(self.stream("a\n")))

    def test_what_may_not_be_seen_is_refused(self) -> None:
        error = {"output_type": "error", "ename": "X", "evalue": "", "traceback": []}
        for shown, said in [
            (error, "shows the error X in cell 1"),
            (self.display(svg="<svg/>"), "shows an SVG without a PNG in cell 1"),
            (self.display(png="a"), "not base 64"),
            (self.stream("/tmp/x"), "tells of /tmp/ in cell 1"),
            (self.stream("x" * publish.MOST_BYTES), "and may take 700,000"),
        ]:
            with self.subTest(said), self.assertRaisesRegex(Problem, said):
                self.published(shown)

    def test_pictures_are_halved_only_where_the_notebook_is_too_large(self) -> None:
        numbers = random.Random(2)
        for width, kept in ((40, 40), (640, 320)):
            rows = [numbers.randbytes(3 * width) for _ in range(width // 2)]
            value = base64.b64encode(png(rows, [0] * len(rows))).decode()
            shown = self.outputs_of(self.display(png=value, plain="p"))[0]["data"]["image/png"]
            self.assertEqual(struct.unpack(">I", base64.b64decode(shown)[16:20])[0], kept)

    def test_what_is_there_is_taken_only_if_it_is_of_these_sources_and_passed(self) -> None:
        def why() -> str:
            return publish.lacks(self.source, "quick", self.layout)

        self.assertIn("no execution at scale quick", why())
        self.leave([])
        self.assertEqual(why(), "")
        for run, said in (
            ({"outcome": "failed"}, "said to be failed"),
            ({"engine": "dl4j"}, "--engine dl4j"),
            ({"device": "cuda:0"}, "--device cuda:0"),
            ({"library": "other"}, "the library has changed"),
        ):
            self.leave([], **run)
            self.assertIn(said, why())
        self.leave([])
        self.leave_source(self.notebook([], "int a = 2;\n"))
        self.assertIn("its code has changed", why())

    def test_outputs_and_code_that_do_not_belong_together_are_told_with_the_way_out(self) -> None:
        made = self.published(self.stream("a\n"))
        other = copy.deepcopy(made)
        other["cells"][0]["source"] = ["# Other words"]
        self.assertEqual(publish.disagreement(NAME, other), "")
        changed = [copy.deepcopy(made) for _ in range(5)]
        changed[0]["cells"][1]["source"] = ["int a = 2;"]
        changed[1]["cells"][1]["outputs"] = []
        del changed[2]["metadata"]["unrolling"]["published"]
        changed[3]["metadata"]["unrolling"]["published"]["scale"] = "smoke"
        changed[4]["cells"][1]["outputs"].append(self.stream("b"))
        told = ["its code has changed", "not those", "nothing tells", "of scale smoke", "not those"]
        for notebook, words in zip(changed, told, strict=True):
            said = publish.disagreement(NAME, notebook)
            self.assertIn(words, said)
            self.assertIn("environment/publish --only 04 makes them anew", said)

    def main(self, *arguments: str) -> str:
        said = io.StringIO()
        with (
            mock.patch.object(Layout, "here", return_value=self.layout),
            contextlib.redirect_stdout(said),
        ):
            self.assertEqual(publish.main(arguments), 0)
        return said.getvalue()

    def test_the_command_writes_and_clears_and_shows(self) -> None:
        bare = self.source.path.read_text()
        self.leave([self.stream("a line\n")])
        self.assertIn(f"notebooks/{NAME}.ipynb", self.main("--only", "4"))
        self.assertIn("a line", self.source.path.read_text())
        self.assertEqual(self.main(), "", "nothing is written twice")
        shown = self.main("--show", str(self.source.path))
        self.assertEqual(shown, "---- markdown\n# T\n---- code\nint a = 1;\n\n  -- a line\n")
        self.main("--clear")
        self.assertEqual(self.source.path.read_text(), bare)

    def test_a_notebook_that_fails_leaves_all_as_they_are(self) -> None:
        bare = self.source.path.read_text()
        failed = subprocess.CompletedProcess([], 1)
        with (
            mock.patch.object(subprocess, "run", return_value=failed) as run,
            self.assertRaisesRegex(Problem, "nothing is published"),
        ):
            self.main("--offline")
        argv = run.call_args.args[0]
        self.assertEqual(argv[1:], ["--scale", "quick", "--only", NAME, "--offline"])
        self.assertEqual(self.source.path.read_text(), bare)


if __name__ == "__main__":
    unittest.main()
