"""environment/gpu/bundle: all that a machine without network, Java or Maven needs."""

import argparse
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from runner import build, cuda, datasets, files, options, store, tools
from runner.command import CommandFailed, run
from runner.layout import Layout
from runner.pieces import JOIN, SUMS, Pieces
from runner.preparation import BUSY
from runner.problem import Problem
from runner.progress import Line

DATASETS = ("cifar10", "cifar100", "imdb", "mnist")

PROGRAMS = ("start", "compare", "child.py", "pytorch.py", "campaign")
"""Those of environment/gpu that lie in a bundle, with what they import."""

MODULES = (
    "java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,"
    "java.net.http,java.sql,java.xml,jdk.management,jdk.unsupported,jdk.zipfs"
)
"""What jdeps finds that our jar and its class path need, and the file system of zips."""

_FOR_TEXT = re.compile(r"langchain4j|onnxruntime-|tokenizers-")
"""Jars of the encoder of reviews, with what it takes to run it."""

_ELSEWHERE = re.compile(
    r"(?:^|/)(?:osx|macosx?|darwin|win|win32|windows|w32ce|freebsd|openbsd|sunos|aix|android|"
    r"linux-(?!(?:x86[-_]64|x64)\b))[\w.-]*/(?:.*/)?[^/]+$"
)
_NATIVE = re.compile(r"\.(?:so(?:\.\d+)*|dylib|jnilib|dll|pdb|a)$|\.dSYM/")


def main(arguments: Sequence[str]) -> int:
    """Makes the bundle as a folder, or as pieces."""
    given = _parser().parse_args(arguments)
    found, line = tools.check(os.environ), Line()
    layout = replace(Layout.here(), profile=cuda.profile(None, given.device))
    kind = given.device.replace(":", "-")
    target = Path(given.out or layout.bundles / f"unrolling-sgd-{kind}").resolve()
    with files.exclusive(layout.private / "lock", BUSY):
        build.prepare(layout, found, given.offline, line)
        datasets.fetch(list(given.data), layout, found, given.offline, line)
        part = target.with_name(f".{target.name}.part")
        try:
            files.clear_folder(part)
            _fill(part, given, layout, found, line)
            if given.piece_size:
                _cut(part, target.name, given.piece_size * 10**6)
            files.remove(target)
            part.rename(target)
        except OSError as error:
            if files.is_full(error):
                raise files.full_disk(target) from error
            raise
        finally:
            files.remove(part)
    size = sum(p.stat().st_size for p in target.rglob("*") if p.is_file())
    line.say(f"Bundle for {given.device}: {layout.shown(target)}, {size // 10**6} MB")
    line.say("there: ./join, then NAME/start --help" if given.piece_size else "there: start --help")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = options.parser(
        "environment/gpu/bundle",
        "Makes a folder with a Java runtime, the library, LibTorch for a device, and data. "
        "Its program `start` runs the command line on Linux x86-64. CUDA's libraries are not in "
        "it: `start --libraries FOLDER` finds them, e.g. in a Python's site-packages/nvidia.",
    )
    options.add_device(parser, "cpu")
    parser.add_argument(
        "--data",
        metavar="NAME[,NAME]",
        type=_datasets,
        default=("cifar10",),
        help=f"the data sets in it: {', '.join(DATASETS)}, or none (default: cifar10)",
    )
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=("all", "images"),
        default="all",
        help="images leaves out what encodes reviews (default: all)",
    )
    parser.add_argument(
        "--piece-size",
        metavar="MB",
        type=_megabytes,
        default=0,
        help="cut it into pieces of at most so many MB, with a script that checks and joins them",
    )
    parser.add_argument("--out", metavar="FOLDER", help="where (default: environment/.private)")
    options.add_offline(parser)
    return parser


def _datasets(text: str) -> tuple[str, ...]:
    names = () if text == "none" else tuple(text.split(","))
    for name in names:
        if name not in DATASETS:
            there = ", ".join(DATASETS)
            raise argparse.ArgumentTypeError(f'no data set is called "{name}"; there is {there}')
    return names


def _megabytes(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'a piece has at least 1 MB, not "{text}"')
    return int(text)


def _fill(
    folder: Path, given: argparse.Namespace, layout: Layout, found: tools.Tools, line: Line
) -> None:
    jlink = found.java_home / "bin" / "jlink"
    argv = [jlink, "--add-modules", MODULES, "--strip-debug", "--no-man-pages"]
    argv += ["--no-header-files", "--compress=2", "--output", folder / "runtime"]
    log = layout.logs / "jlink.log"
    try:
        if not jlink.exists():
            raise Problem(f"{found.java_home} has no jlink; a whole JDK 17 or newer has it")
        run(argv, log, line, "Java runtime", cwd=layout.root, env=found.environment())
    except CommandFailed as error:
        raise Problem(f"jlink made no runtime: {error.last_line()}") from error
    (folder / "lib").mkdir()
    names = []
    for number, jar in enumerate(needed(build.jars(layout), given.purpose)):
        name = f"{number:02}-{Path(jar).name}"
        copy_jar(Path(jar), folder / "lib" / name)
        names.append(name)
    (folder / "classpath.txt").write_text("\n".join(names) + "\n")
    (folder / "device.txt").write_text(given.device + "\n")
    (folder / "commit.txt").write_text((store.commit(layout.root) or "unknown") + "\n")
    if cuda.is_cuda(given.device):
        listed = [f"{name} {product}\n" for name, product in cuda.LIBRARIES.items()]
        (folder / "libraries.txt").write_text("".join(listed))
    for name in given.data:
        # The library finds a data set by the name that its folder has in the cache.
        place = datasets.folder(name, layout)
        shutil.copytree(place, folder / "data" / place.name)
    for program in PROGRAMS:
        shutil.copy2(layout.root / "environment" / "gpu" / program, folder / program)
    shutil.copy2(layout.root / "LICENSE", folder / "LICENSE")


def needed(jars: Iterable[str], purpose: str) -> list[str]:
    """The jars that a bundle for a purpose has, in the order of the class path."""
    return [jar for jar in jars if purpose == "all" or not _FOR_TEXT.search(Path(jar).name)]


def is_foreign(entry: str) -> bool:
    """Whether an entry of a jar is native code for another platform than Linux x86-64."""
    return bool(_NATIVE.search(entry) and _ELSEWHERE.search(entry))


def copy_jar(source: Path, target: Path) -> None:
    """Copies a jar without the native code of other platforms; a signed one as it is."""
    with zipfile.ZipFile(source) as jar:
        entries = jar.infolist()
        signed = any(re.fullmatch(r"META-INF/[^/]+\.SF", e.filename) for e in entries)
        if signed or not any(is_foreign(e.filename) for e in entries):
            shutil.copyfile(source, target)
            return
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
            for entry in entries:
                if not is_foreign(entry.filename):
                    copy.writestr(entry, jar.read(entry))


def _cut(folder: Path, name: str, size: int) -> None:
    """Turns a folder's content into pieces of an archive, which unpacks to a folder of a name."""
    content = sorted(folder.iterdir())
    with (
        Pieces(folder, f"{name}.tar", size) as pieces,
        tarfile.open(fileobj=pieces, mode="w|") as archive,
    ):
        for path in content:
            archive.add(path, f"{name}/{path.name}")
    for path in content:
        files.remove(path)
    finish(folder, pieces.sums, f"{name}.tar")


def finish(folder: Path, sums: Iterable[tuple[str, str]], archive: str) -> None:
    """Writes the list of checksums beside the pieces of an archive, and the script that joins."""
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums))
    join = folder / "join"
    join.write_text(JOIN.format(archive=archive, sums=SUMS))
    join.chmod(0o755)
