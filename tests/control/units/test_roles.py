"""Roles count from their first day until their last, and the desks know it on the same night."""

from datetime import date, datetime, time, timedelta

import pytest
from acting import NOW, PASSWORD, County, entries

from hutong.control.procedures.rules import NotYourRole
from hutong.control.sharing import operations as sharing
from hutong.control.units import deputies, logins, passes, queries, roster, rules
from hutong.control.units import operations as members
from hutong.control.units.models import RoleAssignment
from hutong.control.units.rules import Days
from hutong.core.beijing import BEIJING, DayFarOff
from hutong.core.lifecycle import Seat

TODAY = date(2026, 3, 2)


def give(role: str, first: date, last: date | None = None, *, who: str = "editor") -> bool:
    return members.give_role(username=who, role=role, days=Days(first, last), now=NOW, by="operator")


def at_night(day: date) -> int:
    return passes.roles_by_date(now=NOW + (day - TODAY))


def terms(who: str) -> list[tuple[str, str | None]]:
    """Return each role that an officer ever had and by whom it was ended."""
    held = RoleAssignment.objects.filter(officer__user__username=who).order_by("pk")
    return [(each.role, each.ended_by or None) for each in held]


@pytest.mark.clause("SX-11-a")
def test_a_role_counts_from_its_first_day_until_its_last(county):
    first, last = TODAY + timedelta(days=3), TODAY + timedelta(days=5)
    give("consumer", first, last)
    counted = {}
    for day in (TODAY + timedelta(days=number) for number in range(7)):
        at_night(day)
        counted[day] = "consumer" in queries.actor("editor", now=NOW + (day - TODAY)).roles
        place = Seat("consumer", county.police)
        seats = (place in queries.desks(county.police), "editor" in queries.staff([place])[place])
        assert seats == (counted[day],) * 2
    assert [day for day, counts in counted.items() if counts] == [TODAY + timedelta(days=n) for n in (3, 4, 5)]
    assert terms("editor") == [("provider_editor", None), ("consumer", "hutong")]
    told = [entries(county.url, f"units.role_{what}") for what in ("begun", "taken")]
    assert (told, at_night(last + timedelta(days=30))) == ([1, 1], 0)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("passed", [None, 3, 4], ids=["no pass has been", "on the first day", "in between"])
def test_a_role_and_a_deputy_count_by_their_days_whether_the_pass_has_been_or_not(county, passed):
    first, last = TODAY + timedelta(days=3), TODAY + timedelta(days=5)
    give("consumer", first, last)
    place, filled = Seat("consumer", county.police), Seat("competent", county.civil)
    deputies.name(
        role="competent", unit=county.civil, username="editor", until_date=last, reason="空缺", now=NOW,
        actor=county.actor("authority"),
    )  # fmt: skip
    if passed:
        at_night(TODAY + timedelta(days=passed))
    for day in range(2, 8):
        now = datetime.combine(TODAY + timedelta(days=day), time(0, 1), BEIJING)
        actor, known = queries.actor("editor", now=now), roster.known("editor", unit="", now=now)
        entered = logins.enter(username="editor", password=PASSWORD, source="desk", now=now)
        counted = {
            "consumer" in actor.roles,
            "consumer" in entered.actor.roles,
            "editor" in queries.staff([place], now=now)[place],
            "editor" in queries.officers_with("consumer", unit=county.police, now=now),
            "consumer" in queries.account("editor", now=now).roles,
            "consumer" in known.listed.roles,
            "editor" in {each.username for each in roster.page(roster.OfficerFilters(role="consumer"), now=now)},
            [each.state for each in known.assigned if each.role == "consumer"] == ["counts"],
        }
        assert counted == {3 <= day <= 5}
        filling = {filled in actor.deputises, "editor" in queries.staff([filled], now=now)[filled]}
        assert filling == {day <= 5}


def test_by_a_role_whose_last_day_is_over_no_step_is_taken_though_the_table_still_has_it(county: County):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    members.give_role(username="approver", role="provider_approver", days=Days(TODAY, TODAY), now=NOW, by="operator")
    next_day = datetime.combine(TODAY + timedelta(days=1), time(0, 1), BEIJING)
    begun_before = county.actor("approver")
    for actor in (begun_before, county.actor("approver", now=next_day)):
        with pytest.raises(NotYourRole):
            sharing.take(no, "agree", actor=actor, now=next_day, calendar=county.calendar)
    assert county.turn(no) == ("provider_approver", county.police)
    assert county.take(no, "agree", by="approver", now=next_day - timedelta(minutes=2)) == "PROVIDER_AGREED"


def test_what_waits_for_a_role_that_ends_waits_elsewhere_and_comes_back_to_who_follows(county: County):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    members.give_role(username="approver", role="provider_approver", days=Days(TODAY, TODAY), now=NOW, by="operator")
    give("provider_approver", TODAY + timedelta(days=2), who="editor")
    turns = [county.turn(no)]
    for day in (1, 2):
        at_night(TODAY + timedelta(days=day))
        turns.append(county.turn(no))
    seat = ("provider_approver", county.police)
    assert turns == [seat, county.at("authority"), seat]
    assert county.take(no, "agree", by="editor", now=NOW + timedelta(days=2)) == "PROVIDER_AGREED"


@pytest.mark.clause("SX-11-a")
def test_an_auditor_to_be_may_go_on_until_the_day_before_and_no_day_longer(county):
    members.give_role(username="consumer", role="consumer", days=Days(TODAY, date(2026, 6, 30)), now=NOW, by="operator")
    with pytest.raises(rules.RolesNotSeparated):
        give("auditor", date(2026, 6, 30), who="consumer")
    give("auditor", date(2026, 7, 1), who="consumer")
    with pytest.raises(rules.RolesNotSeparated):
        members.give_role(username="consumer", role="consumer", days=Days(TODAY), now=NOW, by="operator")
    assert queries.account("consumer", now=NOW).given == {
        "consumer": Days(TODAY, date(2026, 6, 30)), "auditor": Days(date(2026, 7, 1))
    }  # fmt: skip
    at_night(date(2026, 7, 1))
    assert queries.actor("consumer", now=datetime(2026, 7, 1, 9, tzinfo=BEIJING)).roles == {"auditor"}


def test_other_days_are_entered_and_the_same_are_not(county):
    before = entries(county.url, "units.role_given")
    last = TODAY + timedelta(days=20)
    changes = [give("provider_editor", *days) for days in ((TODAY, last), (last, last), (TODAY,))]
    assert (changes, entries(county.url, "units.role_given")) == ([True, False, True], before + 2)
    assert queries.account("editor", now=NOW).given == {"provider_editor": Days(TODAY)}


@pytest.mark.parametrize(
    ("first", "last", "refusal"),
    [
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), rules.RoleDaysWrong),
        (TODAY + timedelta(days=9), TODAY + timedelta(days=8), rules.RoleDaysWrong),
        (date(9999, 1, 1), None, DayFarOff),
        (TODAY, date(9999, 1, 1), DayFarOff),
    ],
)
def test_days_that_are_over_or_turned_round_or_far_off_are_refused(county, first, last, refusal):
    with pytest.raises(refusal):
        give("consumer", first, last)
    assert queries.account("editor", now=NOW).given.keys() == {"provider_editor"}


def test_a_role_to_come_is_taken_back_and_one_that_is_not_held_is_not(county):
    give("consumer", TODAY + timedelta(days=3))
    members.take_role(username="editor", role="consumer", reason="另有安排", now=NOW, by="operator")
    with pytest.raises(members.RoleNotAssigned):
        members.take_role(username="editor", role="consumer", reason="另有安排", now=NOW, by="operator")
    later = TODAY + timedelta(days=4), NOW + timedelta(days=4)
    assert (at_night(later[0]), queries.actor("editor", now=later[1]).roles) == (0, {"provider_editor"})


def test_without_its_entry_no_role_begins_and_none_ends(county, log_down):
    give("consumer", TODAY + timedelta(days=1))
    members.give_role(username="approver", role="provider_approver", days=Days(TODAY, TODAY), now=NOW, by="operator")
    log_down(county.url)
    for _ in range(2):
        with pytest.raises(Exception, match="permission denied"):
            at_night(TODAY + timedelta(days=1))
    assert [terms(who) for who in ("editor", "approver")] == [
        [("provider_editor", None), ("consumer", None)], [("provider_approver", None)]
    ]  # fmt: skip
    assert RoleAssignment.objects.get(begun_at=None).role == "consumer"


def after_midnight(day: date) -> datetime:
    """Return a moment of the day at which no pass has been there yet."""
    return datetime.combine(day, time(0, 30), BEIJING)


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("days", [None, Days(TODAY + timedelta(days=1)), Days(TODAY + timedelta(days=4))])
def test_a_role_whose_last_day_is_over_is_given_anew_before_the_pass_has_ended_it(county, days):
    give("consumer", TODAY, TODAY)
    now = after_midnight(TODAY + timedelta(days=1))
    assert queries.account("editor", now=now).given.keys() == {"provider_editor"}
    assert members.give_role(username="editor", role="consumer", days=days, now=now, by="operator")
    at_night(TODAY + timedelta(days=1))
    assert terms("editor") == [("provider_editor", None), ("consumer", "hutong"), ("consumer", None)]
    wanted = days or Days(TODAY + timedelta(days=1))
    assert queries.account("editor", now=now).given["consumer"] == wanted
    at_night(wanted.from_date)
    assert "consumer" in queries.actor("editor", now=after_midnight(wanted.from_date)).roles


@pytest.mark.clause("SX-11-a")
def test_a_role_whose_first_day_has_come_keeps_it_before_the_pass_has_begun_it(county):
    first, last = TODAY + timedelta(days=5), TODAY + timedelta(days=30)
    give("consumer", first)
    now = after_midnight(first)
    later = Days(first + timedelta(days=9), last)
    assert members.give_role(username="editor", role="consumer", days=later, now=now, by="operator")
    assert queries.account("editor", now=now).given["consumer"] == Days(first, last)
    assert "consumer" in queries.actor("editor", now=now).roles


@pytest.mark.clause("D-24")
def test_a_deputy_whose_last_day_is_over_is_named_anew_before_the_pass_has_ended_it(county):
    given = {"role": "competent", "unit": county.civil, "username": "editor", "reason": "空缺"}
    acting, now = county.actor("authority"), after_midnight(TODAY + timedelta(days=1))
    deputies.name(**given, until_date=TODAY, actor=acting, now=NOW)
    deputies.name(**given, until_date=TODAY + timedelta(days=1), actor=acting, now=now)
    filled = Seat("competent", county.civil)
    assert filled in queries.actor("editor", now=now).deputises
    assert (entries(county.url, "units.deputy_ended"), deputies.end_past(now=now)) == (1, 0)
    with pytest.raises(deputies.DeputyNamed):
        deputies.name(**given, until_date=TODAY + timedelta(days=9), actor=acting, now=now)
