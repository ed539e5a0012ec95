"""The log as anyone may read it, and the other open places."""

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from gateway_county import County, Door, now

from certifying import Authority
from hutong.audit import backups, clock, instance, machines, signing, tree, waiting
from hutong.backup.place import PlaceAway
from hutong.core import merkle, signed_note, tiles
from hutong.gateway import watching
from hutong.installation.watching import ClockUnkept
from hutong.plane import rulebook


def test_serves_the_log_as_tiles_under_a_signed_checkpoint(door: Door) -> None:
    leaves = [door.compare().json()["leaf"] for _ in range(3)]
    tree.integrate(door.county.db, now=now(), signer=door.county.log)
    note = httpx.get(f"{door.url}/log/checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    head = signed_note.Checkpoint.parse(door.county.log.public.open(note.text))
    tile = httpx.get(f"{door.url}/log/tile/0/000.p/{head.size}")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    hashes = [tile.content[at : at + 32] for at in range(0, len(tile.content), 32)]
    assert merkle.root(hashes) == head.root
    assert {each.hex() for each in hashes} >= set(leaves)
    bundle = httpx.get(f"{door.url}/log/tile/entries/000.p/{head.size}").content
    entries = tiles.decode_bundle(bundle, width=head.size)
    assert [merkle.leaf_hash(each) for each in entries] == hashes


def test_tells_that_the_log_does_not_reach_so_far(door: Door) -> None:
    for path in ("tile/0/000", "tile/0/x001/000", "tile/entries/000", "tile/3/000.p/1"):
        reply = httpx.get(f"{door.url}/log/{path}")
        assert (reply.status_code, reply.json()["code"]) == (404, "NO_SUCH_TILE")
    assert httpx.get(f"{door.url}/log/tile/0/1").status_code == 400
    assert httpx.get(f"{door.url}/log/checkpoint").json()["code"] == "LOG_EMPTY"


def test_has_no_proof_of_what_is_not_placed(door: Door) -> None:
    door.compare()
    tree.integrate(door.county.db, now=now(), signer=door.county.log)
    assert httpx.get(f"{door.url}/v1/proof?leaf={'0' * 64}").json()["code"] == "LEAF_NOT_PLACED"
    assert httpx.get(f"{door.url}/v1/proof?leaf=xyz").json()["code"] == "PARAMETER_UNREADABLE"


def counted(door: Door) -> Counter[str]:
    """Return what the gateway has counted so far."""
    lines = httpx.get(f"{door.url}/metrics").text.splitlines()
    told = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return Counter({name: float(value) for name, value in told})  # type: ignore[dict-item]


def well(door: Door) -> dict[str, object]:
    """Return what the gateway says of its health once it has looked and found that nothing waits long."""
    until = time.monotonic() + 60
    while True:
        integrate(door.county)
        told: dict[str, object] = httpx.get(f"{door.url}/health").json()
        if told["state"] == "ok" or time.monotonic() > until:
            return told
        time.sleep(0.5)


def test_describes_itself_and_its_health(door: Door) -> None:
    described = httpx.get(f"{door.url}/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert set(described["paths"]) >= {"/v1/compare", "/v1/query", "/v1/changes", "/v1/snapshot", "/v1/proof"}
    health = well(door)
    assert set(health.pop("waiting")) == {"entries", "seconds"}
    nobodys = {"platform": None, "instance": None}  # nobody has said whose this database is
    assert health == {"state": "ok", "log": door.county.log.verifier, "faults": [], "warnings": [], **nobodys}
    before = counted(door)
    door.compare()
    new = counted(door) - before
    assert new['hutong_replies_total{place="/v1/compare",status="200"}'] == 1.0
    assert new['hutong_questions_total{kind="compare"}'] == 1.0


def test_two_copies_of_one_county_are_told_apart(county_apart: County) -> None:
    platform, own = uuid4(), uuid4()
    with county_apart.db.transaction() as cur:
        instance.begin(cur, platform=platform, instance=own, now=now())
    health = httpx.get(f"{county_apart.start().url}/health").json()
    assert (health["platform"], health["instance"]) == (str(platform), str(own))


def test_words_that_depend_on_the_reader_say_so_to_caches(door: Door) -> None:
    for language, told in (("en", "en"), ("zh", "zh-CN")):
        reply = httpx.get(f"{door.url}/health", headers={"accept-language": language})
        assert (reply.headers["vary"], reply.headers["content-language"]) == ("Accept-Language", told)


@pytest.mark.parametrize("path", ["/health", "/metrics", "/openapi.json", "/log/checkpoint", "/log/tile/0/000"])
def test_no_open_place_takes_a_parameter_it_does_not_name(door: Door, path: str) -> None:
    reply = httpx.get(f"{door.url}{path}?x=1")
    assert (reply.status_code, reply.json()["code"]) == (400, "PARAMETER_UNREADABLE")


@pytest.mark.clause("SX-11-a")
def test_tells_that_the_log_is_stopped_and_what_waits(county_apart: County) -> None:
    door = county_apart.start()
    door.compare()
    problem = signing.HeadNotContinued(signed=350, stored=300)
    waiting.note(county_apart.db, state="stopped", fault=problem, now=now())
    time.sleep(watching.LIFE_SECONDS)

    health = httpx.get(f"{door.url}/health", headers={"accept-language": "en"}).json()
    assert health["state"] == "degraded"
    (fault,) = health["faults"]
    assert (fault["code"], fault["detail"]) == ("HEAD_NOT_CONTINUED", str(problem))
    assert "hutong audit epoch" in fault["advice"]
    measured = counted(door)
    assert (measured["hutong_log_stopped"], measured["hutong_log_failing"]) == (1.0, 0.0)
    assert measured["hutong_log_waiting_entries"] == health["waiting"]["entries"] > 0
    assert door.compare().status_code == 200  # answers go on


def test_serves_each_epoch_of_the_log_in_its_own_place(county_apart: County) -> None:
    door = county_apart.start()
    leaf = door.compare().json()["leaf"]
    integrate(county_apart)
    old = httpx.get(f"{door.url}/log/checkpoint").text
    size = signed_note.Checkpoint.parse(county_apart.log.public.open(old)).size
    with county_apart.db.transaction() as cur:
        cur.execute("insert into audit.epoch (number, first_seq) values (2, %s)", (size,))
    new = door.compare().json()["leaf"]
    integrate(county_apart)
    named = county_apart.log.named(f"{county_apart.log.name}/2")

    assert httpx.get(f"{door.url}/health").json()["log"] == named.verifier
    for place, key, about in (("", named, 1), ("epoch/2/", named, 1), ("epoch/1/", county_apart.log, size)):
        head = signed_note.Checkpoint.parse(
            key.public.open(httpx.get(f"{door.url}/log/{place}checkpoint").text)
        )  # fmt: skip
        tile = httpx.get(f"{door.url}/log/{place}tile/0/000.p/{about}").content
        hashes = [tile[at : at + 32] for at in range(0, len(tile), 32)]
        assert (head.size, merkle.root(hashes)) == (about, head.root)
    for each, key in ((leaf, county_apart.log), (new, named)):
        proof = httpx.get(f"{door.url}/v1/proof?leaf={each}").json()
        head = signed_note.Checkpoint.parse(key.public.open(proof["checkpoint"]))
        merkle.verify_inclusion(
            leaf=bytes.fromhex(each), index=proof["index"], size=head.size, expected_root=head.root,
            proof=[bytes.fromhex(hash_) for hash_ in proof["hashes"]],
        )  # fmt: skip
    for path in ("epoch/3/checkpoint", "epoch/3/tile/0/000.p/1"):
        assert httpx.get(f"{door.url}/log/{path}").json()["code"] == "NO_SUCH_EPOCH"


def integrate(county: County) -> None:
    tree.integrate(county.db, now=now(), signer=county.log)


def test_says_what_is_not_there_and_what_is_not_taken(door: Door) -> None:
    nothing = httpx.get(f"{door.url}/v2/compare")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "NO_SUCH_PLACE")
    wrong = httpx.post(f"{door.url}/health")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_says_which_method_a_signed_place_takes(door: Door) -> None:
    for method, path, allowed in (
        ("GET", "/v1/compare", "POST"),
        ("HEAD", "/v1/query", "POST"),
        ("POST", "/v1/changes", "GET"),
        ("POST", "/v1/deliveries/d1", "PUT"),
    ):
        reply = httpx.request(method, f"{door.url}{path}")
        assert (reply.status_code, reply.headers["allow"]) == (405, allowed)
    assert httpx.get(f"{door.url}/v1/compare").json()["code"] == "METHOD_NOT_ALLOWED"
    assert httpx.get(f"{door.url}/v1/compare/").status_code == 404


def test_its_health_says_what_is_wanting_of_the_protection_of_evidence(county: County) -> None:
    integrate(county)  # what waits for a minute is a fault
    one = county.start(warnings=("ONE_LOGIN", "ONE_SYSTEM_USER"))
    told = httpx.get(f"{one.url}/health", headers={"accept-language": "en"}).json()
    assert (told["state"], told["faults"]) == ("ok", [])
    assert [each["code"] for each in told["warnings"]] == ["ONE_LOGIN", "ONE_SYSTEM_USER"]
    assert told["warnings"][0]["detail"].startswith("All doors log in to the database with one login")
    assert all(each["advice"] for each in told["warnings"])


@pytest.mark.clause("SX-11-a")
def test_tells_of_disk_certificate_and_clock_before_they_fail(county_apart: County, tmp_path: Path) -> None:
    pem, _ = Authority.made(tmp_path).certify("county.example", days=5)
    with county_apart.db.transaction() as cur:
        rulebook.keep(cur, {"watch.disk_percent": 100}, version=1, from_date=date(2020, 1, 1))
        machines.note(cur, [ClockUnkept(machine="m2")], machine="m2", looked_for=(ClockUnkept,), now=now())
    integrate(county_apart)
    door = county_apart.start(disks={"data": tmp_path}, certificate=pem)

    health = httpx.get(f"{door.url}/health", headers={"accept-language": "en"}).json()
    assert health["state"] == "ok"
    told = {each["code"]: each for each in health["warnings"]}
    assert list(told) == ["DISK_FILLING", "CERTIFICATE_ENDING", "CLOCK_UNKEPT"]
    assert told["DISK_FILLING"]["detail"].startswith("On the disk of the data folder ")
    assert "CN=county.example" in told["CERTIFICATE_ENDING"]["detail"]
    assert "the machine m2" in told["CLOCK_UNKEPT"]["detail"]
    assert all(each["advice"] for each in told.values())
    measured = counted(door)
    assert measured['hutong_disk_free_bytes{disk="data"}'] > 0
    assert measured['hutong_certificate_ends_seconds{name="CN=county.example"}'] > time.time() + 4 * 86400
    assert measured['hutong_machine_wanting{code="CLOCK_UNKEPT"}'] == 1.0
    assert measured['hutong_machine_wanting{code="CLOCK_APART"}'] == 0.0
    assert measured['hutong_clock_apart_seconds{source="database"}'] == 0.0  # the training clock is another thing


def test_tells_that_no_worker_runs(county_apart: County) -> None:
    integrate(county_apart)  # what waits for it is another thing, and on a busy machine it waits long
    door = county_apart.start()
    assert httpx.get(f"{door.url}/health").json()["faults"] == []  # nor ever did
    clock.watch(county_apart.db, now=now() - timedelta(minutes=5))
    time.sleep(watching.LIFE_SECONDS)
    health = httpx.get(f"{door.url}/health").json()
    assert (health["state"], [each["code"] for each in health["faults"]]) == ("degraded", ["WORKER_AWAY"])
    assert "没有后台进程运行" in health["faults"][0]["detail"]
    clock.watch(county_apart.db, now=now())
    integrate(county_apart)
    time.sleep(watching.LIFE_SECONDS)
    assert httpx.get(f"{door.url}/health").json()["state"] == "ok"


@pytest.mark.full
@pytest.mark.clause("SX-10-b")
def test_what_takes_the_database_too_long_is_refused_at_an_open_place(county_apart: County) -> None:
    door = county_apart.start()
    with psycopg.connect(county_apart.database_url) as other:
        other.execute("set role hutong_owner")
        other.execute("lock table audit.checkpoint in access exclusive mode")
        reply = httpx.get(f"{door.url}/log/checkpoint", timeout=60, headers={"accept-language": "en"})
        other.rollback()
    told = reply.json()
    assert (reply.status_code, told["code"], reply.headers["retry-after"]) == (503, "TAKES_TOO_LONG", "1")
    assert "shorter period" in told["advice"]
    assert httpx.get(f"{door.url}/log/checkpoint", timeout=60).json()["code"] == "LOG_EMPTY"


@pytest.mark.clause("SX-11-a", "IS-4.3")
def test_tells_what_is_wanting_of_the_backups(county_apart: County) -> None:
    with county_apart.db.transaction() as cur:
        rulebook.keep(cur, {"watch.disk_percent": 0, "watch.disk_bytes": 0}, version=1, from_date=date(2020, 1, 1))
        backups.note_archiving(
            cur, folder="/mnt/second", embedded=True, received_at=datetime.now(UTC), waiting=0,
            wanting=[PlaceAway(folder="/mnt/second")], seen_at=datetime.now(UTC),
        )  # fmt: skip
    integrate(county_apart)
    door = county_apart.start()
    health = httpx.get(f"{door.url}/health", headers={"accept-language": "en"}).json()
    told = {each["code"]: each for each in health["warnings"]}
    assert (health["state"], list(told)) == ("ok", ["PLACE_AWAY", "BACKUP_MISSING"])
    assert "/mnt/second" in told["PLACE_AWAY"]["detail"] and "hutong backup --anew" in told["PLACE_AWAY"]["advice"]
    measured = counted(door)
    assert measured['hutong_backup_wanting{code="PLACE_AWAY"}'] == 1.0
    assert measured['hutong_backup_wanting{code="PLACE_FULL"}'] == 0.0
