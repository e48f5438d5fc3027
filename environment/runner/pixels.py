"""Makes the PNG of a figure smaller: fewer colours, and half as many pixels each way if asked."""

import math
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
"""Channels of the colour types that are read: RGB, and RGB with transparency."""

_DRAWN = 0.9
"""The share of its pixels from which on 256 colours make a picture a drawing, not a photograph."""

_LEVELS = bytes((value + 8) // 17 * 17 for value in range(256))
"""The nearest of 16 levels to each value."""

Colour = tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """A picture, a row of bytes a line, with `channels` bytes a pixel."""

    width: int
    channels: int
    rows: Sequence[bytes]

    def counts(self) -> Counter[Colour]:
        """How many pixels have each colour."""
        counts: Counter[Colour] = Counter()
        for row in self.rows:
            counts.update(self.pixels(row))
        return counts

    def pixels(self, row: bytes) -> Iterator[Colour]:
        """The colours of a row."""
        return zip(*(row[c :: self.channels] for c in range(self.channels)), strict=True)


def smaller(png: bytes, halved: bool) -> bytes:
    """The same picture in fewer bytes, of which none tells when or by what it was made.

    A drawing keeps 16 levels of each of red, green and blue, and of the 4,096 colours that this
    makes at most 256; a photograph keeps its own. What is not understood is returned as it is.
    """
    picture = read(png)
    if picture is None:
        return png
    picture = halve(picture) if halved else picture
    common = sum(count for _, count in picture.counts().most_common(256))
    if picture.channels != 3 or common < _DRAWN * picture.width * len(picture.rows):
        return _write(picture, {3: 2, 4: 6}[picture.channels])
    rough = Picture(picture.width, 3, [row.translate(_LEVELS) for row in picture.rows])
    nearest = _palette(rough.counts())
    kept = sorted({*nearest.values()})
    places = {colour: kept.index(near) for colour, near in nearest.items()}
    rows = [bytes(map(places.__getitem__, rough.pixels(row))) for row in rough.rows]
    return _write(Picture(picture.width, 1, rows), 3, b"".join(map(bytes, kept)))


def read(png: bytes) -> Picture | None:
    """A PNG of 8 bits a channel in full colour, not interlaced; None if it is another."""
    chunks = list(_chunks(png))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        return None
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if bits != 8 or colour not in _CHANNELS or interlaced:
        return None
    channels = _CHANNELS[colour]
    raw = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    length = width * channels
    rows: list[bytes] = []
    above = bytes(length)
    for y in range(height):
        start = y * (length + 1)
        above = _unfiltered(
            raw[start], bytearray(raw[start + 1 : start + 1 + length]), above, channels
        )
        rows.append(above)
    return Picture(width, channels, rows)


def halve(picture: Picture) -> Picture:
    """Each pixel is the mean of two by two; an odd last row or column is left out."""
    width, step = picture.width // 2, picture.channels
    rows = []
    for upper, lower in zip(picture.rows[0::2], picture.rows[1::2], strict=False):
        lines = _mean(upper, lower)[: 2 * width * step]
        row = bytearray(width * step)
        for c in range(step):
            row[c::step] = _mean(lines[c :: 2 * step], lines[c + step :: 2 * step])
        rows.append(bytes(row))
    return Picture(width, step, rows)


def _mean(one: bytes, other: bytes) -> bytes:
    """The means of bytes, rounded down: as one large number each, of which no digit carries."""
    a, b = int.from_bytes(one), int.from_bytes(other)
    halves = ((a ^ b) & int.from_bytes(b"\xfe" * len(one))) >> 1
    return ((a & b) + halves).to_bytes(len(one))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE) if png.startswith(_SIGNATURE) else len(png)
    while place + 12 <= len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        yield kind, png[place + 8 : place + 8 + length]
        place += 12 + length


def _unfiltered(kind: int, row: bytearray, above: bytes, step: int) -> bytes:
    """A row as it was before one of PNG's five filters."""
    for i in range(len(row)) if kind else ():
        left = row[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) >> 1
        else:
            guess = _paeth(left, above[i], above[i - step] if i >= step else 0)
        row[i] = (row[i] + guess) & 255
    return bytes(row)


def _paeth(left: int, above: int, corner: int) -> int:
    to_left, to_above = abs(above - corner), abs(left - corner)
    to_corner = abs(left + above - 2 * corner)
    if to_left <= to_above and to_left <= to_corner:
        return left
    return above if to_above <= to_corner else corner


def _palette(counts: Counter[Colour]) -> dict[Colour, Colour]:
    """For each colour itself, or, from the 257th most frequent on, the nearest of the first 256."""
    ranked = sorted(counts, key=lambda colour: (-counts[colour], colour))
    kept = ranked[:256]
    nearest = {colour: colour for colour in kept}
    for colour in ranked[256:]:
        nearest[colour] = min(kept, key=lambda near: math.dist(near, colour))
    return nearest


def _write(picture: Picture, kind: int, palette: bytes = b"") -> bytes:
    size = struct.pack(">II", picture.width, len(picture.rows))
    # A palette's numbers are no amounts, so that only full colours gain by telling a row by the
    # difference from the one above.
    if palette:
        raw = b"".join(b"\0" + row for row in picture.rows)
    else:
        above = [bytes(len(picture.rows[0])), *picture.rows]
        raw = b"".join(
            b"\2" + bytes((a - b) & 255 for a, b in zip(row, before, strict=True))
            for row, before in zip(picture.rows, above, strict=False)
        )
    parts = [(b"IHDR", size + bytes([8, kind, 0, 0, 0]))]
    parts += [(b"PLTE", palette)] if palette else []
    parts += [(b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
