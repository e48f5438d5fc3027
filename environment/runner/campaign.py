"""environment/campaign: disturbs runs at random, and sees whether anything is lost."""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runner import build, crash, datasets, experiments, faults, files, options, store, tools
from runner.bench import SETTINGS, Bench
from runner.layout import Layout
from runner.preparation import BUSY
from runner.progress import Line, clock
from runner.series import Series, Tally

_DATA = {"E5": ["imdb"]}
_STORE_MB, _FILES_MB = 24, 1024
_MOST_MINUTES = 7 * 24 * 60


def main(arguments: Sequence[str]) -> int:
    """Runs series after series until the time is over; the status says whether all came out."""
    given = _parser().parse_args(arguments)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    found, line, layout = tools.check(os.environ), Line(), Layout.here()
    with files.exclusive(layout.private / "lock", BUSY):
        build.prepare(layout, found, given.offline, line)
        names = sorted({n for e in given.experiments for n in _DATA.get(e, ["cifar10"])})
        datasets.fetch(names, layout, found, given.offline, line)
    tally = Tally()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="unrolling-campaign-") as folder,
        faults.mounted(Path(folder), _FILES_MB),
        _store(Path(folder)) as is_disk,
    ):
        bench = _bench(Path(folder), is_disk, names, layout, found, line)
        line.say(
            f"Seed {seed}, {given.minutes:g} minutes, {', '.join(given.experiments)}; full disks: "
            + (f"a disk of {_STORE_MB} MB in memory" if bench.disk else "a limit on file sizes")
        )
        try:
            _run(bench, given, random.Random(seed), tally, line)
        finally:
            line.say(f"\n{tally.table(clock(time.monotonic() - begun))}")
    return 0 if tally.is_clean() else 1


def _run(
    bench: Bench, given: argparse.Namespace, chance: random.Random, tally: Tally, line: Line
) -> None:
    for experiment in given.experiments:
        runs, took = bench.measure(experiment)
        line.say(f"{experiment}: {runs} runs without a fault in {clock(took)}")
    end = time.monotonic() + 60 * given.minutes
    while time.monotonic() < end:
        # Each in turn, in an order of its own: a short campaign should see them all.
        for experiment in chance.sample(given.experiments, len(given.experiments)):
            if time.monotonic() < end:
                Series(bench, experiment, chance, tally, line.say, end).run()


@contextmanager
def _store(folder: Path) -> Iterator[bool]:
    """The folder of the store, on a small disk if this user may."""
    small = folder / "small"
    small.mkdir()
    with faults.mounted(small, _STORE_MB) as is_disk:
        yield is_disk


def _bench(
    folder: Path,
    is_disk: bool,
    names: list[str],
    layout: Layout,
    found: tools.Tools,
    line: Line,
) -> Bench:
    """A place with copies of the data; what the user has is only read."""
    inside = folder / "files"
    pristine = []
    for name in names:
        place = datasets.folder(name, layout)
        shutil.copytree(place, inside / "data" / place.name)
        pristine.append(place)
    logs = inside / "logs"
    java = experiments.java(layout, found, crash.error_file(logs))
    env = {
        **found.environment(),
        **store.environment(layout, {}),
        "UNROLLING_DATA": str(inside / "data"),
        "UNROLLING_OFFLINE": "1",
    }
    return Bench(inside, folder / "small", is_disk, java, env, pristine)


def _parser() -> argparse.ArgumentParser:
    parser = options.parser(
        "environment/campaign",
        "Disturbs small runs at random for a time: stops and kills them, fills their disk, starts "
        "two on one store, flips bits in and cuts off, empties and removes files of the store and "
        "of a copy of the data; then finishes each and compares its result byte by byte with that "
        "of a run that nobody disturbed. Prints a line for each fault and a table at the end. All "
        "is done in a temporary folder. The status is 1 if a result differs or is lost.",
    )
    parser.add_argument("--minutes", metavar="N", type=_minutes, default=60, help="default: 60")
    parser.add_argument(
        "--seed",
        metavar="N",
        type=int,
        help="of what is done, though not of when (default: random)",
    )
    parser.add_argument(
        "--experiments",
        metavar="ID[,ID]",
        type=_experiments,
        default=["E1", "E6", "E8"],
        help=f"of {', '.join(SETTINGS)} (default: E1,E6,E8)",
    )
    options.add_offline(parser)
    return parser


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0
    if not 0 < minutes <= _MOST_MINUTES:
        raise argparse.ArgumentTypeError(f'--minutes takes a number up to 10080, not "{text}"')
    return minutes


def _experiments(text: str) -> list[str]:
    names = list(dict.fromkeys(text.upper().split(",")))
    for name in names:
        if name not in SETTINGS:
            there = ", ".join(SETTINGS)
            raise argparse.ArgumentTypeError(
                f'no experiment "{name}" is disturbed; there is {there}'
            )
    return names
