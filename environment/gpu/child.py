"""A program that times a round when it is told to, so that another's rounds can lie in between."""

import contextlib
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

Told = TypeVar("Told")


class Ended(Exception):
    """The program has ended, and has said why on standard error."""

    def __init__(self, status: int) -> None:
        super().__init__(f"exit status {status}")
        self.status = status or 1


class Child:
    """Its first line says what computes, on how many threads; each line of input is a round."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = list(argv)

    def __enter__(self) -> "Child":
        self.process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            self.what = self._line()
            self.threads = int(self.what.rsplit(" ", 1)[1])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin and self.process.stdout
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise Ended(self.process.wait())
        return line.strip()

    def numbers(self, asked: str = "") -> list[float]:
        """What it answers to a line: the seconds of a step first."""
        assert self.process.stdin
        try:
            self.process.stdin.write(f"{asked}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Ended(self.process.wait()) from None
        return [float(number) for number in self._line().split()]

    def seconds(self, asked: str = "") -> float:
        """Seconds of a step in a round, or of what else is asked for."""
        return self.numbers(asked)[0]


def ours(folder: Path, options: Sequence[str]) -> Child:
    """Our command line as a child: that of a bundle, if this folder is one, or of the sources."""
    in_bundle = (folder / "lib").is_dir()
    program = folder / "start" if in_bundle else folder.parent / "unrolling"
    return Child([str(program), "steps", *options])


def alternate(
    measures: dict[str, Callable[[], Told]],
    rounds: int,
    tell: Callable[[int, dict[str, list[Told]]], None],
) -> dict[str, list[Told]]:
    """Round after round of each, one after the other; tells after each."""
    found: dict[str, list[Told]] = {name: [] for name in measures}
    for number in range(1, rounds + 1):
        for name, measure in measures.items():
            found[name].append(measure())
        tell(number, found)
    return found
