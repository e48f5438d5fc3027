"""environment/container/fresh: the Dockerfile's steps in a bare Debian, and README's commands.

For machines without a container engine: debootstrap makes the root, and chroot enters it, with
processes and mounts of its own. It takes a user who is root.
"""

import os
import pwd
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from runner import dockerfile, files, options, reading
from runner.dockerfile import Build, Step
from runner.layout import Layout
from runner.problem import Problem
from runner.progress import Line, clock

STAGE = "sources"
_WHOLE = "steps-taken"
_NEEDED = ("debootstrap", "chroot", "unshare", "git", "tar")


def main(arguments: Sequence[str]) -> int:
    """Makes the root, takes the steps and runs the commands; the first that fails ends it."""
    given = _parser().parse_args(arguments)
    layout, line = Layout.here(), Line()
    build = dockerfile.read(layout.root / "environment" / "container" / "Dockerfile", given.stage)
    root: Path = given.root.absolute()
    needed = ("chroot", "unshare") if root.exists() else _NEEDED
    missing = [name for name in needed if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        raise Problem(
            f"needed: root (this is user {os.geteuid()}) and {', '.join(needed)} (lacking: "
            f"{', '.join(missing) or 'none'}). Debian, Ubuntu: apt install debootstrap"
        )
    if not root.exists():
        _debootstrap(build, root, given.mirror or mirror(Path("/etc/apt")), line)
        for source, target in _pairs(given.host, home=False):
            _copy(source, root / target.lstrip("/"))
        for step in build.steps:
            _take(step, root, layout, line)
        _give(given.host, root, build)
        files.write_atomic(root / _WHOLE, "")
    elif not (root / _WHOLE).exists():
        raise Problem(
            f"{root} was left before all steps were taken. Remove it, and run this again."
        )
    environment = {**build.environment, **{n: os.environ[n] for n in given.env if n in os.environ}}
    for command in given.run or commands(layout.root / "README.md"):
        _timed(command, _inside(root, command, build.user, build.folder, environment), line)
    return 0


def _parser() -> options.argparse.ArgumentParser:
    parser = options.parser(
        "environment/container/fresh",
        "Takes the steps of environment/container/Dockerfile in a bare Debian made by debootstrap, "
        "and runs README's two commands there as the user without rights. A root that is there "
        "already is used again, without the steps.",
    )
    parser.add_argument("--root", metavar="FOLDER", type=Path, required=True, help="where it lies")
    parser.add_argument("--stage", metavar="NAME", default=STAGE, help=f"default: {STAGE}")
    parser.add_argument(
        "--mirror", metavar="URL", help="of Debian (default: that of this machine's apt)"
    )
    parser.add_argument(
        "--host",
        metavar="FILE[:TARGET]",
        action="append",
        default=[],
        help="a file or folder of this machine that the other needs to reach its registries, e.g. "
        "/etc/pip.conf or /etc/maven/settings.xml:~/.m2/settings.xml; may be repeated",
    )
    parser.add_argument(
        "--env", metavar="NAME", action="append", default=[], help="a variable to hand on; repeated"
    )
    parser.add_argument(
        "--run", metavar="COMMAND", action="append", help="this instead of README's two; repeated"
    )
    return parser


def commands(readme: Path) -> list[str]:
    """The commands under README's heading "Reproduce", up to the first line of prose."""
    section = re.search(r"^## Reproduce\n\n((?:    .+\n)+)", reading.text(readme), re.M)
    if section is None:
        raise Problem(f'{readme} has no commands under "## Reproduce"')
    return [line.split("#")[0].strip() for line in section[1].splitlines()]


def mirror(apt: Path) -> str:
    """The first mirror that apt uses."""
    for path in [*sorted((apt / "sources.list.d").glob("*.sources")), apt / "sources.list"]:
        text = reading.text(path) if path.is_file() else ""
        found = re.search(r"^(?:URIs:|deb(?: \[[^]]*\])?) +(\S+)", text, re.M)
        if found:
            return found[1]
    raise Problem(f"{apt} names no mirror of Debian; give one: --mirror URL", 2)


def _debootstrap(build: Build, root: Path, url: str, line: Line) -> None:
    suite = re.fullmatch(r"debian:(\w+)-slim", build.image)
    if suite is None:
        raise Problem(f"the Dockerfile begins with {build.image}; expected debian:SUITE-slim")
    try:
        _timed("debootstrap", ["debootstrap", "--variant=minbase", suite[1], str(root), url], line)
    except BaseException:
        files.remove(root)
        raise


def _take(step: Step, root: Path, layout: Layout, line: Line) -> None:
    if step.kind == "COPY":
        target = root / step.what.lstrip("/")
        target.mkdir(parents=True)
        line.say(f"The sources, as committed: {step.what}")
        archive = subprocess.Popen(
            ["git", "-C", str(layout.root), "archive", "HEAD"], stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", str(target)], stdin=archive.stdout, check=True)
        if archive.wait():
            raise Problem(f"{layout.root} holds no commit to copy; it takes a working copy of git")
        _own(target, root, step.user)
    else:
        argv = _inside(root, step.what, step.user, step.folder, step.environment)
        _timed(step.what, argv, line)


def _inside(
    root: Path, command: str, user: str, folder: str, environment: Mapping[str, str]
) -> list[str]:
    home = "/root" if user == "root" else f"/home/{user}"
    words = [f"{name}={value}" for name, value in {**environment, "HOME": home}.items()]
    entered = f"cd {shlex.quote(folder)} && {command}"
    chroot = ["chroot", f"--userspec={user}", str(root), "env", "-i", *words, "sh", "-c", entered]
    # The shell stays the first process there: killed with this one, it takes all others along.
    mounted = f"mount -t proc proc {shlex.quote(str(root))}/proc && {shlex.join(chroot)}; exit $?"
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", mounted]


def _timed(what: str, argv: Sequence[str], line: Line) -> None:
    line.say(f"== {what}")
    start = time.monotonic()
    status = subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode
    took = clock(time.monotonic() - start)
    if status:
        raise Problem(f'"{what}" ended with status {status} after {took}', status)
    line.say(f"== done in {took}")


def _pairs(host: Sequence[str], home: bool) -> list[tuple[Path, str]]:
    pairs = [(Path(word.partition(":")[0]), word.partition(":")[2]) for word in host]
    named = [(source, target or str(source)) for source, target in pairs]
    return [(s, t) for s, t in named if t.startswith("~/") == home]


def _give(host: Sequence[str], root: Path, build: Build) -> None:
    """What goes to the user's home, once there is one."""
    for source, target in _pairs(host, home=True):
        home = root / "home" / build.user
        _copy(source, home / target[2:])
        _own(home / target[2:].split("/")[0], root, build.user)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _own(path: Path, root: Path, user: str) -> None:
    number = _number(root, user)
    for each in [path, *path.rglob("*")]:
        os.chown(each, number, number, follow_symlinks=False)


def _number(root: Path, user: str) -> int:
    """The number of a user in the other system."""
    for entry in reading.text(root / "etc" / "passwd").splitlines():
        name, _, number, *_ = entry.split(":")
        if name == user:
            return int(number)
    return pwd.getpwnam(user).pw_uid
