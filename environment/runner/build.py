"""The library's jars and the class path of what they need."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from runner import files, reading
from runner.command import CommandFailed, run
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line
from runner.reading import Damaged
from runner.tools import Tools

ADDED = "UNROLLING_CLASSPATH"
"""Names jars and folders of classes, as PATH names folders."""


def sources(layout: Layout) -> list[Path]:
    """All that the jars are made from."""
    found = [layout.root / "pom.xml", *sorted(layout.modules.glob("*/pom.xml"))]
    for main in sorted(layout.modules.glob("*/src/main")):
        found += [p for p in main.rglob("*") if p.is_file()]
    return [p for p in found if p.exists()]


def is_ready(layout: Layout, wanted: str) -> bool:
    """Whether the jars are there, made from these sources, and nothing they need has gone."""
    try:
        made = reading.text(layout.classpath.parent / "stamp") == _made(layout, wanted)
        return made and all(Path(p).is_file() for p in jars(layout))
    except Damaged:
        return False


def jars(layout: Layout) -> list[str]:
    """The library's jars and those that it needs at run time, the library's first."""
    return reading.text(layout.classpath, "surrogateescape").splitlines()


def classpath(layout: Layout, environment: Mapping[str, str] = os.environ) -> str:
    """All the jars, for one class loader, and what the user adds to them."""
    return os.pathsep.join([*jars(layout), *added(environment)])


def added(environment: Mapping[str, str]) -> list[str]:
    """The user's own jars and folders of classes, wherever they are used from."""
    places = [Path(p).resolve() for p in environment.get(ADDED, "").split(os.pathsep) if p]
    for place in places:
        if not (place.is_dir() or (place.suffix == ".jar" and place.is_file())):
            raise Problem(f"{ADDED} names jars and folders of classes; {place} is neither", 2)
    return [str(place) for place in places]


def stamp(layout: Layout) -> str:
    """A hash of the sources as they are now, the same in every copy."""
    return files.fingerprint(sources(layout), within=layout.root)


def _made(layout: Layout, stamp: str) -> str:
    """What is written beside the jars: the class path holds only as long as they are not moved."""
    return f"{stamp} in {layout.root}\n"


def prepare(layout: Layout, tools: Tools, offline: bool, line: Line) -> str:
    """Builds the jars with Maven unless the sources are unchanged; the stamp is written last.

    Returns the stamp of the sources that they are made from.
    """
    made_from = stamp(layout)
    if is_ready(layout, made_from):
        return made_from
    folder = layout.classpath.parent
    files.remove(folder / "stamp")
    log = layout.logs / "maven.log"
    temporary = folder / "needed.part"
    folder.mkdir(parents=True, exist_ok=True)
    argv = [tools.maven.path, "-B", "-Dmaven.test.skip=true", "package"]
    # Every module writes the list; the last, which needs all others, has the last word.
    argv += ["dependency:build-classpath", "-DincludeScope=runtime"]
    argv += [f"-Dmdep.outputFile={temporary}"]
    argv += [f"-P{layout.profile}"] if layout.profile else []
    # -U: an artifact that failed to come last time is asked for again.
    argv += ["--offline" if offline else "-U"]
    env = tools.environment()
    try:
        run(argv, log, line, "Library", cwd=layout.root, env=env, state=_downloaded)
        needed = reading.text(temporary, "surrogateescape").strip().split(os.pathsep)
        made = [jar_of(pom.parent) for pom in sorted(layout.modules.glob("*/pom.xml"))]
        kept = [p for p in needed if not Path(p).is_relative_to(layout.modules)]
        for jar in made:
            files.copy_atomic(jar, folder / jar.name)
        names = [str(folder / jar.name) for jar in made]
        listed = "\n".join([*names, *kept]) + "\n"
        files.write_atomic(layout.classpath, listed.encode("utf-8", "surrogateescape"))
        files.write_atomic(folder / "stamp", _made(layout, made_from))
    except CommandFailed as error:
        raise _explain(error, layout, offline) from error
    finally:
        temporary.unlink(missing_ok=True)
    line.say(f"Library: built {layout.shown(folder)}")
    return made_from


def jar_of(module: Path) -> Path:
    """The jar that Maven made of a module; one of an earlier version may lie beside it."""
    version = re.search(r"<version>([^<]+)</version>", reading.text(module / "pom.xml"))
    found = list((module / "target").glob(f"*-{version[1]}.jar")) if version else []
    if len(found) != 1:
        raise Problem(
            f"Maven made {len(found)} jars in {module}/target; 1 expected. Run: mvn clean"
        )
    return found[0]


def _downloaded(said: str) -> str:
    amounts = re.findall(r"^(?:\[INFO\] )?Downloaded from \S+ \S+ \(([\d.]+) ([kM]?B)", said, re.M)
    size = sum(float(n) * {"B": 1e-6, "kB": 1e-3, "MB": 1}[unit] for n, unit in amounts)
    return f"{len(amounts)} files fetched, {size:.0f} MB" if amounts else "building"


def _explain(error: CommandFailed, layout: Layout, offline: bool) -> Problem:
    log = f"Full log: {layout.shown(error.log)}"
    if error.lacked_room():
        return Problem(
            "The library could not be built: the disk is full, here or under ~/.m2 (Maven keeps "
            f"about 500 MB there). Free some space and run it again. {log}"
        )
    if offline and re.search(r"offline mode|has not been downloaded", error.text()):
        return Problem(
            "The library could not be built: --offline, and Maven's local repository lacks a jar "
            f"that it needs. Run environment/reproduce once with a network. {log}"
        )
    if error.lacked_network():
        return Problem(
            "The library could not be built: Maven cannot reach its repository. Check the network "
            f"(or the proxy and mirror in ~/.m2/settings.xml) and run it again. {log}"
        )
    return Problem(f"The library could not be built: {error.first_line('[ERROR]')} {log}")
