"""A provider that delivers to its one resource and consumers that ask of it, for the tests of this folder."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from answering import KEYRING, NOW, as_it_is
from delivering import manifest, write_csv

from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.answer.changes import FeedChanges
from hutong.plane.definition import Definition
from hutong.plane.delivery import loading
from hutong.plane.delivery.ledger import DeliveryReceipt

Row = Mapping[str, str | None]
_keys = itertools.count(1)


class County:
    """What is delivered comes in by `plane`; `owner` does what has no door of its own."""

    def __init__(self, owner: Database, plane: Database, folder: Path) -> None:
        self.owner, self.plane, self.folder = owner, plane, folder

    def publish(self, definition: Definition) -> None:
        with self.owner.transaction() as cur:
            tables.publish(cur, definition=definition, now=NOW)

    def deliver(
        self, definition: Definition, puts: Sequence[Row], *, gone: Sequence[str] = (), whole: bool = True,
        now: datetime = NOW, confirmed: str | None = "p", progress: loading.Progress | None = None,
    ) -> DeliveryReceipt:  # fmt: skip
        """Deliver everything there is, or rows and deletions by their id; with the provider's word for it, it loads."""
        header = [item.code for item in definition.items] + ([] if whole else ["_op"])
        lines = [{**row, "_op": "u"} for row in puts] + [{"id": one, "_op": "d"} for one in gone]
        path = write_csv(self.folder / "rows.csv", lines, header=header)
        said = manifest(path, key=f"d{next(_keys)}", rows=len(lines), kind="snapshot" if whole else "changes",
                        code=definition.code, version=definition.version)  # fmt: skip
        done = loading.load(
            self.plane, source=path, manifest=said, keyring=KEYRING, now=now, by="p", approved_by=confirmed,
            progress=progress,
        )  # fmt: skip
        assert done.state == "loaded" or not confirmed
        return done

    def ask(self, door: Any, question: Any) -> Any:
        """Return the one answer of `compare`, `query` or `subscribe`; raises what it was refused for."""
        (got,) = door.answer(self.plane, questions=[question], keyring=KEYRING, now=NOW, make=as_it_is)
        if isinstance(got, Problem):
            raise got
        return got


def follow(read: Callable[[int], FeedChanges], rows: dict[str, Row], after: int) -> tuple[int, list[int]]:
    """Bring `rows` up to date; returns how far the feed has come, and the numbers of the changes that were told.

    `read` returns the changes after a number.
    """
    told: list[int] = []
    while True:
        got = read(after)
        numbers = [each.change for each in got.changes]
        assert numbers == sorted(set(numbers))
        assert all(after < number <= got.complete_to for number in numbers)
        told += numbers
        for each in got.changes:
            if each.op == "d":
                rows.pop(each.id, None)
            elif not each.superseded:
                rows[each.id] = each.values
        if got.complete_to == after:
            return after, told
        after = got.complete_to
