"""Inside one office: hands in order, giving and taking, urging, supervising, consulting (P-2)."""

import json
from collections.abc import Collection
from datetime import date

import hypothesis
import psycopg
import pytest
from acting import NOW, PASSWORD, County, entries
from hypothesis import strategies as st

from hutong.control.catalog.lifecycle import CHANGE
from hutong.control.catalog.models import Change
from hutong.control.procedures import handling, hands, operations, passes, queries
from hutong.control.procedures.models import HandGiven, Step, Turn
from hutong.control.procedures.rules import (
    GivenToAnother,
    GroundsMissing,
    HandsOneAfterTheOther,
    NothingToDoThere,
    NothingWaits,
    NotOfThisOffice,
    NotYourRole,
    OtherSideTaken,
    TakenByAnother,
)
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.control.units import deputies
from hutong.control.units import operations as members
from hutong.core import lifecycle
from hutong.core.lifecycle import Seat

LIFE = APPLICATIONS.life.name
GROUNDS = {"reason": "与职责无关", "basis": "SX-08"}


@pytest.fixture
def office(county) -> County:
    """A county whose authority has four officers, and whose rulebook asks for three hands to a refusal."""
    for number, name in enumerate(("冯军", "陈静", "褚亮"), 2):
        members.add_officer(
            username=f"authority{number}", password=PASSWORD, name=name, unit=county.actor("authority").unit,
            roles=["authority"], now=NOW, by="init",
        )  # fmt: skip
    rulebook.change(
        {"hands.sharing.application.refuse": True}, from_date=date(2026, 3, 2), reason="办文规定",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    return county


@pytest.fixture
def no(office) -> str:
    number = office.draft()
    office.walk(number, to="COMPLIANCE_CHECK")
    return number


def leave(office: County, officers: int) -> list[str]:
    """Let the authority have so many officers still, and return who they are."""
    people = ["authority", "authority2", "authority3", "authority4"]
    for who in people[officers:]:
        members.set_active(username=who, active=False, now=NOW, by="init")
    return people[:officers]


def stuck(office: County, *, asks: bool = True) -> str:
    """Return the number of a change that nobody is left to submit, where the rulebook asks for hands or does not."""
    if asks:
        rulebook.change(
            {"hands.catalog.change.stop": True}, from_date=date(2026, 3, 2), reason="办文规定",
            actor=office.actor("authority"), now=NOW,
        )  # fmt: skip
    number = office.begin_change()
    members.set_active(username="editor", active=False, now=NOW, by="init")
    return number


def stop(office: County, number: str, *, by: str) -> None:
    office.take_change(number, "stop", by=by, reason="无人办理")


def told(office: County, fact: str) -> list[object]:
    """Return what the entries of the hands given say of one of their facts, the first first."""
    with psycopg.connect(office.url, options="-c role=hutong_owner") as opened:
        rows = opened.execute("select record from audit.entry where event = 'procedures.hand_given' order by id")
        return [json.loads(row[0])[fact] for row in rows]


def stage(no: str) -> str:
    return Turn.objects.get(case=no, action="refuse").stage


def test_a_grave_step_counts_at_the_last_hand_and_each_hand_is_entered(office, no):
    assert office.take(no, "refuse", by="authority", opinion="拟不予同意", **GROUNDS) == "COMPLIANCE_CHECK"
    assert stage(no) == "review"
    assert office.take(no, "refuse", by="authority2", **GROUNDS) == "COMPLIANCE_CHECK"
    assert stage(no) == "sign"
    before = office.due(no)
    assert office.take(no, "refuse", by="authority3", **GROUNDS) == "REFUSED"
    assert before.ended_at is None  # the limit ran through all of them
    assert [(h.hand, h.by) for h in HandGiven.objects.order_by("id")] == [
        ("draft", "authority"), ("review", "authority2"), ("sign", "authority3"),
    ]  # fmt: skip
    assert entries(office.url, "procedures.hand_given") == 3
    assert not HandGiven.objects.filter(live=True).exists()


def test_no_officer_gives_two_hands_to_one_step(office, no):
    office.take(no, "refuse", by="authority", **GROUNDS)
    with pytest.raises(HandsOneAfterTheOther):
        office.take(no, "refuse", by="authority", **GROUNDS)
    assert stage(no) == "review"


def test_whoever_gave_a_hand_has_decided_on_that_side(office):
    authority = office.actor("authority")
    rulebook.change(
        {"hands.catalog.change.publish": True}, from_date=date(2026, 3, 2), reason="办文规定", actor=authority, now=NOW
    )
    change = office.begin_change()
    office.bring_change(change, to="REGISTERED")
    people = ("authority2", "authority3", "authority4")
    took = [office.take_change(change, "publish", by=who) for who in people[:2]]
    office.take_change(change, "return", by="authority", reason="摘要不清")
    assert took == ["REGISTERED", "REGISTERED"]
    for who in people[:2]:
        deputies.name(
            role="provider_editor", unit=office.police, username=who, until_date=date(2026, 6, 30), reason="空缺",
            actor=authority, now=NOW,
        )  # fmt: skip
        with pytest.raises(OtherSideTaken):
            office.take_change(change, "submit", by=who)


def test_where_everybody_has_given_a_hand_the_case_says_so_and_a_deputy_gives_the_next(office, no):
    for who in ("authority3", "authority4"):
        members.set_active(username=who, active=False, now=NOW, by="init")
    for who in ("authority", "authority2"):
        assert Turn.objects.get(case=no, action="refuse").why == ""
        office.take(no, "refuse", by=who, **GROUNDS)
    refusal = Turn.objects.get(case=no, action="refuse")
    assert (refusal.role, refusal.stage, refusal.why) == ("authority", "sign", "all_gave")
    assert Turn.objects.get(case=no, action="pass_on").why == ""
    deputies.name(
        role="authority", unit=office.seat("authority").unit, username="operator", until_date=date(2026, 6, 30),
        reason="人手不足", actor=office.actor("authority"), now=NOW,
    )  # fmt: skip
    assert Turn.objects.get(case=no, action="refuse").why == ""
    assert passes.check_turns(now=NOW) == {}


def test_a_hand_needs_the_role_and_the_grounds_of_the_step(office, no):
    with pytest.raises(NotYourRole):
        office.take(no, "refuse", by="operator", **GROUNDS)
    with pytest.raises(GroundsMissing):
        office.take(no, "refuse", by="authority", reason="与职责无关")
    assert not HandGiven.objects.exists()


def test_a_hand_that_disagrees_sends_the_step_back_to_its_draft(office, no):
    office.take(no, "refuse", by="authority", **GROUNDS)
    office.take(no, "refuse", by="authority2", agrees=False, opinion="理由不足", **GROUNDS)
    assert stage(no) == ""
    assert office.take(no, "refuse", by="authority2", **GROUNDS) == "COMPLIANCE_CHECK"
    assert [h.hand for h in HandGiven.objects.filter(live=True)] == ["draft"]


def test_another_step_taken_meanwhile_ends_what_hands_had_given(office, no):
    office.take(no, "refuse", by="authority", **GROUNDS)
    assert office.take(no, "pass_on", by="authority2") == "PROVIDER_REPLY"
    assert not HandGiven.objects.filter(live=True).exists()


def test_without_its_entry_no_hand_is_given(office, no, log_down):
    log_down(office.url)
    with pytest.raises(Exception, match="permission denied"):
        office.take(no, "refuse", by="authority", **GROUNDS)
    assert not HandGiven.objects.exists()


@pytest.mark.parametrize(
    ("officers", "asks", "expected"),
    [
        (1, False, []),
        (2, False, []),
        (3, False, []),
        (1, True, [("sign", "authority", 1)]),
        (2, True, [("review", "authority", 2), ("sign", "authority2", 2)]),
        (3, True, [("draft", "authority", None), ("review", "authority2", None), ("sign", "authority3", None)]),
    ],
)
def test_what_is_stuck_is_ended_by_as_many_hands_as_the_office_has_officers(office, officers, asks, expected):
    people = leave(office, officers)
    number = stuck(office, asks=asks)
    for officer in people[: len(expected) or 1]:
        assert Change.objects.get(no=number).state == "DRAFT"
        stop(office, number, by=officer)
    assert Change.objects.get(no=number).state == "DROPPED"
    gave = HandGiven.objects.filter(case=number).order_by("id")
    assert [(each.hand, each.by, each.officers) for each in gave] == expected
    assert told(office, "officers") == [each[2] for each in expected]
    assert passes.check_turns(now=NOW) == {}


def test_while_another_is_there_nobody_gives_two_hands_to_what_ends_a_stuck_case(office):
    leave(office, 2)
    number = stuck(office)
    stop(office, number, by="authority")
    with pytest.raises(HandsOneAfterTheOther):
        stop(office, number, by="authority")
    assert Change.objects.get(no=number).state == "DRAFT"


def test_who_drafted_signs_where_everybody_else_has_left_since(office):
    number = stuck(office)
    stop(office, number, by="authority")
    leave(office, 1)
    stop(office, number, by="authority")
    assert Change.objects.get(no=number).state == "DROPPED"
    gave = HandGiven.objects.filter(case=number).order_by("id")
    assert [(each.hand, each.officers) for each in gave] == [("draft", None), ("sign", 1)]


def test_an_officer_kept_apart_from_the_step_is_none_of_those_who_can_give_a_hand(office):
    number = stuck(office)
    Step.objects.create(
        lifecycle="catalog.change", case=number, action="submit", from_state="DRAFT", to_state="SUBMITTED", at=NOW,
        by="authority2", by_name="冯军", by_unit=office.police, by_unit_name="公安局", role="provider_editor",
        unit=office.police, clause="SX-05-a",
    )  # fmt: skip
    leave(office, 2)
    stop(office, number, by="authority")
    assert Change.objects.get(no=number).state == "DROPPED"


@hypothesis.given(
    people=st.sets(st.sampled_from("ABCD"), min_size=1), gave=st.lists(st.sampled_from("ABCDE"), max_size=2)
)
def test_a_step_that_ends_what_is_stuck_asks_for_no_hand_that_nobody_can_give(people, gave):
    move = next(each for each in CHANGE.moves if lifecycle.STUCK in each.when)
    before = [hands.GivenHand(hand, by, "", "") for hand, by in zip(move.hands, gave, strict=False)]
    order = hands.left(move, move.hands, given=before, able=people)
    others = people - set(gave)
    assert order.hands == move.hands[-len(order.hands) :]
    assert 1 <= len(order.hands) <= max(1, len(others))
    assert order.givers == (others or people)
    assert (order.officers is None) == (len(before) + len(order.hands) == len(move.hands) and bool(others))


def test_where_the_rulebook_does_not_ask_one_hand_is_enough(county):
    number = county.draft()
    county.walk(number, to="COMPLIANCE_CHECK")
    assert county.take(number, "refuse", by="authority", **GROUNDS) == "REFUSED"


def test_a_case_is_taken_given_and_given_back_and_the_clock_runs_on(office, no):
    due = office.due(no).late_at
    handling.take_over(APPLICATIONS, no, actor=office.actor("authority"), now=NOW)
    with pytest.raises(TakenByAnother):
        handling.take_over(APPLICATIONS, no, actor=office.actor("authority2"), now=NOW)
    give(office, no, by="authority", to="authority2")
    assert {row.handler for row in Turn.objects.filter(case=no)} == {"authority2"}
    mine = queries.CaseFilters(handler="authority2")
    assert [w.case for w in queries.waiting([office.seat("authority")], filters=mine)] == [no]
    with pytest.raises(TakenByAnother):
        give(office, no, by="authority3", to="authority4")
    give(office, no, by="authority3", to="authority4", heads=[Seat("authority", office.actor("authority").unit)])
    handling.give_back(APPLICATIONS, no, actor=office.actor("authority4"), now=NOW)
    assert {row.handler for row in Turn.objects.filter(case=no)} == {""}
    assert [h.kind for h in queries.handlings(LIFE, no)] == ["take", "give", "give", "give_back"]
    assert entries(office.url, "procedures.handled") == 4
    assert office.due(no).late_at == due


def test_what_one_officer_has_no_other_decides_without_taking_it_over_and_saying_why(office, no):
    give(office, no, by="authority", to="authority2")
    case = Application.objects.get(no=no)
    assert operations.open_to(APPLICATIONS, case, actor=office.actor("authority3"), now=NOW) == []
    with pytest.raises(GivenToAnother) as refused:
        office.take(no, "pass_on", by="authority3")
    assert (refused.value.facts["handler"], refused.value.facts["officer"]) == ("冯军", "陈静")
    over = {"actor": office.actor("authority3"), "now": NOW}
    for given in ({"handler": "authority", "words": "出差"}, {"words": "出差"}):
        with pytest.raises(TakenByAnother):
            handling.take_over(APPLICATIONS, no, **over, **given)
    with pytest.raises(GroundsMissing):
        handling.take_over(APPLICATIONS, no, **over, handler="authority2", words=" ")
    handling.take_over(APPLICATIONS, no, **over, handler="authority2", words="冯军出差")
    last = queries.handlings(LIFE, no)[-1]
    assert (last.kind, last.by, last.words) == ("take", "authority3", "冯军出差")
    with pytest.raises(GivenToAnother):
        office.take(no, "pass_on", by="authority2")
    assert office.take(no, "pass_on", by="authority3") == "PROVIDER_REPLY"


def test_who_has_a_case_and_gave_a_hand_has_it_no_more_and_another_gives_the_next(office, no):
    handling.take_over(APPLICATIONS, no, actor=office.actor("authority"), now=NOW)
    office.take(no, "refuse", by="authority", **GROUNDS)
    assert {row.handler for row in Turn.objects.filter(case=no)} == {""}
    with pytest.raises(NothingToDoThere):
        handling.take_over(APPLICATIONS, no, actor=office.actor("authority"), now=NOW)
    with pytest.raises(NothingToDoThere):
        give(office, no, by="authority2", to="authority")
    give(office, no, by="authority2", to="authority3")
    assert office.take(no, "refuse", by="authority3", **GROUNDS) == "COMPLIANCE_CHECK"


def test_of_a_step_under_way_the_next_hand_is_what_a_desk_is_asked_for_and_not_of_who_gave_one(office, no):
    def asked(who: str) -> list[tuple[str, str]]:
        found = queries.waiting([office.seat("authority")], filters=queries.CaseFilters(reader=who))
        return [(each.action, each.stage) for each in found]

    assert asked("authority") == [("pass_on", "")]
    office.take(no, "refuse", by="authority", **GROUNDS)
    assert (asked("authority"), asked("authority2")) == ([], [("refuse", "review")])
    assert passes.check_turns(now=NOW) == {}


def test_where_a_unit_has_fewer_officers_than_hands_the_authority_sees_to_a_deputy(office):
    number = office.draft()
    office.walk(number, to="PROVIDER_REPLY")
    assert office.take(number, "refuse", by="approver", **GROUNDS) == "PROVIDER_REPLY"
    refusal = Turn.objects.get(case=number, action="refuse")
    assert (refusal.role, refusal.of_role, refusal.why) == ("authority", "provider_approver", "all_gave")
    filters = queries.CaseFilters(elsewhere=True, reader="authority")
    assert [each.case for each in queries.waiting([office.seat("authority")], filters=filters)] == [number]


def give(county: County, no: str, *, by: str, to: str, heads: Collection[Seat] = ()) -> None:
    other = county.actor(to)
    handling.give(
        APPLICATIONS, no, to_officer=to, to_name=other.name, to_seats=other.seats, heads=heads, actor=county.actor(by),
        now=NOW,
    )  # fmt: skip


def test_a_case_is_given_to_nobody_who_has_no_seat_at_its_desk(office, no):
    with pytest.raises(NotOfThisOffice):
        give(office, no, by="authority", to="editor")
    with pytest.raises(NotOfThisOffice):
        give(office, no, by="editor", to="authority")


def test_who_was_given_a_case_keeps_it_through_steps_at_the_same_desk(office):
    number = office.draft()
    office.walk(number, to="DEPARTMENT_ENDORSED")
    handling.take_over(APPLICATIONS, number, actor=office.actor("authority2"), now=NOW)
    office.take(number, "accept", by="authority2")
    assert {row.handler for row in Turn.objects.filter(case=number)} == {"authority2"}
    office.take(number, "pass_on", by="authority2")
    assert {row.handler for row in Turn.objects.filter(case=number)} == {""}


def test_urging_and_supervising_are_seen_by_whose_turn_it_is(office, no):
    handling.urge(APPLICATIONS, no, actor=office.actor("consumer"), now=NOW, words="请尽快")
    (waits,) = queries.waiting([office.seat("authority")])
    assert waits.urged_at == NOW
    handling.urge(APPLICATIONS, no, actor=office.actor("authority"), now=NOW, words="限期办结")
    assert [(h.kind, h.words) for h in queries.handlings(LIFE, no)] == [("urge", "请尽快"), ("supervise", "限期办结")]
    with pytest.raises(handling.MayNotUrge):
        handling.urge(APPLICATIONS, no, actor=office.actor("operator"), now=NOW, words="请尽快")
    done = office.draft()
    Application.objects.filter(no=done).update(state="CLOSED")
    Turn.objects.filter(case=done).delete()
    with pytest.raises(NothingWaits):
        handling.urge(APPLICATIONS, done, actor=office.actor("consumer"), now=NOW, words="请尽快")


def test_another_unit_is_consulted_and_answers_once(office, no):
    due = office.due(no).late_at
    number = handling.consult(
        APPLICATIONS, no, unit=office.police, actor=office.actor("authority"), now=NOW, words="是否可行"
    )
    assert [c.pk for c in handling.consultations(office.actor("editor"))] == [number]
    with pytest.raises(handling.NoSuchConsultation):
        handling.answer(APPLICATIONS, no, about=number, actor=office.actor("consumer"), now=NOW, words="可行")
    handling.answer(APPLICATIONS, no, about=number, actor=office.actor("editor"), now=NOW, words="可行")
    assert handling.consultations(office.actor("editor")) == []
    with pytest.raises(handling.NoSuchConsultation):
        handling.answer(APPLICATIONS, no, about=number, actor=office.actor("editor"), now=NOW, words="又一次")
    assert office.due(no).late_at == due


def test_what_nobody_must_do_waits_for_its_next_hand_once_it_was_begun(office):
    rulebook.change(
        {"hands.catalog.entry.withdraw": True}, from_date=date(2026, 3, 2), reason="办文规定",
        actor=office.actor("authority"), now=NOW,
    )  # fmt: skip

    def withdrawn(by: str, **grounds) -> list[tuple[str, str, str]]:
        office.withdraw(by=by, reason="停用", **grounds)
        assert passes.check_turns(now=NOW) == {}
        return list(Turn.objects.filter(lifecycle="catalog.entry").values_list("action", "role", "stage"))

    assert withdrawn("authority") == [("withdraw", "authority", "review")]
    assert withdrawn("authority2", agrees=False, opinion="仍在使用") == []
    assert withdrawn("authority3") == [("withdraw", "authority", "review")]
    assert withdrawn("authority2") == [("withdraw", "authority", "sign")]
    assert withdrawn("authority") == []


def test_without_its_entry_nothing_is_done_about_a_case(office, no, log_down):
    log_down(office.url)
    for act in (
        lambda: handling.take_over(APPLICATIONS, no, actor=office.actor("authority"), now=NOW),
        lambda: handling.urge(APPLICATIONS, no, actor=office.actor("consumer"), now=NOW, words="请尽快"),
        lambda: handling.consult(
            APPLICATIONS, no, unit=office.police, actor=office.actor("authority"), now=NOW, words="是否可行"
        ),
    ):
        with pytest.raises(Exception, match="permission denied"):
            act()
    assert queries.handlings(LIFE, no) == []
    with psycopg.connect(office.url, options="-c role=hutong_owner") as opened:
        assert opened.execute("select count(*) from procedures_turn where handler <> '' or urged_at is not null"
                              ).fetchone() == (0,)  # fmt: skip
