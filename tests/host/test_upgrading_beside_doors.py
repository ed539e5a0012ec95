"""Doors of the version before go on answering while `hutong upgrade` of the next one runs, or say when to ask again."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx
import psycopg
import pytest
from standing import up

import next_version
from databases import remove
from earlier_counties import COUNTIES, copy_folder, load_dump, state
from hutong import settings
from hutong.client import Context, Hutong, Refusal, keys
from hutong.db.embedded import LOGIN, Server
from hutong.demo import county as counties
from hutong.demo.fill import kept
from hutong.demo.founding import DEVICE, MATTER, PASSWORD, PURPOSE, SYSTEM, USER
from hutong.installation import keys as logins
from hutong.installation import opening, schema
from ports import free_port

CHANGES = {
    # Tables that every question and every page reads; the second keeps one of them to itself for a while.
    "audit/0990_grants.sql": "alter table plane.access_grant add column planted text not null default ''",
    "audit/0991_systems.sql": "alter table plane.system add column planted text; select pg_sleep(1)",
    "plane/0990_entries.sql": "alter table audit.entry add column planted text",
}
WAITS = """
select exists (
    select from pg_locks l join pg_database d on d.oid = l.database
    where not l.granted and l.mode = 'AccessExclusiveLock' and d.datname = current_database()
)
"""
LONG = "select count(*) from plane.access_grant"
"""A question that takes long: whoever wants to change the table waits for it, and others behind that one."""


@dataclass
class Stream:
    """Questions asked one after the other, and how each ended."""

    ask: Callable[[], str]
    told: Counter[str] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self.ended.is_set():
            self.told[self.ask()] += 1

    def more(self, *, than: int) -> None:
        """Wait until more questions than so many were answered."""
        until = time.monotonic() + 120
        while self.told["answered"] <= than:
            assert time.monotonic() < until, self.told
            time.sleep(0.05)

    def end(self) -> None:
        self.ended.set()
        self._thread.join()


def system(given: settings.Settings, rows: int) -> Callable[[], str]:
    """Return what asks the gateway for a comparison as the county's system."""
    told = opening.told(replace(given, database_url="postgresql:///none"), role="plane")
    people = itertools.cycle(counties.make_residents(rows).to_pylist())  # how often one is asked about is limited
    grant = kept(given.data)["grants"]["compare"]
    client = Hutong(
        f"http://127.0.0.1:{given.gateway_port}", keyid=SYSTEM, key=keys.load(given.data / "demo" / f"{SYSTEM}.key"),
        context=Context(USER, DEVICE, PURPOSE, MATTER), log_verifier=told.log_verifier,
        platform_key=told.reply_public_key, bookmarks=given.data / "client.json", now=told.clock,
    )  # fmt: skip

    def ask() -> str:
        person = next(people)
        try:
            found = client.compare(grant, [((person["resident_number"],), {"name": person["name"]})])
        except Refusal as refused:
            later = refused.status == 503 and refused.retry_after
            return "later" if later else f"refused {refused.facts}"
        # Some have left the register since: who is absent is told as who differs.
        return "answered" if found.verdicts[0]["name"] in ("match", "mismatch") else f"other {found.verdicts}"

    return ask


def officer(given: settings.Settings) -> Callable[[], str]:
    """Return what looks at pages as an officer who is logged in."""
    pages = httpx.Client(base_url=f"http://127.0.0.1:{given.port}", timeout=60, follow_redirects=True)
    form = pages.get("/zh/login/").text
    token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    typed = {"username": "operator", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert pages.post("/zh/login/", data=typed).url.path == "/zh/desk/"

    def look() -> str:
        return looked(pages, "/zh/desk/", "/zh/desk/grants/", "/zh/desk/applications/")

    return look


def stranger(given: settings.Settings) -> Callable[[], str]:
    """Return what reads the portal and what the gateway lets anybody read."""
    portal = httpx.Client(base_url=f"http://127.0.0.1:{given.port}", timeout=60)
    gateway = httpx.Client(base_url=f"http://127.0.0.1:{given.gateway_port}", timeout=60)

    def look() -> str:
        told = looked(portal, "/zh/", "/zh/catalog/", "/zh/evidence/")
        return told if told != "answered" else looked(gateway, "/log/checkpoint", "/log/keys", "/health", "/metrics")

    return look


def looked(door: httpx.Client, *places: str) -> str:
    """Return how a door answered at places: all of them, or when to ask again, or what else it said."""
    for place in places:
        reply = door.get(place)
        if reply.status_code == 503 and reply.headers.get("retry-after", "").isdigit():
            return "later"
        if reply.status_code != 200 or reply.url.path != place:
            return f"{place}: {reply.status_code} {reply.url} {reply.headers}"
    return "answered"


@pytest.mark.full
@pytest.mark.timeout(600)
def test_questions_and_pages_are_answered_while_the_next_version_upgrades(tmp_path):
    tmp_path.chmod(0o755)
    data, county = tmp_path / "data", COUNTIES[-1]
    copy_folder(county, data)
    ports = free_port(), free_port()
    named = {"HUTONG_DATA": str(data), "HUTONG_DATABASE_URL": "", "HUTONG_WEB_SECRET": "", "HUTONG_WEB_WORKERS": "1"}
    named |= {"HUTONG_GATEWAY_WORKERS": "1"}
    given = replace(settings.read({}), data=data, port=ports[0], gateway_port=ports[1])
    following = next_version.made(tmp_path)
    for name, text in CHANGES.items():
        following.plant(name, text)
    following.plant_django()
    with running(opening.own_server(given)) as server:
        server.admit(logins.logins(given))
        url = server.superuser_url(LOGIN)
        load_dump(url, county)
        this = [sys.executable, "-m", "hutong.cli", "upgrade"]
        subprocess.run(this, env={**os.environ, **named}, check=True, capture_output=True)
        with up(data, *ports, **named):
            asking = system(given, int(str(state(county)["rows"]))), officer(given), stranger(given)
            streams = [Stream(each) for each in asking]
            try:
                for each in streams:
                    each.more(than=0)
                with psycopg.connect(url, options="-c role=hutong_owner") as long:
                    long.execute(LONG)
                    upgraded: list[str] = []
                    upgrade = threading.Thread(
                        target=lambda: upgraded.append(following.hutong("upgrade", **named).stderr)
                    )
                    upgrade.start()
                    while not waits(url) and upgrade.is_alive():
                        time.sleep(0.05)
                    for each in streams:
                        each.more(than=each.told["answered"] + 2)
                    assert upgrade.is_alive(), upgraded
                    long.rollback()
                upgrade.join()
                assert upgraded == [""]
                for each in streams:
                    each.more(than=each.told["answered"] + 2)
            finally:
                for each in streams:
                    each.end()
            with pytest.raises(schema.DatabaseNewer):
                schema.look(url)
        for each in streams:
            assert set(each.told) <= {"answered", "later"}, each.told


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Use a server in the block; the doors use it too."""
    server.start()
    try:
        yield server
    finally:
        server.stop()
        remove(server.folder)


def waits(url: str) -> bool:
    """Return whether somebody waits to change a table."""
    with psycopg.connect(url) as connection:
        return connection.execute(WAITS).fetchone() == (True,)
