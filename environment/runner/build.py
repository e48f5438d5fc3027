"""The library's jar and the class path of what it needs."""

import os
import re
from pathlib import Path

from runner import files, reading
from runner.command import CommandFailed, run
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line
from runner.reading import Damaged
from runner.tools import Tools


def sources(layout: Layout) -> list[Path]:
    """All that the jar is made from."""
    found = [layout.root / "pom.xml", layout.root / "lib" / "pom.xml"]
    found += [p for p in (layout.root / "lib" / "src" / "main").rglob("*") if p.is_file()]
    return [p for p in found if p.exists()]


def is_ready(layout: Layout, stamp: str) -> bool:
    """Whether the jar is there, made from these sources, and nothing it needs has gone."""
    try:
        made = reading.text(layout.library.parent / "stamp") == stamp and layout.library.is_file()
        return made and all(Path(p).is_file() for p in dependencies(layout))
    except Damaged:
        return False


def dependencies(layout: Layout) -> list[str]:
    """The jars that the library needs at run time."""
    paths = reading.text(layout.classpath, "surrogateescape").strip()
    return [p for p in paths.split(os.pathsep) if p]


def classpath(layout: Layout) -> str:
    """The library first, then what it needs, for one class loader."""
    return os.pathsep.join([str(layout.library), *dependencies(layout)])


def prepare(layout: Layout, tools: Tools, offline: bool, line: Line) -> None:
    """Builds the jar with Maven unless its sources are unchanged; the stamp is written last."""
    stamp = files.fingerprint(sources(layout), str(layout.root))
    if is_ready(layout, stamp):
        return
    files.remove(layout.library.parent / "stamp")
    log = layout.logs / "maven.log"
    temporary = layout.classpath.with_suffix(".part")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    argv = [tools.maven.path, "-B", "-Dmaven.test.skip=true", "package"]
    argv += ["dependency:build-classpath", "-DincludeScope=runtime"]
    argv += [f"-Dmdep.outputFile={temporary}"]
    argv += [f"-P{layout.profile}"] if layout.profile else []
    # -U: an artifact that failed to come last time is asked for again.
    argv += ["--offline" if offline else "-U"]
    env = tools.environment()
    target = layout.root / "lib" / "target"
    try:
        run(argv, log, line, "Library", cwd=layout.root, env=env, state=_downloaded)
        jars = [
            j for j in target.glob("*.jar") if not re.search(r"-(sources|javadoc|tests)\.", j.name)
        ]
        if len(jars) != 1:
            raise Problem(f"Maven made {len(jars)} jars in {target}; 1 expected. Run: mvn clean")
        files.copy_atomic(jars[0], layout.library)
        files.copy_atomic(temporary, layout.classpath)
        files.write_atomic(layout.library.parent / "stamp", stamp)
    except CommandFailed as error:
        raise _explain(error, layout, offline) from error
    finally:
        temporary.unlink(missing_ok=True)
    line.say(f"Library: built {layout.shown(layout.library)}")


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
