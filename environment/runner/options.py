"""What the user asks for."""

import argparse
import os
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

SCALES = ("smoke", "quick", "desk", "paper")
SMALL_SCALES = SCALES[:2]
ENGINES = ("torch", "dl4j")

_SCALES_HELP = """\
scales:
  smoke    every part, tiny; minutes in all, for continuous integration
  quick    real data, small networks; about two minutes a notebook on two cores
  desk     E1 to E8 (04, 06 to 10, 13) with a ResNet-20 that is really trained, on all 50,000
           images, and all reviews; a night on a CPU and more; checks of theory as quick
  paper    the experiments at the authors' size, for a GPU; checks of theory as quick
"""

_STATUS_HELP = """\
exit status:
  0        done
  1        failed
  2        wrong arguments
  130      interrupted by Ctrl-C, 143 by SIGTERM; what was finished is kept
"""


@dataclass(frozen=True)
class Options:
    """Checked options of both commands.

    `engine` and `device` None: each notebook's own choice; `at_once`: as the machine allows.
    """

    scale: str = "quick"
    only: tuple[str, ...] = ()
    engine: str | None = None
    device: str | None = None
    kernel: str | None = None
    offline: bool = False
    at_once: int | None = None
    rest: tuple[str, ...] = ()

    def environment(self, out: str) -> dict[str, str]:
        """What a notebook reads from its environment; results go to the folder `out`."""
        values = {
            "UNROLLING_SCALE": self.scale,
            "UNROLLING_OUT": out,
            "UNROLLING_ENGINE": self.engine,
            "UNROLLING_DEVICE": self.device,
            "UNROLLING_OFFLINE": "true" if self.offline else None,
        }
        return {name: value for name, value in values.items() if value is not None}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        message = re.sub(r"^argument \S+: ", "", message)
        self.exit(2, f"{self.prog}: {message} (--help lists the options)\n")


def parse_reproduce(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Options:
    """The options of environment/reproduce; ends with status 2 and one line on a wrong one."""
    parser = _parser(
        "environment/reproduce",
        "Builds the library, fetches the data and executes the notebooks; the results are in "
        "out/index.html.",
        environment,
    )
    parser.add_argument(
        "--only",
        metavar="NN[,NN]",
        type=numbers,
        default=(),
        help="execute only the notebooks of these numbers, e.g. --only 04 or --only 00,02",
    )
    parser.add_argument(
        "--at-once",
        metavar="N",
        type=_count,
        help="notebooks at a time, each on its share of the cores (default: 2, or 1 on a GPU, with "
        "one core, with less than 8 GB of memory or at the larger scales)",
    )
    return Options(**vars(parser.parse_args(arguments)))


def parse_notebook(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Options:
    """The options of environment/notebook; what it does not know is passed to JupyterLab."""
    parser = _parser(
        "environment/notebook",
        "Prepares the same as environment/reproduce and opens JupyterLab on the notebooks. Other "
        "arguments are passed to jupyter lab, e.g. --no-browser --port 8890.",
        environment,
    )
    known, rest = parser.parse_known_args(arguments)
    return Options(**vars(known), at_once=1, rest=tuple(rest))


def _parser(program: str, about: str, environment: Mapping[str, str]) -> _Parser:
    parser = _Parser(
        prog=program,
        description=about,
        epilog=f"{_SCALES_HELP}\n{_STATUS_HELP}",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--scale",
        metavar="NAME",
        type=_choice("scale", SCALES),
        default=environment.get("UNROLLING_SCALE", "quick"),
        help=f"how much is run: {', '.join(SCALES)} (default: quick)",
    )
    parser.add_argument(
        "--engine",
        metavar="NAME",
        type=_choice("engine", ENGINES),
        default=environment.get("UNROLLING_ENGINE"),
        help=f"what computes: {' or '.join(ENGINES)} (default: each notebook's own choice)",
    )
    add_device(parser, environment.get("UNROLLING_DEVICE"), "cpu")
    parser.add_argument(
        "--kernel",
        metavar="NAME",
        help="an installed Java kernelspec, e.g. your own IJava (default: JJava, installed here)",
    )
    add_offline(parser)
    return parser


def parser(program: str, about: str) -> argparse.ArgumentParser:
    """A parser whose errors are one line and status 2."""
    return _Parser(
        prog=program,
        description=textwrap.fill(about, 80),
        epilog=_STATUS_HELP,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_device(
    parser: argparse.ArgumentParser, default: str | None, shown: str | None = None
) -> None:
    """The option --device, checked."""
    parser.add_argument(
        "--device",
        metavar="NAME",
        type=_device,
        default=default,
        help=f"where it computes: cpu or cuda:0 (default: {shown or default})",
    )


def add_offline(parser: argparse.ArgumentParser) -> None:
    """The option --offline."""
    parser.add_argument(
        "--offline",
        action="store_true",
        help="fetch nothing; works once everything has been fetched",
    )


def _choice(kind: str, names: Sequence[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text.lower() not in names:
            there = ", ".join(names)
            raise argparse.ArgumentTypeError(f'no {kind} is called "{text}"; there is {there}')
        return text.lower()

    return check


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|cuda:\d+", text):
        message = f'no device is called "{text}"; there is cpu, cuda:0 (or another number)'
        raise argparse.ArgumentTypeError(message)
    return text


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]?", text):
        raise argparse.ArgumentTypeError(f'--at-once needs a number from 1 to 99, not "{text}"')
    return int(text)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers of notebooks, for an option."""
    words = tuple(w.strip() for w in text.split(",") if w.strip())
    if not words:
        raise argparse.ArgumentTypeError("--only needs a number, e.g. --only 04")
    return words
