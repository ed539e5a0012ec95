"""Which platform a data folder is of, which running copy of it (instance), and whether the folder itself is a copy.

The file says where the folder lay when it was last opened: path, device, inode and machine. A folder that lies
elsewhere was moved or copied; which of the two tells whether it is still there where it lay, or on that disk under
another name (decision 0085).
"""

import hashlib
import json
import os
import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from hutong.core.errors import Conflicting, Malformed
from hutong.db import lasting

FILE = "identity.json"
FORMAT = "hutong-identity-1"
EMBEDDED = "embedded"
"""The database of a platform whose database is the embedded one; else its address stands there, without a login."""
_PLATFORMS = UUID("9d1c6c0e-6f0f-4d0c-9b5e-0a1f6b6f7c11")
_MACHINE = Path("/etc/machine-id")
MOST_LOOKED_AT = 20_000
"""So many folders of a disk are looked at for an original that was renamed: some seconds, and only when one is gone."""


class IdentityUnreadable(Malformed):
    """The file {path} does not say which platform this is: {reason}"""


class FolderCopied(Conflicting):
    """{data} is a copy of {original}, which is still there; nothing was opened or changed, neither here nor there."""


class FolderFromElsewhere(Conflicting):
    """{data} was last opened as {original} on the machine {machine}: from here nobody sees whether it goes on there."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a folder lies; two folders that are there at once differ in it."""

    path: str
    device: int
    inode: int
    host: str
    machine: str
    """What tells the machine from others, where its system has it; not its number itself."""

    def same_machine(self, other: "Location") -> bool:
        """Return whether both are of one machine: by its number, and by its name where that is not known."""
        if self.machine and other.machine:
            return self.machine == other.machine
        return self.host == other.host


@dataclass(frozen=True, slots=True)
class Identity:
    """What a data folder says of itself."""

    platform: UUID
    """The county's platform: of all its copies the same."""
    instance: UUID
    """The one running copy this is; of two that were made from one another not the same."""
    folder: Location
    database: str | None = None
    """`EMBEDDED` or the address of a foreign one, once its database was opened."""


class FolderState(Enum):
    """What became of a folder since it was last opened."""

    STAYED = "stayed"
    MOVED = "moved"
    COPIED = "copied"
    ELSEWHERE = "elsewhere"
    """Copied or moved from another machine: which of the two nobody can see."""


def begin(data: Path, *, verifier: str) -> Identity:
    """Return the identity of a platform that begins in a folder; by its log's first key its copies know each other."""
    return Identity(platform_of(verifier), uuid4(), located(data))


def platform_of(verifier: str) -> UUID:
    """Return the platform whose log had this public key first."""
    return uuid5(_PLATFORMS, verifier)


def anew(identity: Identity, data: Path) -> Identity:
    """Return the identity of another instance of the same platform, in the folder `data`."""
    return replace(identity, instance=uuid4(), folder=located(data))


def located(folder: Path) -> Location:
    """Return where a folder lies that is there, whatever links lead to it."""
    real = Path(os.path.realpath(folder))
    seen = real.stat()
    return Location(str(real), seen.st_dev, seen.st_ino, socket.gethostname(), _machine())


def _machine() -> str:
    try:
        number = _MACHINE.read_text().strip()
    except OSError:
        return ""
    return hashlib.sha256(f"hutong {number}".encode()).hexdigest()[:16] if number else ""


def read(data: Path) -> Identity | None:
    """Return what a folder says of itself; None where it says nothing yet. Raises IdentityUnreadable."""
    path = data / FILE
    try:
        kept = json.loads(path.read_bytes())
        if kept["format"] != FORMAT:
            raise ValueError(f"format {kept['format']}")
        named = UUID(kept["platform"]), UUID(kept["instance"])
        return Identity(*named, Location(**kept["folder"]), kept["database"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise IdentityUnreadable(path=path, reason=f"{type(fault).__name__}: {fault}") from None


def write(data: Path, identity: Identity) -> None:
    """Keep what a folder says of itself; after return it outlasts a power cut."""
    told = {
        "format": FORMAT, "platform": str(identity.platform), "instance": str(identity.instance),
        "folder": asdict(identity.folder), "database": identity.database,
    }  # fmt: skip
    content = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    lasting.put(data / FILE, content.encode(), owner=data.stat(), mode=0o644)


def state(identity: Identity, here: Location) -> tuple[FolderState, Path | None]:
    """Return what became of a folder that lies `here` now, and the original's path where it is a copy."""
    kept = identity.folder
    alike = (kept.device, kept.inode) == (here.device, here.inode)
    if kept.path == here.path and kept.inode == here.inode:  # disks are numbered anew when a machine starts
        # Nor does another name make another machine where one of them has no number: a container that was made anew.
        other = kept.machine and here.machine and kept.machine != here.machine
        return (FolderState.ELSEWHERE if other else FolderState.STAYED), None
    if alike and kept.same_machine(here):
        return FolderState.MOVED, None
    if (original := _original(identity, here)) is not None:
        return FolderState.COPIED, original
    return (FolderState.MOVED if kept.same_machine(here) else FolderState.ELSEWHERE), None


def check(data: Path) -> Identity | None:
    """Return what a folder says of itself, where it is no copy; nothing is written.

    Raises IdentityUnreadable, FolderCopied and FolderFromElsewhere.
    """
    identity = read(data)
    if identity is None:
        return None
    found, original = state(identity, located(data))
    if found is FolderState.COPIED:
        raise FolderCopied(data=str(data), original=str(original))
    if found is FolderState.ELSEWHERE:
        facts = {"original": identity.folder.path, "machine": identity.folder.host}
        raise FolderFromElsewhere(data=str(data), **facts)
    return identity


def _original(identity: Identity, here: Location) -> Path | None:
    """Return where the folder is that this one was copied from: where it lay, or on that disk under another name."""
    kept = identity.folder
    for folder in _candidates(kept):
        try:
            seen = folder.stat()
        except OSError as fault:
            if isinstance(fault, PermissionError) and str(folder) == kept.path:
                return folder  # where nobody lets us look it may well be
            continue
        itself = (seen.st_dev, seen.st_ino) == (here.device, here.inode)
        if not itself and of_instance(folder, identity.instance):
            return folder
    return None


def _candidates(kept: Location) -> Iterator[Path]:
    yield Path(kept.path)
    yield from renamed(Path(kept.path), inode=kept.inode)


def renamed(lay: Path, *, inode: int, most: int = MOST_LOOKED_AT) -> Iterator[Path]:
    """Yield the folders of an inode on the disk where one `lay`: beside it first, then ever farther away.

    Folders are looked through up to the root of that disk, and no other disk; `most` entries of folders altogether, so
    what lies behind more is not seen, nor what nobody lets us read.
    """
    above = next((each for each in lay.parents if each.is_dir()), None)
    if above is None:
        return
    device, through, left = above.stat().st_dev, Path(), most
    while above.stat().st_dev == device:
        waiting = deque([above])
        while waiting and left > 0:
            for found in _folders(waiting.popleft(), device=device):
                left -= 1
                if found.inode() == inode and found.path != str(lay):
                    yield Path(found.path)
                if Path(found.path) != through:
                    waiting.append(Path(found.path))
        if above == above.parent:
            return
        above, through = above.parent, above


def _folders(folder: Path, *, device: int) -> list["os.DirEntry[str]"]:
    """Return the folders in a folder that are of its disk; none where it cannot be read."""
    try:
        with os.scandir(folder) as inside:
            return [
                each for each in inside
                if each.is_dir(follow_symlinks=False) and each.stat(follow_symlinks=False).st_dev == device
            ]  # fmt: skip
    except OSError:
        return []


def of_instance(folder: Path, instance: UUID) -> bool:
    """Return whether a data folder is that of an instance, or may be: one that nobody lets us read."""
    try:
        found = read(folder)
    except (OSError, IdentityUnreadable):
        return True
    return found is not None and found.instance == instance
