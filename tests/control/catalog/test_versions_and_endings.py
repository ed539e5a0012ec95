"""What was published stays as it was; an entry is withdrawn, and a change given up, whatever is under way."""

from datetime import date
from hashlib import sha256

import psycopg
import pytest
from acting import NOW, PASSWORD, County, entries
from outcomes import result_of

from hutong.control.catalog import operations, queries
from hutong.control.catalog.models import Change, Version
from hutong.control.procedures import handling, passes
from hutong.control.procedures.models import Clock, Step, Turn
from hutong.control.procedures.rules import OtherSideTaken
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import queries as sharing
from hutong.control.sharing import stopping
from hutong.control.units import deputies
from hutong.control.units import operations as members
from hutong.core import canonical

UNDER_WAY = ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED")
WHY = "信息资源已从目录撤销：依据已废止"


def changed(county: County, *, to: str = "DRAFT", **changes: object) -> str:
    """Begin a change of the county's resource, bring it up to a state and return its number."""
    no = county.begin_change()
    operations.edit(no, changes=changes or {"abstract": "新的摘要。"}, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="SUBMITTED" if to == "RETURNED" else to)
    if to == "RETURNED":
        county.take_change(no, "return", by="approver", reason="摘要不清")
    return no


def published(county: County) -> dict[int, tuple[bytes, str]]:
    """Return the body of each version of the county's resource, with its digest."""
    numbers = [version.number for version in queries.versions(county.code)]
    found = {number: queries.version(county.code, number) for number in numbers}
    return {number: (queries.body(version), version.digest) for number, version in found.items()}


@pytest.mark.clause("SX-04-a")
@pytest.mark.parametrize("state", UNDER_WAY)
def test_whatever_has_come_of_a_change_the_entry_is_withdrawn_and_its_unit_can_be_stopped(county, state):
    opened = county.draft()
    county.walk(opened, to="FILED")
    no = changed(county, to=state)
    assert result_of(county.withdraw) == "WITHDRAWN"
    assert Change.objects.get(no=no).state == "DROPPED"
    ended = Step.objects.get(lifecycle="catalog.change", case=no, action="end")
    assert (ended.by, ended.reason) == ("authority", WHY)
    assert not Turn.objects.filter(case__in=(no, county.code)).exists()
    assert not Clock.objects.filter(case=no, ended_at__isnull=True).exists()
    assert [grant.state for grant in sharing.grants(county.actor("consumer"))] == ["revoked"]
    stopping.stop(county.police, reason="机构撤并", now=NOW, by="operator")
    assert passes.check_turns(now=NOW) == {}


@pytest.mark.clause("SX-04-a")
def test_who_has_a_change_in_hand_does_not_keep_its_entry_from_being_withdrawn(county):
    authority = county.actor("authority")
    members.add_officer(
        username="second", password=PASSWORD, name="周敏", unit=authority.unit, roles=["authority"], now=NOW, by="init"
    )
    no = changed(county, to="REGISTERED")
    handling.take_over(operations.CHANGES, no, actor=county.actor("second"), now=NOW)
    assert result_of(county.withdraw) == "WITHDRAWN"
    assert Change.objects.get(no=no).state == "DROPPED"


@pytest.mark.clause("SX-04-a")
def test_where_the_office_asks_for_hands_the_change_goes_on_until_the_last_of_them(county):
    authority = county.actor("authority")
    for username in ("second", "third"):
        members.add_officer(
            username=username, password=PASSWORD, name=username, unit=authority.unit, roles=["authority"], now=NOW,
            by="init",
        )  # fmt: skip
    rulebook.change(
        {"hands.catalog.entry.withdraw": True}, from_date=date(2026, 3, 2), reason="办文规定", actor=authority, now=NOW
    )
    no = changed(county, to="SUBMITTED")
    assert [county.withdraw(by=who) for who in ("authority", "second")] == ["PUBLISHED", "PUBLISHED"]
    assert county.take_change(no, "register", by="approver") == "REGISTERED"
    assert county.withdraw(by="third") == "WITHDRAWN"
    assert Change.objects.get(no=no).state == "DROPPED"


def test_without_their_entries_in_the_log_neither_entry_nor_change_ends(county, log_down):
    no = changed(county, to="SUBMITTED")
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        county.withdraw()
    assert (queries.entry(county.code).state, Change.objects.get(no=no).state) == ("PUBLISHED", "SUBMITTED")


@pytest.mark.clause("SX-05-b")
@pytest.mark.parametrize("state", ["DRAFT", "SUBMITTED", "RETURNED"])
def test_a_change_that_its_provider_drops_leaves_what_is_published_untouched(county, state):
    before = published(county)
    no = changed(county, to=state, name="户籍人口信息", sharing_type=3, sharing_basis="《某条例》")
    assert result_of(county.take_change, no, "drop", by="editor") == "DROPPED"
    assert (published(county), queries.entry(county.code).state) == (before, "PUBLISHED")
    assert (queries.published(county.code).name, queries.under_way(county.code)) == ("人口基本信息", None)
    assert county.draft()
    assert queries.change(county.begin_change()).name == "人口基本信息"


@pytest.mark.clause("SX-05-b")
def test_a_change_that_begins_on_what_is_published_has_ten_days_from_there(county):
    no = county.begin_change()
    clocks = [(clock.name, clock.amount, clock.from_at, clock.step) for clock in Clock.objects.filter(case=no)]
    assert clocks == [("change", 10, NOW, None)]
    county.bring_change(no, to="SUBMITTED")
    county.take_change(no, "take_back", by="editor")
    running = {each.name for each in Clock.objects.filter(case=no) if each.late_at is not None}
    assert running == {"change"}


@pytest.mark.clause("SX-04-a", "SX-05-a")
def test_versions_are_read_back_byte_for_byte_whatever_was_published_since(county):
    first = published(county)
    changed(county, to="PUBLISHED", name="户籍人口信息", sharing_condition="限政务服务")
    second = published(county)
    changed(county, to="PUBLISHED", abstract="第三版的摘要。", format=2)
    county.withdraw()
    third = published(county)
    assert (first.keys(), second.keys(), third.keys()) == ({1}, {1, 2}, {1, 2, 3})
    assert (third[1], third[2]) == (first[1], second[2])
    assert all(sha256(body).hexdigest() == digest for body, digest in third.values())
    said = [canonical.loads(third[number][0]) for number in (1, 2, 3)]
    assert [(each["version"], each["name"], each["sharing_condition"], each["format"]) for each in said] == [
        (1, "人口基本信息", "", 3), (2, "户籍人口信息", "限政务服务", 3), (3, "户籍人口信息", "限政务服务", 2),
    ]  # fmt: skip
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record::jsonb ->> 'digest' from audit.entry where event = %s order by id",
                              ["catalog.version_published"]).fetchall()  # fmt: skip
    assert [digest for (digest,) in rows] == [third[number][1] for number in (1, 2, 3)]
    assert entries(county.url, "catalog.entry_moved") == 2


@pytest.mark.clause("SX-04-a")
@pytest.mark.parametrize(
    "doing",
    [lambda found: found.update(abstract="后来改的。"), lambda found: found._raw_delete(found.db)],
    ids=["altered", "deleted"],
)
def test_no_door_alters_or_deletes_what_was_published(county, doing):
    before = published(county)
    with pytest.raises(Exception, match="permission denied for table catalog_version"):
        doing(Version.objects.filter(entry__code=county.code))
    assert published(county) == before


@pytest.mark.clause("D-24")
def test_who_submitted_a_change_does_not_end_it_as_the_authority(county):
    no = changed(county, to="SUBMITTED")
    deputies.name(
        role="authority", unit=county.seat("authority").unit, username="editor", until_date=date(2026, 6, 30),
        reason="人手不足", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    Turn.objects.filter(case=no).update(late_at=NOW)
    with pytest.raises(OtherSideTaken):
        county.take_change(no, "stop", by="editor", reason="逾期")
    assert county.take_change(no, "stop", by="authority", reason="逾期") == "DROPPED"
