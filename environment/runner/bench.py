"""Where runs are disturbed, and what their results are compared with."""

import json
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner import files
from runner.faults import Disk
from runner.problem import Problem
from runner.sitting import Sitting

SETTINGS: Mapping[str, Mapping[str, float]] = {
    "E1": {"examples": 96, "epochs": 2, "measureEvery": 6, "testExamples": 50},
    "E5": {},
    "E6": {"examples": 64, "epochs": 3, "testExamples": 50},
    "E8": {"examples": 48, "horizon": 20, "requests": 2, "simulations": 50, "testExamples": 50},
}
"""What is unlike the smoke scale, so that a run takes seconds."""

RESULT, PROVENANCE = "result.csv", "provenance.json"

PATIENCE = 1800.0
"""Seconds after which a process that does not end hangs."""


class Bench:
    """Where runs are disturbed, and what they are compared with.

    `files` holds the copy of the data and all else, `small` the store; `disk` is whether that can
    run full.
    """

    def __init__(
        self,
        files: Path,
        small: Path,
        disk: bool,
        java: Sequence[str],
        env: Mapping[str, str],
        pristine: Sequence[Path],
    ) -> None:
        self.files = files
        self.store = small / "runs"
        self.disk = Disk(small) if disk else None
        self._java = list(java)
        self._env = env
        self._pristine = pristine
        self._results: dict[str, dict[str, bytes]] = {}
        self._took: dict[str, float] = {}

    def start(self, experiment: str, where: Path, limit: int = 0) -> Sitting:
        """Starts the command that runs an experiment's runs, with a limit on the size of files."""
        settings = self.files / f"{experiment}.json"
        files.write_atomic(settings, json.dumps(SETTINGS[experiment]))
        argv = [*self._java, "run", experiment, "--scale", "smoke"]
        argv += ["--settings", str(settings), "--seeds", "0,1"]
        argv += ["--checkpoint", "0.5", "--store", str(where)]
        return Sitting(argv, self._env, where, limit)

    def measure(self, experiment: str) -> tuple[int, float]:
        """Runs without a fault, and keeps the results; says how many, and how long it took."""
        where = self.files / f"unbroken-{experiment}"
        begun = time.monotonic()
        one = self.start(experiment, where)
        try:
            one.wait_for_work(PATIENCE)
            working = time.monotonic()
            if one.wait(PATIENCE) != 0:
                raise Problem(f"{experiment} fails without any fault: {last_line(one.said())}")
        finally:
            one.end()
        self._took[experiment] = time.monotonic() - working
        self._results[experiment] = {name: path.read_bytes() for name, path in results(where)}
        files.remove(where)
        return len(self._results[experiment]), time.monotonic() - begun

    def expected(self, experiment: str) -> Mapping[str, bytes]:
        """The results of runs that nobody disturbed, by their folder."""
        return self._results[experiment]

    def took(self, experiment: str) -> float:
        """Seconds of work in them."""
        return self._took[experiment]

    def data(self) -> list[Path]:
        """The files of the copy of the data."""
        return sorted(p for p in (self.files / "data").rglob("*") if p.is_file())

    def mend_data(self) -> None:
        """Makes the copy anew."""
        for place in self._pristine:
            files.remove(self.files / "data" / place.name)
            shutil.copytree(place, self.files / "data" / place.name)


def results(where: Path) -> list[tuple[str, Path]]:
    """The results in a store with the names of their runs."""
    found = sorted(where.glob(f"*/*/{RESULT}"))
    return [(f"{p.parent.parent.name}/{p.parent.name}", p) for p in found if p.is_file()]


def last_line(said: str) -> str:
    """The last line that a process has printed."""
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
