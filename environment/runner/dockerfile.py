"""The steps of a Dockerfile, for who has no container engine."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner import reading
from runner.problem import Problem

_KNOWN = ("FROM", "ARG", "ENV", "RUN", "USER", "WORKDIR", "COPY", "CMD")


@dataclass(frozen=True)
class Step:
    """Something to be done: `RUN` of a shell command, or `COPY` of the sources to a folder."""

    kind: str
    what: str
    user: str
    folder: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Build:
    """The steps to a stage, and what a container of it starts, as whom and where."""

    image: str
    steps: tuple[Step, ...] = ()
    command: tuple[str, ...] = ()
    user: str = "root"
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)


def read(path: Path, stage: str) -> Build:
    """The build of a stage, with those that it is built on; a problem if a line is not known.

    Arguments have the values that the file gives them, and hold in the stages built on theirs:
    here all stages are one file system.
    """
    stages: dict[str, Build] = {}
    name, steps, command, user, folder = "", [], (), "root", "/"
    image, environment = "", {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    for number, kind, value in _lines(path):
        value = _filled(value, environment)
        if kind == "FROM":
            given = re.fullmatch(r"(\S+) AS (\S+)", value)
            if given is None or (stages and given[1] != name):
                raise Problem(
                    f"{path}, line {number}: FROM {value}; expected {name or 'IMAGE'} AS NAME"
                )
            image, name = image or given[1], given[2]
        elif kind in ("ARG", "ENV"):
            key, _, text = value.partition("=")
            environment = {**environment, key: text}
        elif kind == "RUN":
            steps.append(Step(kind, value, user, folder, environment))
        elif kind == "COPY":
            target = value.split()[-1]
            steps.append(Step(kind, f"{folder.rstrip('/')}/{target}", user, folder, environment))
        elif kind == "USER":
            user = value
        elif kind == "WORKDIR":
            folder = value
        elif kind == "CMD":
            command = tuple(json.loads(value))
        stages[name] = Build(image, tuple(steps), command, user, folder, environment)
    if stage not in stages:
        raise Problem(f'{path} has no stage "{stage}"; there is {", ".join(stages)}', 2)
    return stages[stage]


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(reading.text(path).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, _, value = line.partition(" ")
        if kind not in _KNOWN or value.endswith("\\"):
            known = ", ".join(_KNOWN)
            raise Problem(
                f"{path}, line {number}: {kind} is not known here; {known} are, on one line"
            )
        yield number, kind, value.strip()


def _filled(value: str, environment: Mapping[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda m: environment.get(m[1], m[0]), value)
