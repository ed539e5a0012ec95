"""Whoever moves keeps account and past, and loses what was in hand in the former unit."""

import json
from datetime import date

import psycopg
import pytest
from acting import NOW, PASSWORD, UNITS, County, entries
from django.contrib import auth

from hutong.control.procedures import handling
from hutong.control.procedures.models import Handling, Step, Turn
from hutong.control.sharing import stopping
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies, operations, passing_on, postings, queries
from hutong.control.units.models import Deputy, Posting
from hutong.control.units.rules import UnitStopped
from hutong.core.lifecycle import Seat


def move(who: str, unit: str) -> bool:
    return postings.move(username=who, unit=unit, reason="县委组〔2026〕7号", now=NOW, by="operator")


def changed(county: County) -> list[dict]:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute(
            "select record from audit.entry where event = 'units.officer_changed' order by id"
        ).fetchall()
    return [json.loads(row[0]) for row in rows]


def test_an_officer_who_moves_keeps_the_past_and_loses_what_was_in_hand(county: County):
    operations.add_officer(
        username="second", password=PASSWORD, name="陈平", unit=county.police, roles=["provider_approver"], now=NOW,
        by="init",
    )  # fmt: skip
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    handling.take_over(APPLICATIONS, no, actor=county.actor("approver"), now=NOW)
    assert [move("approver", county.civil), move("approver", county.civil)] == [True, False]

    moved = county.actor("approver")
    assert (moved.unit, moved.roles, moved.seats) == (county.civil, set(), set())
    assert {(turn.role, turn.unit, turn.handler) for turn in Turn.objects.filter(case=no)} == {
        ("provider_approver", county.police, "")
    }
    back = Handling.objects.get(case=no, kind="give_back")
    assert (back.by, back.words) == ("operator", "县委组〔2026〕7号")
    assert county.take(no, "agree", by="second") == "PROVIDER_AGREED"
    assert auth.authenticate(username="approver", password=PASSWORD) is not None
    registered = Step.objects.get(action="register")
    assert (registered.by, registered.by_name, registered.by_unit) == ("approver", "钱芳", county.police)
    rows = Posting.objects.filter(officer__user__username="approver").order_by("from_at", "pk")
    assert [(row.unit_id, bool(row.until_at), row.reason) for row in rows] == [
        (county.police, True, ""), (county.civil, False, "县委组〔2026〕7号"),
    ]  # fmt: skip
    assert changed(county) == [
        {"unit": county.civil, "officer": "approver", "before": {"unit": county.police},
         "after": {"unit": county.civil}, "reason": "县委组〔2026〕7号", "by": "operator"},
    ]  # fmt: skip


def test_what_waited_for_who_moved_waits_for_the_authority_where_nobody_else_is_left(county: County):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    move("approver", county.civil)
    assert county.turn(no) == county.at("authority")
    operations.give_role(username="editor", role="provider_approver", now=NOW, by="operator")
    assert county.turn(no) == ("provider_approver", county.police)


def test_whoever_filled_in_at_the_new_unit_does_so_no_more_and_elsewhere_goes_on(county: County):
    given = {"until_date": date(2026, 6, 30), "reason": "空缺", "actor": county.actor("authority"), "now": NOW}
    for unit in (county.police, UNITS[4]):
        deputies.name(role="competent", unit=unit, username="consumer", **given)
    move("consumer", county.police)
    assert county.actor("consumer").deputises == {Seat("competent", UNITS[4])}
    assert Deputy.objects.get(unit=county.police).ended_at == NOW


def test_nobody_moves_to_a_unit_that_is_stopped_or_not_there(county: County):
    passing_on.give(role="operator", region="", unit=UNITS[0], reason="撤并", now=NOW, by="init")
    stopping.stop(UNITS[1], reason="撤并", now=NOW, by="operator")
    with pytest.raises(UnitStopped):
        move("approver", UNITS[1])
    with pytest.raises(queries.NoSuchUnit):
        move("approver", UNITS[1][::-1])
    assert (county.actor("approver").unit, entries(county.url, "units.officer_changed")) == (county.police, 0)


def test_another_name_counts_from_now_on_and_what_was_done_before_keeps_the_former(county: County):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    told = [postings.rename(username="approver", name="钱芳芳", now=NOW, by="operator") for _ in range(2)]
    county.take(no, "agree", by="approver")
    steps = Step.objects.filter(by="approver").order_by("pk").values_list("action", "by_name")
    assert (told, list(steps)) == ([True, False], [("register", "钱芳"), ("agree", "钱芳芳")])
    assert [(each["before"], each["after"]) for each in changed(county)] == [({"name": "钱芳"}, {"name": "钱芳芳"})]


def test_without_its_entry_nobody_moves(county: County, log_down):
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        move("approver", county.civil)
    assert (county.actor("approver").unit, county.actor("approver").roles) == (county.police, {"provider_approver"})
    assert Posting.objects.filter(officer__user__username="approver").count() == 1
