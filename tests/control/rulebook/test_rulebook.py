"""Limits are changed by the authority alone, from a day on, and every version stays readable (SX-17, D-8)."""

import json
from datetime import date, timedelta
from itertools import product

import psycopg
import pytest
from acting import NOW, entries
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.control.rulebook import operations, queries, reading, rules
from hutong.control.rulebook.models import Version
from hutong.core import beijing, defaults
from hutong.core.limits import LimitBeyondWhole, LimitOfAnotherKind, LimitOutOfBounds, LimitUnknown
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import rulebook as plane

TODAY = beijing.day(NOW)
REGION = "330523"
FILING, REPLY, DELETED = "sharing.filing_days", "sharing.provider_days", "delivery.deleted_percent"


def change(county, values=None, *, by="authority", days=0, **given):
    given = {"from_date": TODAY + timedelta(days=days), "reason": "县数局〔2026〕1号", "now": NOW, **given}
    return operations.change(values or {REPLY: 3}, actor=county.actor(by), **given)


def last_record(url):
    with psycopg.connect(url, options="-c role=hutong_owner") as opened:
        query = "select record from audit.entry where event = 'rulebook.changed' order by id desc limit 1"
        ((text,),) = opened.execute(query)
    return json.loads(text)


@pytest.mark.clause("SX-17", "D-8")
def test_as_delivered_every_value_is_the_default(county):
    book = queries.in_force(TODAY)

    assert (book.version, book.region) == (0, "")
    assert book.values() == {name: limit.value for name, limit in defaults.LIMITS.items()}
    assert (book.number(FILING), book.value("lead.rule"), book["hands.catalog.change.publish"]) == (5, "A", False)
    assert not book.on("hands.catalog.change.publish")
    assert book.of("sharing.endorse_days").limit.proposed


def test_a_name_it_does_not_have_is_refused(county):
    with pytest.raises(LimitUnknown):
        queries.in_force(TODAY).value("sharing.filing_hours")
    with pytest.raises(LimitUnknown):
        change(county, {"sharing.filing_hours": 3})


@pytest.mark.clause("SX-17")
def test_a_change_holds_from_its_day_and_says_from_which_version(county):
    number = change(county, {REPLY: 3, FILING: 4}, days=10)

    eve, day = queries.in_force(TODAY + timedelta(days=9)), queries.in_force(TODAY + timedelta(days=10))
    assert (eve.version, eve.number(REPLY)) == (0, 5)
    assert (day.version, day.number(REPLY), day.number(FILING)) == (number, 3, 4) == (1, 3, 4)
    assert day.of(REPLY).from_date == TODAY + timedelta(days=10)
    assert day.of("sharing.supply_days").version == 0


@pytest.mark.clause("SX-17")
def test_a_change_is_one_entry_with_before_after_and_digest(county):
    change(county, {REPLY: 3, FILING: 5})

    assert entries(county.url, "rulebook.changed") == 1
    record = last_record(county.url)
    assert (record["before"], record["after"]) == ({REPLY: 5}, {REPLY: 3})
    assert (record["version"], record["region"], record["by"]) == (1, None, "authority")
    assert record["digest"] == queries.version(1).digest


def test_if_the_entry_cannot_be_written_nothing_is_changed(county, log_down):
    log_down(county.url)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        change(county)

    connection.rollback()
    assert queries.in_force(TODAY).version == 0


@pytest.mark.clause("SX-17")
@pytest.mark.parametrize("by", ["operator", "editor", "approver", "consumer", "competent"])
def test_nobody_but_the_authority_changes_it(county, by):
    with pytest.raises(rules.RulebookNotYours):
        change(county, by=by)
    assert queries.versions() == []


@pytest.mark.parametrize(
    ("values", "given", "refusal"),
    [
        ({"audit.usage_years": 4}, {}, LimitOutOfBounds),
        ({FILING: 6}, {}, LimitOutOfBounds),
        ({"sharing.supply_days": 21}, {}, LimitOutOfBounds),
        ({"sharing.conditional_days": 11}, {}, LimitOutOfBounds),
        ({REPLY: 11}, {}, LimitBeyondWhole),
        ({"attachments.case_bytes": 19 << 20}, {}, LimitBeyondWhole),
        ({FILING: "4"}, {}, LimitOfAnotherKind),
        ({"hands.catalog.change.publish": 1}, {}, LimitOfAnotherKind),
        ({REPLY: 3}, {"from_date": TODAY - timedelta(days=1)}, rules.ChangeBackdated),
        ({REPLY: 3}, {"reason": " "}, rules.ChangeWithoutReason),
        ({REPLY: 5}, {}, rules.NothingChanged),
        ({REPLY: 3}, {"region": "33052"}, rules.RegionUnreadable),
        ({DELETED: 3}, {"region": REGION}, rules.LimitNotRegional),
    ],
)
def test_refuses_what_cannot_be_made_a_version(county, values, given, refusal):
    with pytest.raises(refusal):
        change(county, values, **given)
    assert queries.versions() == []
    assert entries(county.url, "rulebook.changed") == 0


@pytest.mark.parametrize("where", ["later", "in a region"])
def test_a_part_is_not_more_than_its_whole_later_or_in_a_region_either(county, where):
    given = {"from_date": TODAY + timedelta(days=9)} if where == "later" else {"region": REGION}
    change(county, {"sharing.conditional_days": 6, "sharing.provider_unsupplied_days": 6}, **given)
    change(county, {REPLY: 6})
    with pytest.raises(LimitBeyondWhole):
        change(county, {REPLY: 7})


def test_a_region_has_its_own_value_and_otherwise_the_countys(county):
    change(county, {REPLY: 3}, region=REGION)
    change(county, {REPLY: 4, FILING: 4})

    here, elsewhere = queries.in_force(TODAY, REGION), queries.in_force(TODAY, "330524")
    assert (here.number(REPLY), here.number(FILING)) == (3, 4)
    assert (elsewhere.number(REPLY), elsewhere.number(FILING)) == (4, 4)
    assert queries.in_force(TODAY).number(REPLY) == 4


@pytest.mark.clause("SX-17")
def test_a_version_says_every_value_as_it_was_and_what_it_changed(county):
    change(county, {REPLY: 3})
    change(county, {REPLY: 4, FILING: 4}, days=1)

    first, second = queries.at(1), queries.at(2)
    assert (first.number(REPLY), first.number(FILING)) == (3, 5)
    told = [(each.limit.name, each.before, each.after) for each in queries.differences(first, second)]
    assert told == [(REPLY, 3, 4), (FILING, 5, 4)]
    assert queries.before(queries.version(2)) == first
    assert queries.before(queries.version(1)) == queries.at(0)
    with pytest.raises(queries.NoSuchRulebookVersion):
        queries.at(3)
    with pytest.raises(queries.NoSuchRulebookVersion):
        queries.version(3)


@pytest.mark.clause("SX-17")
@pytest.mark.parametrize("role", ["control", "owner"])
@pytest.mark.parametrize(
    "statement",
    ["update rulebook_version set reason = 'x'", "delete from rulebook_version", "truncate rulebook_version"],
)
def test_no_door_changes_or_deletes_a_version(county, role, statement):
    change(county)
    with psycopg.connect(county.url, options=f"-c role=hutong_{role}") as opened:
        with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.InsufficientPrivilege)) as refused:
            opened.execute(statement)
        if role == "owner":
            assert refused.value.diag.constraint_name == "rulebook_version_kept"


@pytest.mark.parametrize("wrong", [{"number": 0}, {"reason": ""}, {"changed": {}}])
def test_the_database_itself_takes_no_version_without_number_reason_or_change(county, wrong):
    good = {
        "number": 9, "from_date": TODAY, "changed": {REPLY: 3}, "reason": "x", "digest": "", "made_at": NOW,
        "made_by": "authority", "made_by_name": "王敏",
    }  # fmt: skip
    named = {"number": "counted", "reason": "reasoned", "changed": "changes"}[next(iter(wrong))]
    with pytest.raises(DatabaseError, match=f"rulebook_version_{named}"), transaction.atomic():
        Version.objects.create(**{**good, **wrong})


CHANGED = (REPLY, FILING, "sharing.supply_days")
_changes = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(CHANGED), st.integers(1, 5), min_size=1),
        st.integers(0, 4),
        st.sampled_from(["", REGION]),
    ),
    max_size=8,
)


def modelled(made, name, *, day, region):
    """Return the value of a limit by the changes made: (region's own, day, number, region, what it changed)."""
    told = [row for row in made if row[1] <= day and row[3] in ("", region) and name in row[4]]
    return max(told)[4][name] if told else defaults.number(name)


@settings(max_examples=15)
@given(changes=_changes)
def test_what_is_in_force_is_what_a_ten_line_model_says(county, changes):
    made = []
    with transaction.atomic():
        for values, day, region in changes:
            new = {n: value for n, value in values.items() if value != modelled(made, n, day=day, region=region)}
            if new:
                number = change(county, values, days=day, region=region)
                made.append((region != "", day, number, region, new))
            else:
                with pytest.raises(rules.NothingChanged):
                    change(county, values, days=day, region=region)
        for day, region in product(range(5), ("", REGION)):
            book = queries.in_force(TODAY + timedelta(days=day), region)
            expected = {name: modelled(made, name, day=day, region=region) for name in CHANGED}
            assert {name: book.value(name) for name in CHANGED} == expected
            assert queries.at(book.version, region) == book
            if not region:
                with database.joined(connection) as cur:
                    read = {name: plane.number(cur, name, day=TODAY + timedelta(days=day)) for name in CHANGED}
                assert read == expected
        transaction.set_rollback(True)


def test_the_plane_reads_the_numbers_that_are_in_force_and_nobodys_region(county):
    change(county, {DELETED: 30, "lead.rule": "B"}, days=1)
    change(county, {REPLY: 3}, region=REGION)

    with psycopg.connect(county.url, options="-c role=hutong_plane") as opened, opened.cursor() as cur:
        for days in range(3):
            day = TODAY + timedelta(days=days)
            assert plane.number(cur, DELETED, day=day) == queries.in_force(day).number(DELETED) == (30 if days else 20)
            assert plane.number(cur, REPLY, day=day) == 5
        with pytest.raises(LimitUnknown):
            plane.number(cur, "delivery.unknown", day=date(2026, 1, 1))


def test_what_was_given_as_it_was_seen_is_not_meant_to_be_changed(county):
    change(county, {FILING: 4})
    with pytest.raises(rules.NothingChanged):
        change(county, {FILING: 5}, seen=0)  # as delivered, which it had been
    number = change(county, {FILING: 5, REPLY: 3}, seen=0)
    assert queries.version(number).changed == {REPLY: 3}
    with pytest.raises(queries.NoSuchRulebookVersion):
        change(county, {REPLY: 4}, seen=99)


def test_the_pages_of_the_rulebook_say_what_holds_what_a_version_changed_and_who_may_change_it(county):
    number = change(county, {REPLY: 3})
    page = reading.page("", day=TODAY, actor=county.actor("authority"), known=Calendar.official(), newest=3)
    assert (page.book.number(REPLY), [each.number for each in page.newest], page.may) == (3, [number], True)
    assert (page.regions, page.years != []) == ([], True)
    found = reading.version(number)
    assert [(each.limit.name, each.after) for each in found.differences] == [(REPLY, 3)]
    assert reading.form("", day=TODAY, actor=county.actor("authority")).refusal is None
    assert reading.form("", day=TODAY, actor=county.actor("operator")).refusal.code == "RULEBOOK_NOT_YOURS"
