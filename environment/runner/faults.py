"""What goes wrong with files: bits flip, ends go missing, files vanish."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

from runner import files


def _flip(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 4)):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def _lengthen(content: bytes, random: Random) -> bytes:
    return content + random.randbytes(random.randint(1, 64))


def _zero(content: bytes, random: Random) -> bytes:
    # What a file system leaves of a file whose blocks it had not written yet.
    start = random.randrange(len(content))
    return content[:start] + bytes(len(content) - start)


def _scramble(content: bytes, random: Random) -> bytes:
    return random.randbytes(len(content))


def _null(content: bytes, random: Random) -> bytes:
    return random.choice([b"", b"null", b"[]", b"{}", b"\n"])


CONTENTS: Mapping[str, Callable[[bytes, Random], bytes]] = {
    "bits flipped": _flip,
    "cut off": _truncate,
    "lengthened": _lengthen,
    "end zeroed": _zero,
    "scrambled": _scramble,
    "emptied": _null,
}
REMOVED = "removed"

_CLONE_NEWNS, _MS_REC, _MS_PRIVATE, _MNT_DETACH = 0x20000, 0x4000, 0x40000, 2


def harm(path: Path, random: Random) -> str | None:
    """Does something to a file, in place; returns what, or None if it is no longer there."""
    try:
        content = path.read_bytes()
        if not content or random.random() < 0.2:
            path.unlink()
            return REMOVED
        # Flipped bits are the fault that only a checksum can know.
        kind = random.choice([*CONTENTS, *["bits flipped"] * 3])
        changed = CONTENTS[kind](content, random)
        with path.open("r+b") as file:
            file.write(changed)
            file.truncate()
        return kind
    except FileNotFoundError:
        return None


class Disk:
    """A small disk that holds a folder and can run full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, random: Random) -> None:
        """Leaves no room, or a few blocks."""
        # Unbuffered: what did not fit must not be written again when the file is closed.
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError as error:
                if not files.is_full(error):
                    raise
            size = file.tell()
        os.truncate(self._filler, max(0, size - random.choice([0, 0, 4096, 32768])))

    def free(self) -> None:
        """Makes room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[bool]:
    """Puts a disk of its own, in memory, over a folder; gives False if this user may not.

    This process and its children alone see it, so that it is gone with them at the latest.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    size = f"size={megabytes}m".encode()
    is_mounted = (
        sys.platform == "linux"
        and os.geteuid() == 0
        and libc.unshare(_CLONE_NEWNS) == 0
        and libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) == 0
        and libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, size) == 0
    )
    try:
        yield is_mounted
    finally:
        if is_mounted:
            libc.umount2(os.fsencode(folder), _MNT_DETACH)
