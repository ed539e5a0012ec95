"""What an officer sent, kept while they look at what was read of it: enciphered, an hour at most, below the spool.

Every process of the pages on this machine finds it there. It goes after either answer, and what nobody answers, or a
killed process left half written, goes with the sweep of the spool.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hutong.core.digest import CipherRejected
from hutong.core.errors import Conflicting, Gone, TooLarge
from hutong.plane.delivery import spool_folder
from hutong.plane.keys import Keyring, KeyUnknown

PIECE = 1 << 20
"""Bytes that are enciphered together."""
_USE = "uploads"
_TOKEN = re.compile(r"[0-9a-f]{32}")
_LENGTH = 4
_LOADING = "loading-"


class UploadGone(Gone):
    """What was sent lies here no more; nothing of it was loaded."""


class UploadBeingLoaded(Conflicting):
    """What was sent is being loaded at this moment."""


class UploadNotKept(TooLarge):
    """The file has {size} bytes; {most} are kept for an officer until the delivery is confirmed."""


@dataclass(frozen=True, slots=True)
class UploadBounds:
    """How much is kept for one officer, and how long."""

    files: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Uploads:
    """The uploads of one officer in a spool, under the platform's keys."""

    spool: Path
    officer: str
    keyring: Keyring
    room: UploadBounds

    def keep(self, source: Path, about: Mapping[str, Any]) -> str:
        """Keep a file with what is known `about` it, as JSON has it, and return the token by which it is found.

        Where the officer has as much as may be kept, the oldest gives way. Raises UploadNotKept.
        """
        size = source.stat().st_size
        if size > self.room.bytes:
            raise UploadNotKept(size=size, most=self.room.bytes)
        token = secrets.token_hex(16)
        part = self._folder / f"{self._mine}{token}{spool_folder.PART}"
        with _alone(self._folder):
            self._make_way(size)
            written = part.open("xb")  # and locked before the sweep can look at it
            fcntl.flock(written, fcntl.LOCK_EX)
        with written, source.open("rb") as plain:
            os.chmod(part, 0o600)
            self._write(written, plain, about, token)
            written.flush()
            part.rename(part.with_name(f"{self._mine}{token}"))
        return token

    def about(self, token: str) -> dict[str, Any]:
        """Return what is known about an upload; raises UploadGone."""
        with self._opened(token) as pieces:
            found: dict[str, Any] = json.loads(next(pieces))
            return found

    @contextmanager
    def taken(self, token: str, to: Path) -> Iterator[dict[str, Any]]:
        """Write an upload to `to`, and yield what is known about it: nobody else takes it.

        Until the block ends the others are told that it is being dealt with. Raises UploadBeingLoaded and UploadGone.
        """
        with self._opened(token) as pieces, self._under_way(token):
            try:
                self._path(token).unlink()  # what is open can still be read, by this process alone
            except FileNotFoundError:
                raise UploadGone from None
            found: dict[str, Any] = json.loads(next(pieces))
            with to.open("xb") as plain:
                plain.writelines(pieces)
            yield found

    def copied(self, token: str, to: Path) -> dict[str, Any]:
        """Write an upload to `to`, which stays here, and return what is known about it.

        Raises UploadBeingLoaded and UploadGone.
        """
        with self._opened(token) as pieces, to.open("xb") as plain:
            found: dict[str, Any] = json.loads(next(pieces))
            plain.writelines(pieces)
            return found

    @contextmanager
    def _under_way(self, token: str) -> Iterator[None]:
        """Hold the lock by which others see that an upload is dealt with; raises UploadBeingLoaded where it is."""
        mark = self._mark(token)
        with mark.open("ab") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadBeingLoaded from None
            try:
                yield
            finally:
                mark.unlink(missing_ok=True)

    def _is_under_way(self, token: str) -> bool:
        try:
            with self._mark(token).open("rb") as mark:
                fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _mark(self, token: str) -> Path:
        return self.spool / f"{_LOADING}{self._path(token).name}"

    def forget(self, token: str) -> None:
        """Remove an upload, if it is there."""
        self._path(token).unlink(missing_ok=True)

    @property
    def _folder(self) -> Path:
        folder = self.spool / spool_folder.UPLOADS
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def _mine(self) -> str:
        return hashlib.sha256(self.officer.encode()).hexdigest()[:32] + "-"

    def _path(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise UploadGone
        return self._folder / f"{self._mine}{token}"

    def _make_way(self, size: int) -> None:
        found = [each for each in self._folder.iterdir() if each.name.startswith(self._mine)]
        there = sorted((each.stat().st_mtime_ns, each.stat().st_size, each) for each in found)
        while there and (len(there) >= self.room.files or size + sum(each[1] for each in there) > self.room.bytes):
            there.pop(0)[2].unlink(missing_ok=True)

    def _write(self, to: IO[bytes], plain: IO[bytes], about: Mapping[str, Any], token: str) -> None:
        number, piece = 0, json.dumps(about, ensure_ascii=False).encode()
        while True:
            following = plain.read(PIECE)
            place = self._place(token, number, last=not following)
            sealed = self.keyring.lock(piece, use=_USE, place=place)
            to.write(len(sealed).to_bytes(_LENGTH) + sealed)
            if not following:
                return
            number, piece = number + 1, following

    @contextmanager
    def _opened(self, token: str) -> Iterator[Iterator[bytes]]:
        """Yield the pieces of an upload, each as it was sent."""
        try:
            with self._path(token).open("rb") as kept:
                if spool_folder.age(kept.fileno()) > self.room.seconds:
                    raise UploadGone
                yield self._pieces(kept, token)
        except FileNotFoundError:
            raise (UploadBeingLoaded if self._is_under_way(token) else UploadGone) from None
        except (CipherRejected, KeyUnknown):
            raise UploadGone from None

    def _pieces(self, kept: IO[bytes], token: str) -> Iterator[bytes]:
        size, number = os.fstat(kept.fileno()).st_size, 0
        while True:
            sealed = kept.read(int.from_bytes(kept.read(_LENGTH)))
            last = kept.tell() == size
            yield self.keyring.unlock(sealed, use=_USE, place=self._place(token, number, last=last))
            if last:
                return
            number += 1

    def _place(self, token: str, number: int, *, last: bool) -> str:
        return f"{self.officer}/{token}/{number}/{'last' if last else 'more'}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):
            os.close(opened)
