"""Whose turn it is: complete however much there is, late first, and true whatever changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from acting import NOW, PASSWORD, UNITS, County, entries
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hutong.control.catalog import operations as catalog
from hutong.control.catalog import queries as catalogue
from hutong.control.procedures import handling, operations, passes, turns
from hutong.control.procedures.models import Turn
from hutong.control.procedures.procedure import installed
from hutong.control.procedures.queries import CaseFilters, counts, waiting
from hutong.control.sharing import stopping
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import competence, deputies, passing_on
from hutong.control.units import operations as members
from hutong.control.units import passes as units_passes
from hutong.control.units.models import Competence, Deputy, RoleAssignment, Unit
from hutong.control.units.rules import Days
from hutong.core.counting import COUNTED
from hutong.core.errors import Problem
from hutong.core.lifecycle import Seat
from hutong.core.text import ROLES

OPERATOR = [Seat("operator", UNITS[1])]
OFFICERS = ("authority", "operator", "editor", "approver", "consumer", "competent")


def copies(county: County, number: int, *, state: str, days: int = 0) -> list[str]:
    """Put so many applications into a state, each a little later than the one before, and return their numbers."""
    first = Application.objects.get(no=county.draft())
    made = []
    for place in range(number):
        first.pk, first.no = None, f"GX-{state}-{place:05}"
        first.state, first.entered_at = state, NOW + timedelta(days=days, seconds=place)
        made.append(Application(**{f.attname: getattr(first, f.attname) for f in first._meta.fields}))
    Application.objects.bulk_create(made)
    turns.write(APPLICATIONS, APPLICATIONS.seen(list(Application.objects.filter(no__startswith=f"GX-{state}-"))))
    return [each.no for each in made]


def test_what_waits_longest_stays_on_the_desk_however_much_came_after_it(county):
    (old,) = copies(county, 1, state="SUPPLIED", days=-300)
    copies(county, 600, state="CLOSED")
    found = waiting(OPERATOR)
    assert [each.case for each in found] == [old]


def test_the_pages_of_a_desk_give_every_case_once_and_the_counts_are_exact_up_to_a_bound(county):
    numbers = copies(county, 250, state="SUPPLIED")
    seen, after = [], None
    while page := waiting(OPERATOR, after=after, limit=100):
        seen += [each.case for each in page]
        after = page[-1].order_at, page[-1].id
    assert sorted(seen) == sorted(numbers)
    assert COUNTED == 10_000
    assert counts(OPERATOR, now=NOW).waiting == 250
    assert counts(OPERATOR, now=NOW, most=201).waiting == 201
    Application.objects.filter(no__gte="GX-SUPPLIED-00187", state="SUPPLIED").delete()
    Turn.objects.filter(case__gte="GX-SUPPLIED-00187").delete()
    assert counts(OPERATOR, now=NOW, most=201).waiting == 187


def test_what_is_late_comes_first_and_what_has_no_limit_last(county):
    late, soon, never = copies(county, 3, state="SUPPLIED")
    for number, days in ((late, -1), (soon, 1)):
        at = NOW + timedelta(days=days)
        Turn.objects.filter(case=number).update(late_at=at, order_at=at)
    assert [each.case for each in waiting(OPERATOR)] == [late, soon, never]
    assert [each.case for each in waiting(OPERATOR, filters=CaseFilters(late_at=NOW))] == [late]
    assert counts(OPERATOR, now=NOW).late == 1


def test_a_case_that_waits_at_two_desks_of_one_officer_stands_on_the_list_once(county):
    members.give_role(username="editor", role="provider_approver", now=NOW, by="init")
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    seats = [Seat("provider_editor", county.police), Seat("provider_approver", county.police), *OPERATOR]
    assert [each.case for each in waiting(seats)] == [no]
    Turn.objects.filter(case=no).update(role="operator", unit=UNITS[1], why="x")
    Turn.objects.create(**{**Turn.objects.filter(case=no).values().first(), "id": 999_999, "action": "other",
                           "role": "provider_editor", "unit": county.police})  # fmt: skip
    assert [each.case for each in waiting(seats)] == [no]
    assert counts(seats, now=NOW).waiting == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda county: members.set_active(username="approver", active=False, now=NOW, by="init"), "nobody_there"),
        (
            lambda county: members.take_role(
                username="approver", role="provider_approver", reason="调离", now=NOW, by="init"
            ),
            "nobody_there",
        ),
    ],
    ids=["account stopped", "role ended"],
)
def test_where_nobody_is_left_the_authority_has_the_case_and_a_deputy_takes_it_from_there(county, change, why):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    change(county)
    assert county.turn(no) == county.at("authority")
    assert {(turn.of_role, turn.of_unit, turn.why) for turn in Turn.objects.filter(case=no)} == {
        ("provider_approver", county.police, why)
    }
    members.add_officer(
        username="helper", password=PASSWORD, name="周宁", unit=county.civil, roles=["competent"], now=NOW, by="init"
    )
    number = deputies.name(
        role="provider_approver", unit=county.police, username="helper", until_date=date(2026, 6, 30),
        reason="审核人空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    assert county.turn(no) == ("provider_approver", county.police)
    assert county.take(no, "agree", by="helper") == "PROVIDER_AGREED"
    county.take(no, "return", by="helper", reason="还须补充")
    assert deputies.end_past(now=NOW + timedelta(days=400)) == 1
    with pytest.raises(deputies.DeputyNotNamed):
        deputies.end(number, actor=county.actor("authority"), now=NOW)


def test_the_authority_ends_what_nobody_can_go_on_with_and_says_what_becomes_of_it(county):
    no = county.draft(matters=["DB-002"])
    county.walk(no, to="CONFIRMED")
    members.set_active(username="editor", active=False, now=NOW, by="init")
    assert county.take(no, "stop", by="authority", reason="提供方无人供数", basis="SX-08") == "ENDED"
    (step,) = [each for each in operations.queries.steps(APPLICATIONS.life.name, no) if each.action == "stop"]
    assert step.aftermath == "未开通使用权限；提供方不再负有供数义务。"
    stopping.stop(county.civil, reason="机构撤并", now=NOW, by="operator")


def test_a_supply_that_is_late_can_be_ended_and_one_in_time_cannot(county):
    no = county.draft()
    county.walk(no, to="CONFIRMED")
    grounds = {"reason": "逾期未供数", "basis": "SX-08"}
    with pytest.raises(Problem, match="is not open now"):
        county.take(no, "stop", by="authority", **grounds)
    due = county.due(no)
    assert (due.rulebook_name, due.amount) == ("sharing.supply_days", 20)
    assert county.take(no, "stop", by="authority", now=due.late_at, **grounds) == "ENDED"


def test_one_person_is_not_enough_where_both_sides_are_to_be_decided(county):
    """An authority of one officer who endorsed in the department's place decides nothing else, and the case says so."""
    county.say(sharing_type=1)
    Competence.objects.filter(unit=county.civil).delete()
    no = county.draft()
    for action, by in (("lodge", "consumer"), ("endorse", "authority")):
        county.take(no, action, by=by)
    row = Turn.objects.get(case=no, action="accept")
    assert (row.role, row.why) == ("authority", "all_apart")
    with pytest.raises(Problem) as refused:
        county.take(no, "accept", by="authority")
    assert (refused.value.code, refused.value.clause) == ("OTHER_SIDE_TAKEN", "D-24")
    members.add_officer(
        username="second", password=PASSWORD, name="郑洁", unit=county.actor("authority").unit, roles=["authority"],
        now=NOW, by="init",
    )  # fmt: skip
    assert Turn.objects.get(case=no, action="accept").why == ""
    county.take(no, "accept", by="second")
    assert county.take(no, "confirm", by="second") == "CONFIRMED"


def test_the_nightly_pass_finds_a_turn_that_is_not_so_mends_and_enters_it(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    assert passes.check_turns(now=NOW) == {}
    Turn.objects.filter(case=no).update(unit=county.police, why="x")
    assert passes.check_turns(now=NOW) == {"sharing.application": [no]}
    assert passes.check_turns(now=NOW) == {}
    assert entries(county.url, "procedures.turns_mended") == 1


def test_nothing_is_computed_for_cases_that_wait_for_nobody_however_many_there_are(county):
    copies(county, 5, state="CLOSED")
    (waits,) = copies(county, 1, state="SUPPLIED")
    with transaction.atomic():
        assert turns.reconsider("catalog.entry", county.code) == 1 + Application.objects.filter(state="DRAFT").count()
    Turn.objects.filter(case=waits).update(case="GX-CLOSED-00003")
    assert sorted(passes.check_turns(now=NOW)["sharing.application"]) == ["GX-CLOSED-00003", waits]


def test_a_step_looks_at_its_case_once_and_again_only_where_something_else_was_done_with_it(county):
    looked = []

    def seen(cases):
        looked.append(len(cases))
        return APPLICATIONS.seen(cases)

    no, procedure = county.draft(), replace(APPLICATIONS, seen=seen)
    for action, by, also, times in (
        ("lodge", "consumer", None, [1]), ("endorse", "competent", {"endorse": lambda case, step: None}, [1, 1]),
    ):  # fmt: skip
        with transaction.atomic():
            case = operations.locked(procedure, no)
            actor = county.actor(by)
            operations.take(procedure, case, action, actor=actor, now=NOW, calendar=county.calendar, also=also)
        assert looked == times
        looked.clear()
    assert county.turn(no) == county.at("authority")


def test_a_change_of_how_a_resource_is_shared_is_seen_on_the_desks_with_its_publication(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    assert {turn.action for turn in Turn.objects.filter(case=no)} == {"pass_on", "return", "refuse"}
    change = county.begin_change()
    catalog.edit(change, changes={"sharing_type": 1, "name": "人口信息"}, actor=county.actor("editor"), now=NOW)
    county.bring_change(change, to="PUBLISHED")
    assert {turn.action for turn in Turn.objects.filter(case=no)} == {"confirm", "return", "refuse"}
    assert {turn.title for turn in Turn.objects.filter(case=no)} == {"示范县民政局 → 人口信息"}


def deputy(county: County, username: str, *, role: str, unit: str) -> int:
    return deputies.name(
        role=role, unit=unit, username=username, until_date=date(2026, 6, 30), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


def test_a_deputy_whose_own_unit_is_stopped_fills_in_no_more(county):
    no = county.draft()
    county.walk(no, to="PROVIDER_REPLY")
    members.set_active(username="approver", active=False, now=NOW, by="init")
    deputy(county, "operator", role="provider_approver", unit=county.police)
    assert county.turn(no) == ("provider_approver", county.police)
    passing_on.give(role="operator", region="", unit=county.civil, reason="撤并", now=NOW, by="init")
    stopping.stop(UNITS[1], reason="撤并", now=NOW, by="init")
    assert county.turn(no) == county.at("authority")


def test_a_case_of_a_stopped_unit_waits_with_the_deputy_who_was_named_for_it(county):
    no = county.draft()
    county.walk(no, to="LODGED")
    social = county.actor("competent").unit
    Unit.objects.filter(pk=social).update(active=False)
    with transaction.atomic():
        members.reconsider(social, ROLES)
    assert county.turn(no) == county.at("authority")
    assert {turn.why for turn in Turn.objects.filter(case=no)} == {"unit_stopped"}
    deputy(county, "operator", role="competent", unit=social)
    assert county.turn(no) == ("competent", social)
    assert county.take(no, "endorse", by="operator") == "DEPARTMENT_ENDORSED"


def test_a_case_given_to_somebody_who_sits_there_no_more_is_the_offices_again(county):
    members.add_officer(
        username="second", password=PASSWORD, name="郑洁", unit=county.actor("authority").unit, roles=["authority"],
        now=NOW, by="init",
    )  # fmt: skip
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    handling.take_over(APPLICATIONS, no, actor=county.actor("second"), now=NOW)
    handling.urge(APPLICATIONS, no, actor=county.actor("consumer"), now=NOW, words="请尽快")
    members.take_role(username="second", role="authority", reason="调离", now=NOW, by="init")
    assert {(turn.handler, turn.urged_at) for turn in Turn.objects.filter(case=no)} == {("", NOW)}
    handling.take_over(APPLICATIONS, no, actor=county.actor("authority"), now=NOW)
    assert {turn.handler for turn in Turn.objects.filter(case=no)} == {"authority"}


# --- facts change at random -----------------------------------------------------------------------------------------


def everyone_steps(county, data):
    """Somebody takes some step that is open."""
    number = data.draw(st.sampled_from(sorted(Application.objects.values_list("no", flat=True))))
    application = Application.objects.get(no=number)
    who = data.draw(st.sampled_from(OFFICERS))
    moves = operations.open_to(APPLICATIONS, application, actor=county.actor(who), now=NOW)
    if moves:
        move = data.draw(st.sampled_from(moves))
        county.take(number, move.action, by=who, reason="有理由", basis="有依据")


def an_entry_is_withdrawn(county, data):
    county.withdraw()


def an_entry_is_shared_otherwise(county, data):
    shared = data.draw(st.sampled_from([1, 2]))
    under_way = catalogue.under_way(county.code)
    change = under_way.no if under_way else county.begin_change()
    if under_way is None:
        changes = {"sharing_type": shared, "name": f"人口信息{shared}"}
        catalog.edit(change, changes=changes, actor=county.actor("editor"), now=NOW)
    county.bring_change(change, to="PUBLISHED")


def an_account_is_stopped_or_let_in(county, data):
    who, active = data.draw(st.sampled_from(OFFICERS)), data.draw(st.booleans())
    members.set_active(username=who, active=active, now=NOW, by="init")


def a_role_is_given_or_taken(county, data):
    who, role = data.draw(st.sampled_from(OFFICERS)), data.draw(st.sampled_from(sorted(ROLES)))
    if RoleAssignment.objects.filter(officer__user__username=who, role=role, ended_at=None).exists():
        members.take_role(username=who, role=role, reason="调整", now=NOW, by="init")
    else:
        first, last = (NOW.date() + timedelta(days=data.draw(st.integers(0, 2))) for _ in range(2))
        days = Days(first, data.draw(st.sampled_from([None, first, last]))) if data.draw(st.booleans()) else None
        members.give_role(username=who, role=role, days=days, now=NOW, by="init")


def a_day_goes_by(county, data):
    units_passes.roles_by_date(now=NOW + timedelta(days=data.draw(st.integers(1, 3))))


def the_department_changes(county, data):
    unit = members.lock_unit(county.civil)
    competent = data.draw(st.sampled_from([None, county.police]))
    members.change(
        county.civil, name=unit.name, kind=unit.kind, region_code=unit.region_code, competent=competent, now=NOW,
        by="init",
    )  # fmt: skip


def a_deputy_is_named_or_ended(county, data):
    standing = Deputy.objects.filter(ended_at=None).first()
    if standing is not None and data.draw(st.booleans()):
        deputies.end(standing.pk, actor=county.actor("authority"), now=NOW)
        return
    deputies.name(
        role=data.draw(st.sampled_from(["provider_approver", "provider_editor", "operator", "consumer"])),
        unit=data.draw(st.sampled_from([county.police, county.civil, *UNITS[:2]])),
        username=data.draw(st.sampled_from(OFFICERS)), until_date=date(2027, 1, 1), reason="空缺",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip


def an_office_is_passed_on(county, data):
    given = {
        "role": data.draw(st.sampled_from(["authority", "operator"])),
        "region": data.draw(st.sampled_from(["", "330523"])),
        "unit": data.draw(st.sampled_from([county.police, *UNITS[:2]])),
    }
    passing_on.give(**given, reason="职责调整", now=NOW, by="init")


def a_unit_moves_to_another_region(county, data):
    unit = members.lock_unit(data.draw(st.sampled_from([county.civil, county.police])))
    members.change(
        unit.pk, name=unit.name, kind=unit.kind, region_code=data.draw(st.sampled_from(["", "330523", "330500"])),
        competent=competence.department(unit.pk), now=NOW, by="init",
    )  # fmt: skip


def a_unit_is_stopped_or_started(county, data):
    unit = data.draw(st.sampled_from([county.civil, county.police]))
    if data.draw(st.booleans()):
        stopping.stop(unit, reason="撤并", now=NOW, by="operator")
    else:
        stopping.start(unit, now=NOW, by="operator")


CHANGES = (
    everyone_steps, everyone_steps, everyone_steps, an_entry_is_withdrawn, an_entry_is_shared_otherwise,
    an_account_is_stopped_or_let_in, a_role_is_given_or_taken, the_department_changes, a_deputy_is_named_or_ended,
    a_unit_is_stopped_or_started, an_office_is_passed_on, an_office_is_passed_on,
    a_unit_moves_to_another_region, a_day_goes_by,
)  # fmt: skip


@pytest.fixture
def under_way(county):
    """The county with applications on the desks of three sides, and one that is still a draft."""
    for state in ("LODGED", "PROVIDER_REPLY", "SUPPLIED"):
        county.walk(county.draft(), to=state)
    county.draft()
    return county


@settings(max_examples=examples(25))
@given(data=st.data())
def test_whatever_changes_the_table_says_what_the_facts_say(under_way, data):
    county = under_way
    with transaction.atomic():
        for _ in range(data.draw(st.integers(1, 8))):
            change = data.draw(st.sampled_from(CHANGES))
            try:
                with transaction.atomic():
                    change(county, data)
            except Problem:
                continue
            for procedure in installed().values():
                every = procedure.seen(list(procedure.model.objects.all()))
                assert turns.differences(procedure, every) == [], change.__name__
        transaction.set_rollback(True)
