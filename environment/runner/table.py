"""environment/benchmark --table: what computing takes here, and in PyTorch beside it."""

import argparse
import contextlib
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gpu.child import Child, Ended, alternate, ours
from runner import files, options
from runner.problem import Problem
from runner.progress import Line
from runner.timing import Row, as_csv, ratios, table

GPU = Path(__file__).resolve().parents[1] / "gpu"
ROUNDS, QUICK_ROUNDS = 7, 3
VARIANTS = ("eager", "channels-last")
OURS = "ours"
WORKS = {"step": "training step", "gradient": "gradient", "product": "Hessian product"}
TWO, SIGMA, POWER = "step 2", "sigma", "power"
STEPS_A_SIGMA = 20
"""At quick scale E1 measures sigma every 10 steps of two networks."""

Found = dict[str, list[list[float]]]
"""The numbers of each round, by program and what was asked of it."""


@dataclass(frozen=True)
class Case:
    """A process of ours and one of PyTorch's; both do `works`, and ours alone does `more`."""

    model: str
    works: tuple[str, ...]
    steps: int
    quick_steps: int
    more: tuple[str, ...] = ()
    batch: int = 32
    precision: str = "float32"
    threads: int = 0
    closed: bool = False
    """Whether ours is the engine of linear models in closed form, which computes in float64."""
    variants: tuple[str, ...] = VARIANTS
    unit: str = "ms"
    targets: tuple[tuple[str, str], ...] = ()

    def argv(self, quick: bool) -> list[str]:
        """The options of either program."""
        argv = ["--model", self.model, "--precision", self.precision, "--batch", str(self.batch)]
        argv += ["--steps", str(self.quick_steps if quick else self.steps)]
        return [*argv, "--threads", str(self.threads)] if self.threads else argv

    def own(self, quick: bool) -> list[str]:
        """The options of ours."""
        argv = self.argv(quick)
        if self.closed:
            argv[argv.index("--precision") + 1] = "float64"
            argv += ["--engine", "linear"]
        return argv


CASES = (
    Case("resnet18", tuple(WORKS), 2, 1),
    Case("vgg19", ("step",), 3, 2),
    Case("resnet18", ("step",), 3, 2, precision="bfloat16"),
    Case("resnet8-8", tuple(WORKS), 20, 5, (TWO, SIGMA, POWER), threads=1),
    *(
        Case(
            *("linear-768", ("step",), 10_000, 3_000, (TWO,)),
            batch=8,
            threads=1,
            closed=closed,
            variants=VARIANTS[:1],
            unit="us",
            targets=(("step", "at most 60"),) if closed else (),
        )
        for closed in (True, False)
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Times all and prints the table."""
    given = _parser().parse_args(arguments)
    rounds = given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS)
    if given.csv and not given.csv.absolute().parent.is_dir():
        raise Problem(f"--csv: there is no folder {given.csv.absolute().parent}; make it first", 2)
    # Idle OpenMP threads sleep: they would take the cores from the other program.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    line = Line(sys.stderr)
    told = [machine()]
    if given.python:
        told.append(f"PyTorch {version(given.python)}, as it comes; ours keeps what a step frees")
    rows: list[Row] = []
    for case in CASES:
        rows += measure(case, given.python, given.quick, rounds, line, told)
    line.clear()
    told.append(
        f"{rounds} rounds of each, in turns; a ratio is of the same round: below 1, ours is faster "
        "(side by side: than one alone)"
    )
    print("\n".join([*told, "", table(rows)]))
    if given.csv:
        files.write_atomic(given.csv, as_csv(rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = options.parser(
        "environment/benchmark --table",
        "Times training steps, Hessian products, sigma, small steps and runs side by side, round "
        "after round in turns with PyTorch if a Python that has it is given, and prints one table. "
        "The machine should be idle: about 8 minutes on two cores, with --quick about 3.",
    )
    parser.add_argument("--python", metavar="PYTHON", help="a Python that has PyTorch")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} short rounds")
    parser.add_argument("--rounds", type=_rounds, metavar="N", help=f"of each ({ROUNDS})")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table there too")
    return parser


def _rounds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"there are 1 to 1000 rounds, not {text}")
    return int(text)


def machine() -> str:
    """Processor, cores and load."""
    name = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.M)
        name = found[1] if found else name
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    warning = ": NOT IDLE, times mean little" if load > 0.5 * cores else ""
    return f"{name}, {cores} cores, load {load:.1f} at the start{warning}"


def version(python: str) -> str:
    """Version of a Python's PyTorch."""
    argv = [python, "-c", "import torch; print(torch.__version__)"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise Problem(f"--python {python} does not run: {error.strerror}") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise Problem(
            f"--python {python} has no PyTorch ({said}); name a Python that has it, or leave "
            "--python out and ours is timed alone"
        )
    return done.stdout.strip()


def measure(
    case: Case, python: str | None, quick: bool, rounds: int, line: Line, told: list[str]
) -> list[Row]:
    """The rows of a case."""
    label = f"{case.model}, {case.precision}"
    line.show(f"{label}: starting")
    with contextlib.ExitStack() as stack:
        try:
            mine = stack.enter_context(ours(GPU, case.own(quick)))
            version = f"ours: {mine.what.rsplit(', threads', 1)[0]}"
            if version not in told:
                told.append(version)
            programs: dict[str, Callable[[str], list[float]]] = {OURS: mine.numbers}
            if python:
                argv = [python, "-B", str(GPU / "pytorch.py"), *case.argv(quick)]
                argv += [] if case.threads else ["--threads", str(mine.threads)]
                theirs = stack.enter_context(Child(argv))
                for variant in case.variants:
                    programs[variant] = partial(_asked, theirs, variant)
            measures = {
                f"{program} {work}": partial(ask, work)
                for work in case.works
                for program, ask in programs.items()
            }
            measures |= {f"{OURS} {work}": partial(mine.numbers, work) for work in case.more}
            found = alternate(
                measures, rounds, lambda n, _: line.show(f"{label}: round {n} of {rounds}")
            )
        except Ended as ended:
            raise Problem(f"{label}: a program ended with {ended}; see above") from ended
    return rows(case, mine.threads, found)


def _asked(child: Child, variant: str, work: str) -> list[float]:
    return child.numbers(f"{variant} {work}")


def rows(case: Case, threads: int, found: Found) -> list[Row]:
    """What the rounds of a case come to."""
    plural = "" if threads == 1 else "s"
    closed = " (ours in closed form, float64)" if case.closed else ""
    where = f"{case.model}{closed}, batch {case.batch}, {case.precision}, {threads} thread{plural}"
    seconds = {name: [numbers[0] for numbers in all_] for name, all_ in found.items()}
    programs = [OURS, *(v for v in case.variants if f"{v} {case.works[0]}" in seconds)]
    names = {OURS: OURS, **{v: f"PyTorch, {v}" for v in case.variants}}
    scale = {"ms": 1e3, "us": 1e6}[case.unit]

    def beside(what: str, unit: str, of: dict[str, list[float]], target: str = "") -> list[Row]:
        made = [Row(f"{what}, {where}", OURS, unit, of[OURS], target=target)]
        for name in programs[1:]:
            share = ratios(of[OURS], of[name])
            made.append(
                Row(made[0].measurement, names[name], unit, of[name], share, "ours to this")
            )
        return made

    made: list[Row] = []
    for work in case.works:
        of = {p: [scale * s for s in seconds[f"{p} {work}"]] for p in programs}
        made += beside(WORKS[work], case.unit, of, dict(case.targets).get(work, ""))
    if "product" in case.works:
        of = {p: ratios(seconds[f"{p} product"], seconds[f"{p} gradient"]) for p in programs}
        made += beside("product over gradient", "gradients", of, "at most 2.2")
    alone = seconds[f"{OURS} step"]
    if TWO in case.more:
        two = seconds[f"{OURS} {TWO}"]
        values = [scale * s for s in two]
        share = ratios(two, alone)
        what = f"two runs side by side, {where}"
        made.append(Row(what, OURS, case.unit, values, share, "two to one alone", "ratio 1"))
    if SIGMA in case.more:
        made += _sigma(where, found, alone)
    return made


def _sigma(where: str, found: Found, step: Sequence[float]) -> list[Row]:
    lanczos, power = ([*zip(*found[f"{OURS} {w}"], strict=True)] for w in (SIGMA, POWER))
    what = f"sigma, {where}"
    programs = ("Lanczos (the default)", "power iteration, 1e-3")
    share = [s / (s + STEPS_A_SIGMA * one) for s, one in zip(lanczos[0], step, strict=True)]
    made = [Row(what, programs[0], "products", lanczos[1], target="at most 10")]
    made.append(
        Row(what, programs[1], "products", power[1], ratios(lanczos[1], power[1]), "Lanczos to it")
    )
    made.append(Row(what, programs[0], "s", lanczos[0]))
    made.append(
        Row(what, programs[1], "s", power[0], ratios(lanczos[0], power[0]), "Lanczos to it")
    )
    percent = [100 * s for s in share]
    return [*made, Row("sigma's share of E1's fine-tuning, quick", OURS, "%", percent)]
