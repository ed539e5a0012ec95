"""The deliveries of the storm: the n-th is the same whoever makes it, so a loader that was killed can go on.

Every delivery says the same `mark`, its own number, of every steady firm: who asks about several of them in one
question finds all of one delivery, or all of another.
"""

import csv
import hashlib
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from psycopg import Cursor

from hutong.core import beijing
from hutong.plane import raising, tables
from hutong.plane.definition import Definition, Item, Mode
from hutong.plane.delivery.ledger import Manifest
from hutong.plane.raising import Raised

PROVIDER = "11330100000000001X"
SYSTEM = "provider"
"""The provider's system, by which it delivers."""
RESOURCE, TWIN = "3010009/001", "3010009/002"
FIRMS, STEADY = 240, 12
HEADER = ("firm", "name", "mark", "street")

Firms = dict[str, dict[str, str]]


def definition(code: str = RESOURCE) -> Definition:
    """Return a register of firms that may be compared and subscribed to."""
    offered = {"offered": Mode.SUBSCRIBE}
    items = (
        Item("firm", "企业编号", length=10, required=True, **offered),
        Item("name", "企业名称", length=40, required=True, sensitive=True, **offered),
        Item("mark", "批次", required=True, **offered),
        Item("street", "街道", **offered),
    )
    return Definition(code, 1, "企业登记信息", PROVIDER, ("firm",), items, personal=False)


def publish(cur: Cursor, *, consumer: str, now: datetime) -> None:
    """Publish both registers; a consumer may claim many marks that a delivery has overtaken."""
    for code in (RESOURCE, TWIN):
        tables.publish(cur, definition=definition(code), now=now)
    for limit, value in (("compare.value_records", 10_000), ("compare.share_percent", 100)):
        decided = Raised(limit, consumer, value, beijing.day(now), "演练")
        raising.raise_limit(cur, raised=decided, now=now, by="authority")


def name(firm: int) -> str:
    """Return what a firm is called, always."""
    return f"互通{firm}号有限公司"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as the provider knows it: what it puts, what it deletes, which of its rows cannot be taken.

    `key` is the provider's own name for it.
    """

    key: str
    kind: str
    put: Firms
    deleted: tuple[str, ...]
    faulty: tuple[str, ...]

    def write(self, folder: Path) -> Path:
        """Write it as CSV and return the file."""
        changes = self.kind == "changes"
        out = io.StringIO(newline="")
        sheet = csv.writer(out)
        sheet.writerow([*HEADER, *(["_op"] if changes else [])])
        for firm, values in self.put.items():
            sheet.writerow([firm, *(values[item] for item in HEADER[1:]), *(["u"] if changes else [])])
        for firm in self.faulty:
            sheet.writerow([firm, "", "?", "无名路", *(["u"] if changes else [])])
        for firm in self.deleted:
            sheet.writerow([firm, "", "", "", "d"])
        path = folder / f"{self.key}.csv"
        path.write_text(out.getvalue(), encoding="utf-8")
        return path

    def manifest(self, file: Path, *, code: str = RESOURCE) -> Manifest:
        """Return what is said of the written file."""
        rows = len(self.put) + len(self.deleted) + len(self.faulty)
        return Manifest(code, self.key, self.kind, rows, hashlib.sha256(file.read_bytes()).hexdigest(), "csv")

    def onto(self, held: Firms) -> Firms:
        """Return what is held once this was taken; a row that cannot be taken leaves its record as it was."""
        if self.kind == "snapshot":
            return self.put | {firm: held[firm] for firm in self.faulty if firm in held}
        return {firm: values for firm, values in (held | self.put).items() if firm not in self.deleted}


def delivery(number: int, *, seed: int) -> Delivery:
    """Return the `number`-th delivery of the storm with this seed: every fourth a snapshot, the others changes."""
    chance = random.Random(f"{seed} {number}")
    movable = chance.sample(range(STEADY, FIRMS), FIRMS - STEADY)
    faulty = tuple(_id(firm) for firm in movable[:4])
    if number % 4 == 0:
        kind, put, deleted = "snapshot", movable[10:], ()
    else:
        kind, put, deleted = "changes", movable[4:50], tuple(_id(firm) for firm in movable[50:60])
    listed = [*range(STEADY), *put]
    firms = {
        _id(firm): {"name": name(firm), "mark": str(number), "street": chance.choice(["文一路", "文二路", "学院路"])}
        for firm in listed
    }
    return Delivery(f"d{number:06}", kind, firms, deleted, faulty)


def after(count: int, *, seed: int) -> Firms:
    """Return what is held after the first `count` deliveries of the storm."""
    held = START.put
    for one in first(count, seed=seed):
        held = one.onto(held)
    return held


def first(count: int, *, seed: int) -> Iterator[Delivery]:
    """Yield the first `count` deliveries."""
    return (delivery(number, seed=seed) for number in range(count))


def _id(firm: int) -> str:
    return f"F{firm:05}"


START = replace(delivery(0, seed=0), key="before the storm")
"""What the provider has supplied before anything falls."""
