"""Files that are whole or absent, and a disk that may be full."""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from runner.problem import Problem

_FULL = (errno.ENOSPC, errno.EDQUOT)
_AGAIN = "Free some space there and run the same command again: what was finished is kept."


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room left."""
    return isinstance(error, OSError) and error.errno in _FULL


def full_disk(path: Path, needed: str = "") -> Problem:
    """The message for a full disk, which holds the given path; `needed` may say what it takes."""
    existing = next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())
    free = shutil.disk_usage(existing).free // 2**20
    return Problem(
        f"The disk that holds {path} ran full ({free} MB are free now). {needed}{_AGAIN}"
    )


def trouble(error: OSError, path: Path | None = None) -> Problem:
    """The message for what the system refuses, of a file that it was to be done to."""
    named = getattr(error, "filename2", None) or error.filename
    place = path or (Path(os.fsdecode(named)) if isinstance(named, str | bytes) else None)
    if is_full(error):
        return full_disk(place) if place else Problem(f"A disk ran full. {_AGAIN}")
    way_out = {
        errno.EACCES: "may this user write there, and read it?",
        errno.EPERM: "may this user write there, and read it?",
        errno.EROFS: "what lies there can only be read; make it writable.",
        errno.EISDIR: "a folder stands where a file belongs; move it away.",
        errno.ENOTDIR: "a file stands where a folder belongs; move it away.",
        errno.EEXIST: "something else stands where a folder belongs; move it away.",
        errno.ENOENT: "it is not there; a link may lead nowhere.",
    }.get(error.errno or 0, "the system refuses it.")
    return Problem(f"{place or 'a file'}: {error.strerror or error}: {way_out}")


def has_room(path: Path) -> bool:
    """Whether the disk that holds a path has any room to speak of (1 MB)."""
    existing = next(p for p in (path, *path.parents) if p.exists())
    return shutil.disk_usage(existing).free > 2**20


def write_atomic(path: Path, content: str | bytes) -> None:
    """Writes a file by a temporary one and a rename, so that it is never seen half written."""
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException as error:
        # What cannot be written cannot be removed either, perhaps.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise trouble(error, path) from error
        raise


def copy_atomic(source: Path, target: Path) -> None:
    """Copies a file in the manner of `write_atomic`."""
    write_atomic(target, source.read_bytes())


def clear_folder(path: Path) -> None:
    """Makes a folder, or empties it if there is one."""
    remove(path)
    path.mkdir(parents=True)


def remove(path: Path) -> None:
    """Removes a file or a folder with all in it; nothing if there is none."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def fingerprint(files: Iterable[Path], *words: str, within: Path | None = None) -> str:
    """A hash of the contents of files, their names, from a folder on if told, and some words."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for file in sorted(files):
        digest.update(str(file.relative_to(within) if within else file).encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


@contextmanager
def exclusive(path: Path, busy: str, patience: float = 0) -> Iterator[None]:
    """Holds a lock file for as long as the block runs.

    If another holds it, waits for up to `patience` seconds; after that the problem is `busy`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + patience
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= end:
                    raise Problem(busy) from error
                time.sleep(0.1)
        yield
