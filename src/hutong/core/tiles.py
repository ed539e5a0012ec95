"""Where a log's hashes and entries are served: C2SP tlog-tiles paths and entry bundles."""

from collections.abc import Sequence
from dataclasses import dataclass

from hutong.core.errors import Malformed, TooLarge

FULL = 256
LARGEST_ENTRY = 65_535
_DEEPEST = 63


class TilePathMalformed(Malformed):
    """This is not the path of a tile or an entry bundle: {path}."""


class BundleMalformed(Malformed):
    """The entry bundle is cut short, or does not hold {width} entries."""


class EntryTooLarge(TooLarge):
    """A log entry has {length} bytes; at most 65,535 fit an entry bundle."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile's place. `level` is None for an entry bundle; `width` is 256 when full, else 1 to 255."""

    level: int | None
    index: int
    width: int = FULL

    @property
    def start(self) -> int:
        """The first hash (or entry) of the tile, counted within its level."""
        return self.index * FULL

    @property
    def path(self) -> str:
        """The tile's path below the log's prefix."""
        return entries_path(self.index, self.width) if self.level is None else tile_path(*self._key)

    @property
    def _key(self) -> tuple[int, int, int]:
        return (self.level or 0, self.index, self.width)


def tile_path(level: int, index: int, width: int = FULL) -> str:
    """Return `tile/<L>/<N>[.p/<W>]`."""
    if not 0 <= level <= _DEEPEST:
        raise ValueError("a tile level is between 0 and 63")
    return f"tile/{level}/{_number(index, width)}"


def entries_path(index: int, width: int = FULL) -> str:
    """Return `tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{_number(index, width)}"


def parse(path: str) -> Tile:
    """Return the tile that `path` names; raises TilePathMalformed for any other spelling of it."""
    parts = path.split("/")
    if not 3 <= len(parts) <= 12 or parts[0] != "tile" or not path.isascii():
        raise TilePathMalformed(path=path[:80])
    try:
        level = None if parts[1] == "entries" else int(parts[1])
        names, width = parts[2:], FULL
        if names[-2:-1] and names[-2].endswith(".p"):
            width = int(names.pop())
            names[-1] = names[-1][:-2]
        index = int("".join(name.removeprefix("x") for name in names))
        tile = Tile(level, index, width)
        exact = tile.path == path
    except ValueError:
        exact = False
    if not exact:
        raise TilePathMalformed(path=path[:80])
    return tile


def width_in(level: int, index: int, size: int) -> int:
    """Return how many hashes tile `index` of `level` has in a log of `size` entries, 0 to 256."""
    return max(0, min(FULL, (size >> 8 * level) - index * FULL))


def tiles_of(size: int) -> list[Tile]:
    """Return every tile (not bundle) of a log of `size` entries, level by level."""
    found, level, count = [], 0, size
    while count:
        found += [Tile(level, index, width_in(level, index, size)) for index in range(-(-count // FULL))]
        level, count = level + 1, count // FULL
    return found


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle: each after its length in two bytes; raises EntryTooLarge."""
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise EntryTooLarge(length=len(entry))
    return b"".join([len(entry).to_bytes(2) + entry for entry in entries])


def decode_bundle(data: bytes, *, width: int) -> list[bytes]:
    """Return the `width` entries of a bundle; raises BundleMalformed where it holds others, fewer or more."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if end > len(data) or at + 2 > len(data):
            raise BundleMalformed(width=width)
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise BundleMalformed(width=width)
    return entries


def _number(index: int, width: int) -> str:
    if not 0 <= index < 2**64 or not 1 <= width <= FULL:
        raise ValueError("a tile index has 64 bits and a tile 1 to 256 hashes")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return path if width == FULL else f"{path}.p/{width}"
