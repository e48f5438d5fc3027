"""The table of environment/benchmark --table: its rows, their spread, and what it refuses."""

import contextlib
import csv
import importlib.util
import io
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path

from gpu.child import Child, Ended, alternate
from runner import table, timing
from runner.problem import Problem
from runner.timing import Row

PROGRAM = """\
import sys
print("Something 1.0, threads 3", flush=True)
for number, line in enumerate(sys.stdin):
    if line == "end\\n":
        sys.exit(4)
    print(f"{number / 4} {len(line) - 1}", flush=True)
"""


class TimingTest(unittest.TestCase):
    def test_a_number_has_three_digits_or_more(self) -> None:
        for value, text in (
            (0.0049, "0.00"),
            (1.234, "1.23"),
            (9.996, "10.0"),
            (99.96, "100"),
            (1141.2, "1141"),
        ):
            self.assertEqual(timing.number(value), text)

    def test_the_spread_is_median_least_and_most(self) -> None:
        self.assertEqual(timing.spread([3.0, 1.0, 2.5]), "2.50 (1.00 to 3.00)")
        self.assertEqual(timing.spread([0.1, 0.3], ".2f"), "0.20 (0.10 to 0.30)")
        self.assertEqual(timing.spread([]), "")

    def test_a_count_that_never_changes_stands_alone(self) -> None:
        self.assertEqual(timing.spread([9.0, 9.0]), "9")
        self.assertEqual(timing.spread([9.0, 10.0]), "9.50 (9.00 to 10.0)")

    def test_ratios_are_of_paired_rounds(self) -> None:
        self.assertEqual(timing.ratios([2.0, 9.0], [4.0, 3.0]), [0.5, 3.0])

    def test_a_measurement_is_named_once(self) -> None:
        rows = [
            Row("step", "ours", "ms", [10, 12], target="at most 60"),
            Row("step", "PyTorch, eager", "ms", [20, 20], [0.5, 0.6], "ours to this"),
        ]
        lines = timing.table(rows).splitlines()
        self.assertEqual(
            [" ".join(line.split()) for line in lines],
            [
                "measurement program unit median (range) ratio (range) of target",
                "step ours ms 11.0 (10.0 to 12.0) at most 60",
                "PyTorch, eager ms 20 0.55 (0.50 to 0.60) ours to this",
            ],
        )
        self.assertEqual(lines[1].index("ours"), lines[2].index("PyTorch"))
        self.assertEqual(lines[0].index("target"), lines[1].index("at most"))

    def test_as_csv_each_row_is_whole(self) -> None:
        rows = [Row("a, b", "ours", "us", [1, 2, 4]), Row("a, b", "c", "us", [2], [0.5], "d", "e")]
        read = list(csv.DictReader(io.StringIO(timing.as_csv(rows))))
        self.assertEqual(tuple(read[0]), timing.CSV_COLUMNS)
        self.assertEqual(list(read[0].values())[:6], ["a, b", "ours", "us", "2", "1", "4"])
        self.assertEqual(list(read[0].values())[6:], ["", "", "", "", "", "3"])
        self.assertEqual(list(read[1].values())[6:], ["0.5", "0.5", "0.5", "d", "e", "1"])


class RowsTest(unittest.TestCase):
    def rows(self, case: table.Case, **found: Sequence[Sequence[float]]) -> list[Row]:
        named = {name.replace("_", " "): [list(n) for n in all_] for name, all_ in found.items()}
        return table.rows(case, 1, named)

    def test_ours_is_set_beside_each_of_the_others(self) -> None:
        case = table.Case("net", ("step", "gradient", "product"), 1, 1, variants=("eager",))
        ours = {"ours_step": [[1], [2]], "ours_gradient": [[2], [2]], "ours_product": [[5], [6]]}
        theirs = {
            "eager_step": [[2], [2]],
            "eager_gradient": [[2], [4]],
            "eager_product": [[4], [9]],
        }
        rows = self.rows(case, **ours, **theirs)
        where = "net, batch 32, float32, 1 thread"
        self.assertEqual(rows[0], Row(f"training step, {where}", "ours", "ms", [1000, 2000]))
        self.assertEqual([*rows[1].ratios], [0.5, 1.0])
        self.assertEqual(rows[1].program, "PyTorch, eager")
        relative = rows[-2:]
        self.assertEqual([[*row.values] for row in relative], [[2.5, 3.0], [2.0, 2.25]])
        self.assertEqual([row.target for row in relative], ["at most 2.2", ""])
        self.assertEqual([*relative[1].ratios], [1.25, 3 / 2.25])
        self.assertEqual(len(self.rows(case, **ours)), 4)

    def test_two_are_set_beside_one_alone(self) -> None:
        case = table.Case("net", ("step",), 1, 1, ("step 2",), unit="us")
        found = {"ours_step": [[1e-6], [2e-6]], "ours_step_2": [[1.5e-6], [4e-6]]}
        row = self.rows(case, **found)[-1]
        self.assertEqual(row.measurement.split(",")[0], "two runs side by side")
        for found_, expected in zip(row.ratios, [1.5, 2.0], strict=True):
            self.assertAlmostEqual(found_, expected)
        self.assertAlmostEqual(row.values[0], 1.5)

    def test_sigma_tells_products_seconds_and_share(self) -> None:
        case = table.Case("net", ("step",), 1, 1, ("sigma", "power"))
        found = {"ours_step": [[0.02]], "ours_sigma": [[0.4, 8]], "ours_power": [[1.6, 32]]}
        rows = self.rows(case, **found)[1:]
        self.assertEqual([[*row.values] for row in rows[:4]], [[8], [32], [0.4], [1.6]])
        self.assertEqual([[*row.ratios] for row in rows[:4]], [[], [0.25], [], [0.25]])
        self.assertAlmostEqual(rows[4].values[0], 50)

    def test_each_case_says_its_options(self) -> None:
        quick, full = ([case.argv(quick) for case in table.CASES] for quick in (True, False))
        self.assertEqual(
            quick[0],
            [*("--model", "resnet18", "--precision", "float32", "--batch", "32", "--steps", "1")],
        )
        self.assertEqual(full[-1][-4:], ["--steps", "10000", "--threads", "1"])


class ChildTest(unittest.TestCase):
    def test_a_child_answers_line_after_line(self) -> None:
        with Child([sys.executable, "-c", PROGRAM]) as child:
            self.assertEqual((child.what, child.threads), ("Something 1.0, threads 3", 3))
            self.assertEqual(child.numbers("step"), [0.0, 4.0])
            self.assertEqual(child.seconds(), 0.25)
            with self.assertRaises(Ended) as raised:
                child.numbers("end")
            self.assertEqual(raised.exception.status, 4)

    def test_a_child_that_does_not_begin_is_told(self) -> None:
        with self.assertRaises(Ended), Child([sys.executable, "-c", "raise SystemExit(2)"]):
            self.fail("it began")

    def test_rounds_alternate(self) -> None:
        order: list[str] = []
        told: list[int] = []
        found = alternate(
            {name: lambda n=name: order.append(n) or len(order) for name in "ab"},
            2,
            lambda number, _: told.append(number),
        )
        self.assertEqual(order, ["a", "b", "a", "b"])
        self.assertEqual((found, told), ({"a": [1, 3], "b": [2, 4]}, [1, 2]))


class RefusalTest(unittest.TestCase):
    def test_a_python_without_pytorch_is_named_with_the_way_out(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            fake = Path(folder) / "python"
            fake.write_text("#!/bin/sh\necho \"No module named 'torch'\" >&2\nexit 1\n")
            fake.chmod(0o755)
            with self.assertRaises(Problem) as raised:
                table.main(["--python", str(fake)])
        self.assertIn("has no PyTorch (No module named 'torch')", str(raised.exception))
        self.assertIn("leave --python out", str(raised.exception))

    def test_a_python_that_is_not_there_is_named(self) -> None:
        with self.assertRaisesRegex(Problem, "--python /no/python does not run: No such file"):
            table.main(["--python", "/no/python"])

    def test_a_csv_in_no_folder_is_refused_before_anything_is_timed(self) -> None:
        with self.assertRaisesRegex(Problem, "there is no folder /no/where"):
            table.main(["--csv", "/no/where/table.csv"])

    def test_rounds_out_of_range_are_refused(self) -> None:
        for text in ("0", "-1", "many", "1001"):
            said = io.StringIO()
            with self.assertRaises(SystemExit) as raised, contextlib.redirect_stderr(said):
                table.main(["--rounds", text])
            self.assertEqual(raised.exception.code, 2)
            self.assertIn(f"there are 1 to 1000 rounds, not {text}", said.getvalue())


@unittest.skipUnless(importlib.util.find_spec("torch"), "this Python has no PyTorch")
class PyTorchTest(unittest.TestCase):
    def test_networks_are_as_large_as_ours(self) -> None:
        from gpu import pytorch

        for name, weights in (("resnet18", 11_173_962), ("vgg19", 20_040_522)):
            network = pytorch.network(name)
            self.assertEqual(sum(p.numel() for p in network.parameters()), weights)
        with self.assertRaisesRegex(ValueError, 'no network is called "resnet9"'):
            pytorch.network("resnet9")

    def test_it_answers_as_ours_does(self) -> None:
        argv = [sys.executable, "-B", str(table.GPU / "pytorch.py"), "--model", "linear-5"]
        with Child([*argv, "--batch", "2", "--threads", "1"]) as child:
            self.assertEqual(child.threads, 1)
            for work in table.WORKS:
                self.assertGreater(child.seconds(f"eager {work}"), 0)


class HelpTest(unittest.TestCase):
    def test_the_script_lists_the_table(self) -> None:
        script = table.GPU.parent / "benchmark"
        done = subprocess.run([str(script), "--help"], capture_output=True, text=True, check=True)
        self.assertIn("--table [--python PYTHON]", done.stdout)
        self.assertTrue(done.stdout.rstrip().endswith("CIFAR-10 is fetched if it is not there."))


if __name__ == "__main__":
    unittest.main()
