"""The manifest of a file that lies here, made from the file itself."""

from pathlib import Path

import pytest
from delivering import NOW, definition, row, write_csv

from hutong.db.database import Database
from hutong.plane import tables
from hutong.plane.delivery import manifests
from hutong.plane.delivery.reading.failures import FileEmpty

CODE = definition().code
DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("key", "changes", "told"), [("", False, (DIGEST[:32], "snapshot")), ("d1", True, ("d1", "changes"))]
)
def test_it_says_how_many_rows_there_are_and_how_they_are_meant(db: Database, tmp_path: Path, key, changes, told):
    with db.transaction() as cur:
        tables.publish(cur, definition=definition(), now=NOW)
    header = [item.code for item in definition().items] + (["_op"] if changes else [])
    path = write_csv(tmp_path / "rows.csv", [{**row(f"A{each}"), "_op": "u"} for each in range(3)], header=header)
    made = manifests.of_file(db, path, code=CODE, key=key, digest=DIGEST, changes=changes).manifest
    assert (made.code, made.rows, made.sha256, made.key, made.kind) == (CODE, 3, DIGEST, *told)
    path.write_bytes(b"")
    with pytest.raises(FileEmpty):
        manifests.of_file(db, path, code=CODE, key=key, digest=DIGEST, changes=changes)
