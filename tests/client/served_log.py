"""A log as its open places serve it, in memory: honest, rolled back, forked, or damaged on the way."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from hutong.core import canonical, log_epochs, merkle, signed_note, tiles
from hutong.core.leaves import commit
from hutong.core.log_keys import CHANGED
from hutong.core.signed_note import Checkpoint, LogSigner

SIGNER = LogSigner.from_seed("log.county.example", bytes(range(32)))


def hashes(count: int, *, story: str = "", since: int = 0) -> list[bytes]:
    """Return leaf hashes; from position `since` on they tell another story."""
    return [merkle.leaf_hash(f"entry {n}{story if n >= since else ''}".encode()) for n in range(count)]


@dataclass
class ServedLog:
    """What is served now; `passing` may change a tile's bytes, or make a reply of its own, on the way."""

    leaves: list[bytes] = field(default_factory=list)
    at: str = "2026-11-23T03:00:00.000000Z"
    signer: LogSigner = SIGNER
    after: int | None = None
    second: LogSigner | None = None
    """Who signs beside it."""
    keys: str = '{"log": "", "keys": [], "changes": []}'
    """What is told of the log's keys."""
    note: str | None = None
    passing: Callable[[bytes], bytes] = bytes
    fails: bool = False
    takes: bool = True
    handed: list[str] = field(default_factory=list)
    before: "dict[int, ServedLog]" = field(default_factory=dict)
    """The epochs before, each at its own place."""

    @property
    def checkpoint(self) -> str:
        """The signed note of now."""
        if self.note is not None:
            return self.note
        size = len(self.leaves)
        text = Checkpoint(self.signer.name, size, merkle.root(self.leaves), self.at, self.after).text()
        return signed_note.sign(text, [each for each in (self.signer, self.second) if each])

    def change_key(self, new: LogSigner, *, at: str, until: str, covered_by: int = 3) -> None:
        """Enter that a key follows, which signs beside the old one, and tell of it under a checkpoint of some more."""
        facts = {"log": self.signer.name, "old_key": self.signer.verifier, "new_key": new.verifier, "until_at": until}
        record = canonical.dumps({**facts, "request": 1})
        salt, index = b"s" * 16, len(self.leaves)
        sealed = commit(salt, record, at=at, event=CHANGED, record_class="security", unit=None).hex()
        leaf = canonical.dumps({"at": at, "class": "security", "commitment": sealed, "event": CHANGED, "v": 1})
        self.leaves = [*self.leaves, merkle.leaf_hash(leaf), *hashes(covered_by)]
        self.at, self.second = at, new
        proof = merkle.inclusion_proof(index, len(self.leaves), merkle.of_leaves(self.leaves))
        told = {
            "index": index, "leaf": leaf.hex(), "salt": salt.hex(), "record": record.decode(),
            "checkpoint": self.checkpoint, "hashes": [each.hex() for each in proof],
        }  # fmt: skip
        self.keys = json.dumps({"log": self.signer.name, "keys": [], "changes": [told]})

    @property
    def transport(self) -> httpx.MockTransport:
        """What a client is given as its line."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.fails:
            raise httpx.ConnectError("no route")
        if (request.method, request.url.path) == ("POST", "/log/cosignatures"):
            if not self.takes:
                return httpx.Response(403, json={"code": "COSIGNATURE_OF_STRANGER", "detail": "x"})
            self.handed.append(request.content.decode())
            return httpx.Response(200, json={"witnesses": ["w"]})
        if request.url.path == "/log/checkpoint":
            return httpx.Response(200, text=self.checkpoint)
        epoch, _, path = request.url.path.removeprefix("/log/epoch/").partition("/")
        of = self if log_epochs.told(self.signer.name)[1] == int(epoch) else self.before.get(int(epoch))
        if of is None:
            return httpx.Response(404, json={"code": "NO_SUCH_EPOCH", "detail": "x"})
        if path == "checkpoint":
            return httpx.Response(200, text=of.checkpoint)
        if path == "keys":
            return httpx.Response(200, text=of.keys)
        wanted = tiles.parse(path)
        assert wanted.level is not None
        if wanted.width != tiles.width_in(wanted.level, wanted.index, len(of.leaves)):
            return httpx.Response(404, json={"code": "NO_SUCH_TILE", "detail": "x"})
        found = merkle.of_leaves(of.leaves)(wanted.level, wanted.start, wanted.width)
        return httpx.Response(200, content=self.passing(b"".join(found)))
