"""A consumer's system at work: compare, query, follow, prove."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from hutong.client import environment, proving
from hutong.client.bookmarks import Bookmarks
from hutong.client.following import Feed, Followed
from hutong.client.itemnames import ItemNames, Names
from hutong.client.keys import Key
from hutong.client.proving import Proven, Prover
from hutong.client.watching import Watch
from hutong.client.wire import Context, PlatformConnection, Refusal, real_clock
from hutong.core.labels import Language

__all__ = ["Compared", "Context", "Hutong", "Page", "Refusal"]

_VERDICTS = {"1": "match", "0": "mismatch", "-": "absent"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A verdict by item for every claim, and the receipt: entry and leaf hash.

    `as_of` is there where the version asked is not delivered any more: the moment of its last delivery.
    """

    verdicts: list[dict[str, str]]
    entry: int
    leaf: str
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Records by item; `cursor` leads to the next page, if there is one.

    `as_of` is there where the version asked is not delivered any more: the moment of its last delivery.
    """

    rows: list[dict[str, str | None]]
    cursor: str | None
    entry: int
    leaf: str
    as_of: str | None = None


class Hutong:
    """One system's line to one platform. `platform_key` and `log_verifier` are pinned, never fetched."""

    def __init__(
        self,
        base_url: str,
        *,
        keyid: str,
        key: Key,
        context: Context,
        log_verifier: str,
        platform_key: str,
        bookmarks: Path,
        now: Callable[[], datetime] = real_clock,
        language: Language = "zh",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.context = context
        self._line = PlatformConnection(
            base_url,
            keyid=keyid,
            key=key,
            platform_key=platform_key,
            now=now,
            language=language,
            transport=transport,
        )
        self._bookmarks = Bookmarks(bookmarks)
        self._names = ItemNames(self._bookmarks, now=now)
        self._watch = Watch(self._line, verifier=proving.verifier(log_verifier), bookmarks=self._bookmarks)
        self._prover = Prover(self._line, watch=self._watch)

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str] = os.environ,
        *,
        language: Language = "zh",
        transport: httpx.BaseTransport | None = None,
    ) -> "Hutong":
        """Return the line that the variables `HUTONG_CLIENT_URL` … name, those the command line reads.

        What the platform refuses it says in `language`.

        Raises ClientNotConfigured, ClientKeyUnreadable.
        """
        given = environment.read(environ)
        return cls(
            given.url,
            keyid=given.system,
            key=given.key,
            context=given.context,
            log_verifier=given.log,
            platform_key=given.platform_key,
            bookmarks=given.bookmarks,
            now=given.clock,
            language=language,
            transport=transport,
        )

    def __enter__(self) -> "Hutong":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._line.close()

    def compare(self, grant: str, claims: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> Compared:
        """Return whether each claim (key values, values by item) agrees with what is held; raises Refusal."""
        content = {
            "grant": grant,
            "claims": [{"key": list(key), "values": dict(values)} for key, values in claims],
        }
        told = self._line.post("/v1/compare", content, context=self.context)
        verdicts = [
            {item: _VERDICTS[mark] for item, mark in zip(values, marks, strict=True)}
            for (_, values), marks in zip(claims, told["verdicts"], strict=True)
        ]
        return Compared(verdicts, told["entry"], told["leaf"], told["as_of"])

    def query(
        self,
        grant: str,
        where: Sequence[tuple[str, str] | tuple[str, str, str]],
        *,
        items: Sequence[str] = (),
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """Return one page of the records that meet `where` (item, value, and how: eq, ge, lt, starts)."""
        conditions = [dict(zip(("item", "value", "op"), each, strict=False)) for each in where]
        content = {
            "grant": grant,
            "where": conditions,
            "items": list(items),
            "limit": limit,
            "cursor": cursor,
        }
        told = self._line.post("/v1/query", content, context=self.context)
        return Page(told["rows"], told["cursor"], told["entry"], told["leaf"], told["as_of"])

    def follow(self, grant: str, *, limit: int = 1000) -> Iterator[list[Followed]]:
        """Yield pages of what to do with one's own copy, to the end of the feed; see `Feed.follow`."""
        return Feed(self._line, grant=grant, context=self.context, bookmarks=self._bookmarks, limit=limit).follow()

    def grants(self) -> list[dict[str, Any]]:
        """Return the grants of the calling system."""
        listed: list[dict[str, Any]] = self._line.get("/v1/grants", {}, context=self.context)["grants"]
        self._names.keep(listed)
        return listed

    def names(self, grant: str, *, items: Collection[str] = ()) -> Names | None:
        """Return what the items of a grant are called, by code; None where this system has no such grant.

        Those listed within a day are taken where they have all `items`; else the grants are listed, which is an entry.
        """
        found = self._names.of(grant, items=items)
        if found is not None:
            return found
        return {each["no"]: each.get("names", {}) for each in self.grants()}.get(grant)

    def record(self, entry: int) -> dict[str, Any]:
        """Return the private record of an entry one is a party of, with its parties, salt and leaf."""
        kept: dict[str, Any] = self._line.get("/v1/record", {"entry": entry}, context=self.context)
        return kept

    def prove(self, leaf: str, *, wait_seconds: float = 30) -> Proven:
        """Return where the entry stands once it is placed, proven against a checkpoint that continues the
        last one seen; raises NotProvenYet, LogForked, LogRolledBack."""
        return self._prover.prove(leaf, wait_seconds=wait_seconds)

    def watch(self) -> Any:
        """Return the newest checkpoint, which continues the last one seen; raises as prove."""
        return self._watch.look()
