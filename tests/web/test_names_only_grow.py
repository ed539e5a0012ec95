"""From each version on, tables, functions, events, codes, states, limits, addresses and commands only grow.

What there was is in `tests/fixtures/names-VERSION.txt`, written by `make fixture` at the close of the version.
"""

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

ROOT = Path(__file__).parent.parent.parent
KEPT = sorted((ROOT / "tests" / "fixtures").glob("names-*.txt"))


def load() -> ModuleType:
    """Return the module of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location("tools_names", ROOT / "tools" / "names.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules["tools_names"] = loaded
    spec.loader.exec_module(loaded)
    return loaded


names = load()


@pytest.fixture
def now(database_url) -> Mapping[str, frozenset[str]]:
    return names.collect(database_url)


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.stem)
def test_no_name_of_an_earlier_version_is_gone(now, kept):
    assert names.breaches(names.read(kept.read_text(encoding="utf-8")), now) == []


def test_what_is_written_is_read_as_it_was_and_says_something_of_every_kind(now):
    assert names.read(names.written(now)) == now
    kinds = {owner.split(" ")[0] for owner in now}
    assert kinds == {
        "table", "function", "event", "classes", "codes", "limits", "roles", "settings", "states", "moves", "pages",
        "places", "schema", "command",
    }  # fmt: skip
    assert "to_version(text)!" in now["table audit.upgrade"]
    assert "by(text)" in now["table audit.upgrade"]
    assert "--dry-run" in now["command hutong upgrade"]
    assert "/LANGUAGE/desk/" in now["pages"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("alter table audit.upgrade drop column by", ["table audit.upgrade: by(text) is gone"]),
        ("alter table audit.upgrade rename by to person", ["table audit.upgrade: by(text) is gone"]),
        ("alter table audit.upgrade alter number type bigint", ["table audit.upgrade: number(integer) is gone"]),
        ("alter table audit.upgrade alter by set not null", ["table audit.upgrade: old code leaves by(text)! empty"]),
        (
            "alter table audit.upgrade add column why text not null",
            ["table audit.upgrade: old code leaves why(text)! empty"],
        ),
        ("drop table audit.upgrade", [f"table audit.upgrade: {each} is gone" for each in (
            "at(timestamp_with_time_zone)!", "by(text)", "from_version(text)", "migrations(text[])!", "number(integer)",
            "to_version(text)!",
        )]),
        ("alter table audit.upgrade add column why text", []),
        ("alter table audit.upgrade add column why text not null default ''", []),
        ("alter table audit.upgrade alter to_version drop not null", []),
        ("create table audit.further (a text not null)", []),
        ("alter table registration_registration alter code type varchar(300)", []),
        ("alter table registration_registration alter code type varchar(90)", [
            "table public.registration_registration: code(character_varying(200))! is gone",
            "table public.registration_registration: old code leaves code(character_varying(90))! empty",
        ]),
    ],
)  # fmt: skip
def test_a_table_that_lost_something_or_asks_more_of_old_code_is_found(now, database_url, change, told):
    with psycopg.connect(database_url, options="-c role=hutong_owner") as connection:
        connection.execute(change)
    assert names.breaches(now, names.collect(database_url)) == told


def test_a_function_in_another_form_is_found(now, database_url):
    with psycopg.connect(database_url, options="-c role=hutong_owner") as connection:
        connection.execute("drop function public.remove_attachment")
    (found,) = names.breaches(now, names.collect(database_url))
    assert found.startswith("function public.remove_attachment: (") and found.endswith(" is gone")


@pytest.mark.parametrize(
    ("owner", "word"),
    [
        ("codes of problems", "DATABASE_OLDER"), ("limits of the rulebook", "sharing.endorse_days"),
        ("settings", "HUTONG_DATA"), ("command hutong audit export", "--officer"), ("states of audit.purge", "done"),
        ("moves of audit.purge", "requested-approve-approved"), ("pages", "/LANGUAGE/login/"),
    ],
)  # fmt: skip
def test_a_name_that_went_or_was_changed_is_found(now, owner, word):
    without = {**now, owner: now[owner] - {word}}
    assert names.breaches(now, without) == [f"{owner}: {word} is gone"]
    assert names.breaches(without, now) == []


def test_an_event_with_another_field_is_another_event():
    before = {"event platform.upgraded administration": frozenset({"by,from_version"})}
    after = {"event platform.upgraded administration": frozenset({"by,from_version,why"})}
    assert names.breaches(before, after) == ["event platform.upgraded administration: by,from_version is gone"]
