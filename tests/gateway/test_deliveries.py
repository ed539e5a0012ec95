"""A provider's system delivers a file over HTTP."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import answering
import httpx
import pytest
import telling_files
from gateway_county import County, Door, Standing

from hutong.plane import grants
from hutong.plane.delivery import spool_folder

ROWS = b"id,name,income,street,born,children\n" + b"".join(
    f"33010020000101{number:04},李{number},{number}.00,新街,2000-01-01,1\n".encode() for number in range(30)
)
QUERY = "resource=people&kind=snapshot&rows=30&format=csv"


def provided(county: County) -> None:
    """Make the asking system one of the provider's."""
    with county.db.transaction() as cur:
        cur.execute("update plane.system set unit = %s where id = 'sys-a'", (answering.PROVIDER,))


def put(door: Door, body: bytes, *, key: str = "d1", query: str = QUERY, sent: bytes | None = None) -> httpx.Response:
    headers = door.signed("PUT", f"/v1/deliveries/{key}", body, query=query)
    return httpx.put(f"{door.url}/v1/deliveries/{key}?{query}", content=sent or body, headers=headers, timeout=60)


@pytest.fixture
def delivering(county: County, door: Door) -> Door:
    """The gateway that stands, before a county whose asking system is the provider's."""
    provided(county)
    return door


def a_door(county: County) -> Door:
    spool = county.folder / "spool"
    spool.mkdir()
    return county.start(spool=spool)


def test_loads_what_the_provider_delivers_and_answers_the_same_again(delivering: Door, standing: Standing) -> None:
    first = put(delivering, ROWS)
    assert first.status_code == 200, first.text
    receipt = first.json()
    assert (receipt["state"], receipt["sent"], receipt["accepted"]) == ("loaded", 30, 30)
    assert put(delivering, ROWS).json() == receipt
    assert put(delivering, ROWS + b"x").json()["code"] == "DELIVERY_CONFLICT"
    assert [each.name for each in standing.spool.iterdir()] == [spool_folder.RECEIVING]
    assert all(ROWS[:20] not in place.read_bytes() for place in (standing.spool / spool_folder.RECEIVING).iterdir())


@pytest.mark.clause("SX-04-f")
def test_refuses_a_body_that_is_not_the_signed_one(delivering: Door) -> None:
    reply = put(delivering, ROWS, sent=ROWS[:-1] + b"2")
    assert (reply.status_code, reply.json()["code"]) == (401, "DIGEST_MISMATCH")
    assert put(delivering, ROWS).status_code == 200  # nothing of the other stayed under this key


def test_enters_that_it_refused_a_manifest_nobody_can_read(county: County, delivering: Door) -> None:
    reply = put(delivering, ROWS, query="resource=people&kind=all&rows=30")
    assert (reply.status_code, reply.json()["code"]) == (400, "PARAMETER_UNREADABLE")
    with county.db.transaction() as cur:
        (entered,) = cur.execute("select event from audit.entry where id = %s", (reply.json()["entry"],)).fetchall()
    assert entered == ("plane.refused",)


@pytest.mark.clause("SX-06-b")
def test_refuses_whom_the_resource_is_not_of(county: County) -> None:
    door = a_door(county)
    reply = put(door, ROWS)
    assert (reply.status_code, reply.json()["code"]) == (404, "NOT_YOURS_TO_DELIVER")
    assert reply.json()["entry"]


@pytest.mark.clause("SX-06-a", "HN-07")
def test_takes_nothing_of_a_withdrawn_resource_and_reads_nothing_of_it(county: County, delivering: Door) -> None:
    with county.db.transaction() as cur:
        grants.withdraw(cur, code="people", reason="", now=answering.NOW, by="chief")
    reply = put(delivering, ROWS, sent=ROWS[:-1] + b"2")  # whose digest would be told, had it been read
    assert (reply.status_code, reply.json()["code"]) == (403, "DELIVERY_TO_WITHDRAWN")
    assert reply.json()["detail"] == "资源 people 已于 2026-03-02 从目录撤销，不再接收数据。"
    assert reply.json()["entry"]
    with county.db.transaction() as cur:
        assert cur.execute("select from plane.delivery where key = 'd1'").fetchall() == []


def test_takes_no_more_than_the_bound_and_nothing_unsigned(county: County) -> None:
    provided(county)
    county.given = replace(county.given, delivery_bytes=100)
    door = a_door(county)
    assert put(door, ROWS).status_code == 413
    assert httpx.put(f"{door.url}/v1/deliveries/d1?{QUERY}", content=ROWS).status_code == 401


def test_a_delivery_that_takes_long_keeps_nobody_else_waiting(county: County) -> None:
    provided(county)
    county.given = replace(county.given, connections=1)
    door = a_door(county)
    replies: list[httpx.Response] = []
    with county.db.transaction() as cur:
        cur.execute("select from plane.resource where code = 'people' for update")  # loading waits for this
        delivering = threading.Thread(target=lambda: replies.append(put(door, ROWS)))
        delivering.start()
        waits = (  # what others wait for is not shown to the owner in pg_stat_activity
            "select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()"
        )
        for _ in range(100):
            if cur.execute(waits).fetchall():
                break
            cur.execute("select pg_sleep(0.1), pg_stat_clear_snapshot()")
        assert door.get("/v1/grants").status_code == 200
        assert not replies
    delivering.join()
    assert [reply.status_code for reply in replies] == [200]


@pytest.mark.parametrize(
    ("write", "every"),
    [(telling_files.text, telling_files.OF_TEXT), (telling_files.workbook, telling_files.OF_WORKBOOKS)],
    ids=["text", "workbook"],
)
def test_the_reply_tells_all_that_is_told_of_a_file_in_the_words_of_every_door(
    write: Callable[..., Path], every: list[str], delivering: Door, tmp_path: Path
) -> None:
    path = write(tmp_path / "a", [item.name for item in answering.PEOPLE.items], at=3)
    records = telling_files.read(path, answering.PEOPLE, every).records
    format = "csv" if write is telling_files.text else "xlsx"
    query = f"resource=people&kind=snapshot&rows={records}&format={format}"
    told = put(delivering, path.read_bytes(), query=query).json()["read"]["told"]
    assert told == telling_files.told(path, answering.PEOPLE, every, "zh")


def test_the_reply_says_what_was_read_in_the_readers_language_and_a_refusal_too(delivering: Door) -> None:
    told = put(delivering, ROWS).json()["read"]
    assert told["report"]["records"] == 30
    assert told["told"][0] == "文本文件（CSV），UTF-8 编码，列之间以逗号分隔。"
    lies = put(delivering, ROWS + ROWS.splitlines(keepends=True)[1], key="lies")
    assert (lies.status_code, lies.json()["code"]) == (403, "MANIFEST_LIES")
    assert lies.json()["read"]["report"]["records"] == 31
    assert "自表头起有内容的共 32 行，读取记录 31 条。" in lies.json()["read"]["told"]
