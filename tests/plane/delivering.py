"""A small resource and deliveries of it, for the tests of this folder."""

import csv
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

from hutong.db.database import Database
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type
from hutong.plane.delivery import ledger, loading
from hutong.plane.keys import Keyring

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PROVIDER = "11450000MB0000001X"


def definition(version: int = 1, **changes: object) -> Definition:
    items = (
        Item("id", "证件号码", length=18, sensitive=True, offered=Mode.QUERY),
        Item("name", "姓名", length=50, required=True, sensitive=True),
        Item("phone", "联系电话", sensitive=True, offered=Mode.QUERY),
        Item("born", "出生日期", Type.DATE, offered=Mode.SUBSCRIBE),
        Item("amount", "金额", Type.NUMERIC, offered=Mode.QUERY,
             rules=(QualityRule(Rule.MINIMUM, "0"), QualityRule(Rule.MAXIMUM, "1000", warn=True))),
        Item("remark", "备注", Type.MEMO, offered=Mode.SUBSCRIBE, condition=True),
    )  # fmt: skip
    values = {"code": "307001/000001", "version": version, "name": "人口", "provider": PROVIDER,
              "key": ("id",), "items": items}  # fmt: skip
    return Definition(**{**values, **changes})  # type: ignore[arg-type]


def row(id: str, **values: str | None) -> dict[str, str | None]:
    made = {"id": id, "name": "张三", "phone": "13800000000", "born": "1990-01-02", "amount": "1.5", "remark": ""}
    return {**made, **values}


def write_csv(path: Path, rows: list[dict[str, str | None]], *, header: list[str] | None = None) -> Path:
    header = header or [item.code for item in definition().items]
    out = io.StringIO(newline="")
    out.write(",".join(header) + "\n")
    for one in rows:
        cells = [one.get(name) for name in header]
        out.write(",".join("" if c is None else '"' + c.replace('"', '""') + '"' for c in cells) + "\n")
    path.write_bytes(out.getvalue().encode())
    return path


def manifest(path: Path, *, key: str, rows: int, kind: str = "snapshot", **values: object) -> ledger.Manifest:
    said = {"code": "307001/000001", "key": key, "kind": kind, "rows": rows,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}  # fmt: skip
    return ledger.Manifest(**{**said, **values})  # type: ignore[arg-type]


class Provider:
    """The provider of the resource, who sends deliveries from files in a folder."""

    def __init__(self, plane: Database, keyring: Keyring, folder: Path) -> None:
        self.plane, self.keyring, self.folder, self.count = plane, keyring, folder, 0

    def send(self, rows: list, *, kind: str = "snapshot", key: str | None = None, **more) -> ledger.DeliveryReceipt:
        self.count += 1
        header = [item.code for item in definition().items] + (["_op"] if kind == "changes" else [])
        path = write_csv(self.folder / f"{self.count}.csv", rows, header=header)
        said = manifest(path, key=key or f"d{self.count}", rows=len(rows), kind=kind)
        return loading.load(
            self.plane, source=path, manifest=said, keyring=self.keyring, by="provider-1", now=NOW, **more
        )


__all__ = ["NOW", "PROVIDER", "Provider", "csv", "definition", "manifest", "row", "write_csv"]
