"""The auditor asks who used data about a subject; nobody else does, and what was typed is kept nowhere."""

import re
from datetime import timedelta

import psycopg
import pytest
from acting import NOW, County
from desks import at, entered, hire, sheets, words

from hutong.audit import log
from hutong.audit.events import USAGE
from hutong.audit.subjects import gathered, root
from hutong.plane import subjects
from hutong.plane.keys import Keyring
from hutong.web import plane

HERE = "/zh/desk/records/subject/"
PERSON, OTHER = "330100200001010001", "33010020000101002X"


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands an hour after the county was made."""
    with at(NOW + timedelta(hours=1)):
        yield


@pytest.fixture
def read(county: County, tmp_path, monkeypatch) -> County:
    """The county with an auditor, and with the keys that digests are made with."""
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)
    hire(county, "auditor", "陈静", unit=county.civil, roles=("auditor",))
    return county


@pytest.fixture
def used(read: County) -> County:
    """The county after sixty uses, each about one person, half of them about another too."""
    county = read
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened, opened.cursor() as cur:
        for number in range(60):
            listed = [PERSON, OTHER] if number % 2 else [PERSON]
            whom = gathered([subjects.everywhere(plane.keyring(), each)[0] for each in listed])
            record = {
                **dict.fromkeys(USAGE), "unit": county.civil, "user": f"用户{number:02}", "mode": "compare",
                "resource": county.code, "items": ["name"], "result": "OK" if number else "REPLAYED",
                "subjects": root(whom),
            }  # fmt: skip
            at_ = NOW - timedelta(days=60 - number)
            log.append(cur, [log.LogEntry("plane.compared", at_, record, county.civil, county.police, subjects=whom)])
    return county


def asked(**given: str) -> str:
    return words(entered("auditor").post(HERE, given))


@pytest.mark.clause("SX-10-b")
def test_the_auditor_pages_through_the_uses_of_a_subject_and_narrows_them(used):
    client, found = entered("auditor"), []
    answer = client.post(HERE, {"identifier": f" {PERSON} "})
    while True:
        page = answer.content.decode()
        assert "共有记录 60 条" in page
        assert PERSON not in page
        found += re.findall(r"用户\d\d", page)
        below = page.rpartition('class="pager"')[2] if 'class="pager"' in page else ""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', below))
        onward = re.search(r'name="before" value="(\d+)"', below)
        if onward is None:
            break
        answer = client.post(HERE, {**hidden, "before": onward[1]})
    assert [name for name, after in zip(found, [*found[1:], ""], strict=True) if name != after] == [
        f"用户{number:02}" for number in reversed(range(60))
    ]
    assert "共有记录 30 条" in asked(identifier=OTHER.lower())
    assert "共有记录 1 条" in asked(identifier=PERSON, result="refused")
    assert "没有符合条件的记录" in asked(identifier="330100200001019999")
    first = (NOW - timedelta(days=60)).date()
    assert "共有记录 2 条" in asked(identifier=PERSON, until_date=f"{first + timedelta(days=1)}")


def test_the_uses_of_a_subject_are_handed_out_with_all_their_pages(used):
    answer = entered("auditor").post(HERE, {"identifier": PERSON, "export": "1", "resource": used.code})
    whole = str(sheets(answer))
    assert [f"用户{number:02}" in whole for number in range(60)] == [True] * 60
    assert whole.count("plane.compared") == 60
    assert PERSON not in whole


def test_what_was_typed_is_in_no_entry_and_each_look_is(used):
    for identifier in (PERSON, "330100200001019999"):
        asked(identifier=identifier)
    with psycopg.connect(used.url, options="-c role=hutong_owner") as opened:
        entries = opened.execute("select record from audit.entry where event = 'audit.subject_read'").fetchall()
        (whole,) = opened.execute("select string_agg(e::text, '') from audit.entry e").fetchone()
    assert len(entries) == 2
    assert (PERSON in whole, "330100200001019999" in whole) == (False, False)


def test_what_cannot_be_read_is_said_beside_the_form(read):
    assert "主体标识" in asked(identifier=" ")
    assert "开始日期" in asked(identifier=PERSON, from_at="31")
    assert entered("auditor").post(HERE, {"about": "0" * 31}).status_code == 422
    assert entered("auditor").post(HERE, {"identifier": "1", "resource": "none"}).status_code == 404


def test_the_page_is_the_auditors_alone_and_the_list_leads_to_it(read):
    assert entered("consumer").get(HERE).status_code == 403
    assert entered("consumer").post(HERE, {"identifier": PERSON}).status_code == 403
    for username, stands in (("auditor", True), ("consumer", False)):
        assert ("按主体查使用" in words(entered(username).get("/zh/desk/records/"))) is stands


def test_nobody_else_takes_a_file_along_or_is_told_what_the_form_lacks_and_nothing_is_entered(read):
    def entered_so_far() -> int:
        with psycopg.connect(read.url, options="-c role=hutong_owner") as opened:
            (count,) = opened.execute(
                "select count(*) from audit.entry where event in ('audit.subject_read', 'audit.list_exported')"
            ).fetchone()
        return int(count)

    client, before = entered("consumer"), entered_so_far()
    for form in ({"identifier": PERSON, "export": "1"}, {"identifier": " "}, {"identifier": "1", "resource": "none"}):
        assert client.post(HERE, form).status_code == 403
    assert entered_so_far() == before
