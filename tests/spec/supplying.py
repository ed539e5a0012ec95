"""A unit that delivers to the platform, for the chapters."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from delivering import NOW, definition, manifest, write_csv

from hutong.core import canonical
from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring


@dataclass
class Provider:
    """The unit that provides `delivering.definition`, and the platform it delivers to."""

    db: Database
    keyring: Keyring
    folder: Path
    numbers: count = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, db: Database, keyring: Keyring, folder: Path) -> "Provider":
        """Publish the resource and return its provider."""
        with db.transaction() as cur:
            tables.publish(cur, definition=definition(), now=NOW)
        return cls(db, keyring, folder)

    def send(self, listed: list, /, *, kind: str = "snapshot", **said: object) -> ledger.DeliveryReceipt:
        """Deliver rows as a CSV file; what is `said` replaces facts of its manifest."""
        number = next(self.numbers)
        header = [item.code for item in definition().items] + (["_op"] if kind == "changes" else [])
        path = write_csv(self.folder / f"{number}.csv", listed, header=header)
        promised = manifest(path, **{"key": f"d{number}", "rows": len(listed), "kind": kind, **said})
        return loading.load(self.db, source=path, manifest=promised, keyring=self.keyring, now=NOW, by="clerk")

    def held(self) -> list[str]:
        """Return the remarks of the records held, which is a plain item."""
        return sorted(value for (value,) in self._rows("select coalesce(i_remark, '') from store.{relation}"))

    def rejected(self) -> list[tuple[int, str, str]]:
        """Return row, item and reason of every rejected row kept."""
        listed = "select number, item, reason from plane.rejected_row order by number, item"
        return [(row, item, reason) for row, item, reason in self._rows(listed)]

    def entries(self, event: str) -> list[dict]:
        """Return the records of one event, in order."""
        listed = f"select record from audit.entry where event = '{event}' order by id"
        return [canonical.loads(record) for (record,) in self._rows(listed)]

    def _rows(self, statement: str) -> list[tuple]:
        with self.db.transaction() as cur:
            relation = tables.version(cur, code=definition().code).relation
            return cur.execute(statement.replace("{relation}", relation)).fetchall()
