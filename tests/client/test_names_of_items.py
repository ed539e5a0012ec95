"""Every table the client prints names its items as people do, in the reader's language, and lists grants no oftener."""

import base64
import json
from pathlib import Path

import pytest
from gateway_county import SHIFT, Door
from typer.testing import CliRunner

from hutong.client import cli

NAMES = {"id": "身份证号", "name": "姓名", "income": "收入", "street": "街道", "born": "出生日期", "children": "子女数"}
COMPARED = ["compare", "g1", "--record", "330100200001010001"]


@pytest.fixture
def environ(door: Door, tmp_path: Path) -> dict[str, str]:
    """What the environment says of the county's system."""
    key = tmp_path / "key"
    key.write_bytes(door.county.key.private_bytes_raw())
    key.chmod(0o600)
    told = {
        "URL": door.url, "SYSTEM": "sys-a", "KEY": str(key), "LOG": door.county.log.verifier, "USER": "wang",
        "PLATFORM_KEY": base64.b64encode(door.county.reply_public_key).decode(), "DEVICE": "pc1", "PURPOSE": "aid",
        "MATTER": "m1", "BOOKMARKS": str(tmp_path / "state.json"),
        "SHIFT_SECONDS": str(int(SHIFT.total_seconds())),
    }  # fmt: skip
    return {"LANG": "zh_CN.UTF-8", "COLUMNS": "300", **{f"HUTONG_CLIENT_{name}": each for name, each in told.items()}}


def printed(environ: dict[str, str], *arguments: str, **more: str) -> str:
    done = CliRunner().invoke(cli.app, [*arguments], env={**environ, **more})
    assert done.exit_code == 0, done.output
    return done.output


def listings(door: Door) -> int:
    """Return how often grants were listed, which is an entry each time."""
    with door.county.db.transaction() as cur:
        (many,) = cur.execute("select count(*) from audit.entry where event = 'plane.grants_read'").fetchone()
    return int(many)


@pytest.mark.parametrize(
    ("language", "form"), [("zh_CN.UTF-8", "{name}（{code}）"), ("en_US.UTF-8", "{name} ({code})")]
)
@pytest.mark.parametrize(
    "arguments",
    [
        [*COMPARED, "name=张1", "income=7"],
        [*COMPARED, "姓名=张1", "income=7"],
        [*COMPARED, "姓名=张1", "收入=7"],
        ["query", "g2", "id=330100200001010003"],
        ["grants"],
    ],
)
def test_an_item_has_its_name_and_its_code_however_it_was_typed(environ, arguments, language, form):
    told = printed(environ, *arguments, LANG=language)
    shown = ["name", "income"] if arguments[0] == "compare" else ["name", "street"]
    assert [form.format(name=NAMES[code], code=code) in told for code in shown] == [True, True], told


def test_names_are_listed_once_a_day_and_anew_where_one_is_missing(environ, door):
    for _ in range(3):
        printed(environ, *COMPARED, "name=张1")
        printed(environ, "query", "g2", "id=330100200001010003")
    assert listings(door) == 1
    state = Path(environ["HUTONG_CLIENT_BOOKMARKS"])
    kept = json.loads(state.read_text())
    del kept["names"]["grants"]["g1"]["name"]
    state.write_text(json.dumps(kept))
    assert "姓名（name）" in printed(environ, *COMPARED, "name=张1")
    assert listings(door) == 2
    kept["names"]["at"] = "2020-01-01T00:00:00+00:00"
    state.write_text(json.dumps(kept))
    assert "姓名（name）" in printed(environ, *COMPARED, "name=张1")
    assert listings(door) == 3


def test_what_a_program_reads_stays_by_code_and_lists_nothing(environ, door):
    told = printed(environ, "query", "g2", "id=330100200001010003", "--json")
    assert json.loads(told.splitlines()[0])["name"] == "张3"
    assert listings(door) == 0
