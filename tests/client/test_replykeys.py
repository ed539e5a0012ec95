"""The key of replies is changed: an old client goes on by statement, and each changes its pin in its own time."""

import base64
import re
import shutil
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from gateway_county import County, Door, now
from test_client import opened

from hutong.audit import key_changes
from hutong.audit.keyfiles import KeyFiles
from hutong.client.replykeys import ReplyKeyring
from hutong.client.wire import ReplyNotTrusted
from hutong.core import reply_keys
from hutong.core.leaves import moment
from hutong.core.lifecycle import Seat
from hutong.core.reply_keys import ReplyKeyChange
from hutong.core.signed_note import LogSigner, Verifier

CLAIM = [(["330100200001010001"], {"name": "张1"})]
DAY = timedelta(days=1)


@pytest.fixture
def files(county_apart: County, tmp_path: Path) -> KeyFiles:
    folder = tmp_path / "keys"
    folder.mkdir()
    shutil.copy(county_apart.given.reply_key_path, folder / "reply.seed")
    files = KeyFiles(folder, "reply", f"{county_apart.given.log_name}/replies")
    files.public(1).write_text(files.signer(1).verifier)
    return files


def change(county: County, files: KeyFiles, *, ago: timedelta = timedelta(), days: int = 1) -> None:
    """Change the key as two officers did some time ago."""
    at = now() - ago
    facts = {"kind": "replies", "files": files, "days": days, "reason": "年度更换", "now": at}
    number = key_changes.request(county.db, by="one", seats={Seat("operator", "")}, **facts)
    key_changes.approve(county.db, id=number, files=files, by="two", seats={Seat("auditor", "")}, now=at)


def started(county: County, files: KeyFiles) -> Door:
    return county.start(reply_key_path=files.seed(1))


def pins(files: KeyFiles) -> list[str]:
    return [base64.b64encode(Verifier.parse(each).public_key).decode() for each in files.vkeys]


def signed_by(door: Door, **how: object) -> str:
    return re.search('keyid="([^"]*)"', door.compare(**how).headers["signature-input"])[1]


def wait_for(door: Door, keyid: str, *, asked: str = "") -> None:
    """Wait until the gateway has looked which keys there are."""
    for _ in range(100):
        headers = door.signed("POST", "/v1/compare", BODY) | {"accept-signature": asked}
        if f'keyid="{keyid}"' in door.post("/v1/compare", BODY, headers).headers["signature-input"]:
            return
        time.sleep(0.1)
    raise AssertionError(keyid)


BODY = b'{"grant":"g1","claims":[{"key":["330100200001010001"],"values":{"name":"x"}}]}'


@pytest.mark.clause("IS-4.1-b")
def test_in_the_overlap_old_and_new_pin_are_both_answered_and_a_foreign_client_notices_nothing(
    county_apart, files, tmp_path
):
    change(county_apart, files, days=30)
    door = started(county_apart, files)
    old, new = pins(files)
    wait_for(door, f"{county_apart.given.log_name}/replies/2", asked=f'sig1=();keyid="{new}"')

    assert signed_by(door) == county_apart.given.log_name
    for pin in (old, new):
        with opened(door, tmp_path / "state.json", platform_key=pin) as hutong:
            assert hutong.compare("g1", CLAIM).verdicts == [{"name": "match"}]


@pytest.mark.clause("IS-4.1-b")
def test_after_the_end_the_new_key_signs_the_old_one_is_put_away_and_the_old_pin_leads_on(
    county_apart, files, tmp_path
):
    change(county_apart, files, ago=2 * DAY)
    door = started(county_apart, files)
    wait_for(door, f"{county_apart.given.log_name}/replies/2")
    for _ in range(100):
        if files.seed(1).read_bytes() == b"":
            break
        time.sleep(0.1)
    else:
        raise AssertionError("the old key was not put away")

    for pin in pins(files):
        with opened(door, tmp_path / "state.json", platform_key=pin) as hutong:
            for _ in range(2):
                assert hutong.compare("g1", CLAIM).verdicts == [{"name": "match"}]
    again = started(county_apart, files)  # without the old key
    assert signed_by(again) == f"{county_apart.given.log_name}/replies/2"


@pytest.mark.clause("IS-4.1-b")
def test_whose_pin_nothing_leads_on_from_trusts_no_reply(county_apart, files, tmp_path):
    change(county_apart, files, ago=2 * DAY)
    door = started(county_apart, files)
    stranger = base64.b64encode(bytes(32)).decode()
    with opened(door, tmp_path / "state.json", platform_key=stranger) as hutong, pytest.raises(ReplyNotTrusted):
        hutong.compare("g1", CLAIM)


@pytest.mark.clause("IS-4.1-b")
def test_every_key_is_published_with_its_days_and_the_statement_that_leads_to_it(county_apart, files):
    change(county_apart, files, days=30)
    door = started(county_apart, files)

    told = httpx.get(f"{door.url}/v1/reply-keys").json()

    name, (old, new) = county_apart.given.log_name, pins(files)
    assert [(each["keyid"], each["key"]) for each in told["keys"]] == [(name, old), (f"{name}/replies/2", new)]
    first, second = told["keys"]
    assert first["from_at"] is second["until_at"] is None
    (said,) = (ReplyKeyChange.opened(each) for each in told["statements"])
    assert [str(said.old), str(said.new)] == files.vkeys


def test_a_key_ring_follows_by_statement_alone_and_takes_the_old_key_until_its_end():
    old, new, thief = (LogSigner.from_seed("l/replies", bytes([n]) * 32) for n in (1, 2, 3))
    end = now() + DAY
    ring = ReplyKeyring(base64.b64encode(old.public.public_key).decode())
    forged = reply_keys.statement(thief, new, from_at=moment(now()), until_at=moment(end))
    assert not ring.follow([forged, "nothing"])
    assert ring.trusted(now=now()) == [old.public.public_key]
    assert ring.follow([forged, reply_keys.statement(old, new, from_at=moment(now()), until_at=moment(end))])
    assert ring.trusted(now=end - DAY / 2) == [old.public.public_key, new.public.public_key]
    assert ring.trusted(now=end) == [new.public.public_key]
