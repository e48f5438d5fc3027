"""The Java kernel: JJava of the private environment, or one that the user has."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import build, crash, files, reading
from runner.layout import Layout
from runner.options import SMALL_SCALES
from runner.problem import Problem
from runner.reading import Damaged
from runner.tools import Tools, native, parse_version

BUNDLED = "jjava"
"""The name of the kernel that comes with the private environment."""

_ROOM_FOR_TWO = 7_500


@dataclass(frozen=True)
class Kernel:
    """An installed kernel: its name, its folder and what its kernel.json says."""

    name: str
    folder: Path
    spec: Mapping[str, Any]

    @property
    def display_name(self) -> str:
        return str(self.spec.get("display_name", self.name))

    @property
    def is_java(self) -> bool:
        return str(self.spec.get("language", "")).lower() == "java"


def user_folders(environment: Mapping[str, str]) -> list[Path]:
    """Where Jupyter keeps a user's kernels, without asking Jupyter."""
    home = Path.home()
    own = home / ("Library/Jupyter" if sys.platform == "darwin" else ".local/share/jupyter")
    listed = [Path(p) for p in environment.get("JUPYTER_PATH", "").split(os.pathsep) if p]
    data = environment.get("JUPYTER_DATA_DIR")
    folders = [*listed, Path(data) if data else own]
    folders += [Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]
    return [folder / "kernels" for folder in folders]


def installed(environment: Mapping[str, str]) -> dict[str, Kernel]:
    """The user's Java kernels by name: in Jupyter's folders, and those their own Jupyter lists."""
    found: dict[str, Kernel] = {}
    candidates = [d for f in user_folders(environment) if f.is_dir() for d in sorted(f.iterdir())]
    for folder in [*candidates, *_listed_by_jupyter()]:
        kernel = _read(folder)
        if kernel and kernel.is_java:
            found.setdefault(kernel.name, kernel)
    return found


def choose(name: str | None, environment: Mapping[str, str]) -> Kernel | None:
    """The user's kernel of a name; None for the one that comes along."""
    if name is None or name == BUNDLED:
        return None
    there = installed(environment)
    if name not in there:
        names = ", ".join([f"{BUNDLED} (comes along)", *sorted(there)])
        raise Problem(
            f'no Java kernel is called "{name}"; there is {names}. '
            "jupyter kernelspec list names those that Jupyter knows",
            2,
        )
    return there[name]


def bundled(layout: Layout) -> Kernel:
    """JJava, where pip put it."""
    folder = layout.venv / "share" / "jupyter" / "kernels" / "java"
    kernel = _read(folder)
    if kernel is None:
        raise Problem(f"{folder} holds no kernel. Delete {layout.venv} and run it again.")
    return Kernel(BUNDLED, folder, kernel.spec)


def register(kernel: Kernel, layout: Layout, tools: Tools, at_once: int = 1) -> Path:
    """Writes a kernelspec `java` that starts a kernel on our class path.

    `at_once`: how many of it share the machine. Returns the folder that JUPYTER_PATH must name.
    Nothing outside the private folder is written.
    """
    # Another command may start kernels of the same name, one at a time, meanwhile.
    data = layout.jupyter / "kernels-of" / (kernel.name + (f"-{at_once}" if at_once > 1 else ""))
    options = jvm_options(memory(), tools.java.version, at_once)
    options += _error_file(layout.logs)
    cores = share(processors(), at_once)
    if cores < processors():
        options.append(f"-XX:ActiveProcessorCount={cores}")
    spec = derive(kernel, build.classpath(layout), options, tools, os.environ)
    if cores < processors():
        spec["env"]["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", str(cores))
    text = json.dumps(spec, indent=2) + "\n"
    files.write_atomic(data / "kernels" / "java" / "kernel.json", text)
    return data


def _error_file(logs: Path) -> list[str]:
    # The launcher cuts its options at blanks; where there is one, reports go to notebooks/.
    option = crash.error_file(logs)
    return [] if re.search(r"\s", option) else [option]


def derive(
    kernel: Kernel,
    classpath: str,
    options: list[str],
    tools: Tools,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """The kernel's own kernel.json with our class path and options in its environment."""
    argv = [a.replace("{resource_dir}", str(kernel.folder)) for a in kernel.spec["argv"]]
    own = dict(kernel.spec.get("env", {}))
    env = {
        **own,
        "JJAVA_CLASSPATH": _join(classpath, own.get("JJAVA_CLASSPATH", "")),
        "IJAVA_CLASSPATH": _join(classpath, own.get("IJAVA_CLASSPATH", "")),
        **native(environment),
        # A kernel runs in another folder than the one from which places were named.
        build.ADDED: os.pathsep.join(build.added(environment)),
        "JAVA_HOME": str(tools.java_home),
        # Options that the user gives come last, so that they win.
        "JJAVA_JVM_OPTS": " ".join([*options, environment.get("JJAVA_JVM_OPTS", "")]).strip(),
    }
    if kernel.name == BUNDLED:
        argv = [str(tools.java_home / "bin" / "java") if a == "java" else a for a in argv]
    else:
        # Only JJava reads JJAVA_JVM_OPTS; every JVM reads this one.
        given = environment.get("JAVA_TOOL_OPTIONS", "")
        env["JAVA_TOOL_OPTIONS"] = " ".join([*options, given]).strip()
    return {**kernel.spec, "argv": argv, "env": env, "language": "java"}


def jvm_options(megabytes: int, java: str, at_once: int = 1) -> list[str]:
    """Options for one of several JVMs on a machine of so much memory.

    A quarter of its share goes to the heap, 1 to 4 GB. LibTorch and ND4J keep their arrays outside
    the heap; JavaCPP bounds them by the heap's size unless it is told otherwise.
    """
    mine = megabytes // at_once
    heap = min(max(mine // 4, 1024), 4096)
    arrays = max(mine * 8 // 10, 2048)
    # From 22 on a JVM warns of native code that was not announced; 17 does not know the option.
    native_access = ["--enable-native-access=ALL-UNNAMED"] if parse_version(java) >= (22,) else []
    return [
        f"-Xmx{heap}m",
        "-Djava.awt.headless=true",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        f"-Dorg.bytedeco.javacpp.maxbytes={arrays}m",
        f"-Dorg.bytedeco.javacpp.maxphysicalbytes={arrays}m",
        *native_access,
    ]


def share(cores: int, at_once: int) -> int:
    """How many cores each of several JVMs has.

    Never one alone of several: where one JVM waits, the other computes.
    """
    return min(cores, max(2, cores // at_once))


def brief(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of a kernel that is there for minutes and computes in native code.

    The optimizing compiler would take as much time as the notebook's own Java, most of it for the
    compiler of the cells. What the user gives comes last, so that it wins.
    """
    options = f"-XX:TieredStopAtLevel=1 {given.get('JDK_JAVA_OPTIONS', '')}"
    return {**given, "JDK_JAVA_OPTIONS": options.strip()}


def room(device: str | None, scale: str, cores: int, megabytes: int) -> int:
    """How many notebooks a machine has room for at once; the larger scales take all of it."""
    is_small = device in (None, "cpu") and scale in SMALL_SCALES
    return 2 if is_small and cores > 1 and megabytes >= _ROOM_FOR_TWO else 1


def processors() -> int:
    """The cores that this process may use, or the container's share of them if that is less."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
    except (OSError, ValueError):
        return cores
    if quota.isdecimal() and period.isdecimal() and int(period) > 0:
        cores = min(cores, max(1, -(-int(quota) // int(period))))
    return cores


def memory() -> int:
    """The machine's memory in MB, or the container's if that is less."""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        text = ""
    if text.isdecimal():
        size = min(size, int(text))
    return size // 2**20


def _join(first: str, second: str) -> str:
    return os.pathsep.join(p for p in (first, second) if p)


def _read(folder: Path) -> Kernel | None:
    try:
        spec = reading.json_object(folder / "kernel.json")
    except Damaged:
        return None
    return Kernel(folder.name, folder, spec) if _is_spec(spec) else None


def _is_spec(spec: Any) -> bool:
    if not isinstance(spec, dict):
        return False
    argv, env = spec.get("argv"), spec.get("env", {})
    return (
        isinstance(argv, list)
        and isinstance(env, dict)
        and all(isinstance(word, str) for word in (*argv, *env, *env.values()))
    )


def _listed_by_jupyter() -> list[Path]:
    command = shutil.which("jupyter")
    if command is None:
        return []
    argv = [command, "kernelspec", "list", "--json"]
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", timeout=60, check=True
        )
        listed = json.loads(done.stdout)["kernelspecs"].values()
        return [Path(entry["resource_dir"]) for entry in listed]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []
    except subprocess.SubprocessError:
        return []
