"""Entries and applications as the articles have them: steps, limits, who is kept apart, what may still be changed.

Written down here and asked of the reader; what happens by it in the database is in the chapters of the articles.
"""

from itertools import product

import pytest

from hutong.control.catalog.lifecycle import CHANGE, ENTRY
from hutong.control.notices.lifecycle import CONTACT_CHANGE
from hutong.control.registration.lifecycle import REGISTRATION
from hutong.control.security.lifecycle import DRILL, PLAN
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.core import defaults, lifecycle
from hutong.core.lifecycle import Counting, Seat
from hutong.core.limits import CountedIn

LIMITS = [
    pytest.param(APPLICATION, "endorse: endorse_days 2 in LODGED; still in RETURNED",
                 marks=pytest.mark.clause("SX-08-a")),
    pytest.param(APPLICATION,
                 "compliance: compliance_days 2 in DEPARTMENT_ENDORSED COMPLIANCE_CHECK; still in RETURNED LODGED",
                 marks=pytest.mark.clause("SX-08-b")),
    pytest.param(APPLICATION,
                 "conditional: conditional_days 10 in DEPARTMENT_ENDORSED COMPLIANCE_CHECK PROVIDER_REPLY "
                 "PROVIDER_AGREED if conditional; still in RETURNED LODGED",
                 marks=pytest.mark.clause("SX-08-b")),
    pytest.param(APPLICATION,
                 "provider: provider_days 5 in PROVIDER_REPLY if supplied; still in RETURNED LODGED "
                 "DEPARTMENT_ENDORSED COMPLIANCE_CHECK",
                 marks=pytest.mark.clause("SX-08-c")),
    pytest.param(APPLICATION,
                 "provider_unsupplied: provider_unsupplied_days 10 in PROVIDER_REPLY if not_supplied; still in "
                 "RETURNED "
                 "LODGED DEPARTMENT_ENDORSED COMPLIANCE_CHECK",
                 marks=pytest.mark.clause("SX-08-c")),
    pytest.param(APPLICATION, "confirm: confirm_days 2 in PROVIDER_AGREED",
                 marks=pytest.mark.clause("SX-08-b")),
    pytest.param(APPLICATION, "supply: supply_days 20 in CONFIRMED PROVIDER_SUPPLYING",
                 marks=pytest.mark.clause("SX-08-c")),
    pytest.param(APPLICATION,
                 "filing: filing_days 5 in SUPPLIED PURPOSE_VERIFYING; still in RETURNED LODGED DEPARTMENT_ENDORSED "
                 "COMPLIANCE_CHECK PROVIDER_REPLY PROVIDER_AGREED CONFIRMED PROVIDER_SUPPLYING",
                 marks=pytest.mark.clause("SX-08-f")),
    pytest.param(APPLICATION, "supplement: supplement_days 15 in RETURNED",
                 marks=pytest.mark.clause("SX-08-e")),
    pytest.param(APPLICATION, "negotiate: negotiate_days 10 in NEGOTIATING",
                 marks=pytest.mark.clause("SX-08-b")),
    pytest.param(APPLICATION, "coordinate: coordinate_days 10 in COORDINATING",
                 marks=pytest.mark.clause("SX-08-b")),
    pytest.param(CHANGE, "registration: registration_days 5 in SUBMITTED; still in RETURNED DRAFT",
                 marks=pytest.mark.clause("SX-04-e")),
    pytest.param(CHANGE,
                 "publication: publication_days 5 in REGISTERED; still in RETURNED DRAFT SUBMITTED",
                 marks=pytest.mark.clause("SX-04-a")),
    pytest.param(CHANGE, "supplement: supplement_days 15 in RETURNED", marks=pytest.mark.clause("SX-05-a")),
    pytest.param(CHANGE, "change: change_days 10 in DRAFT if alters; still in SUBMITTED",
                 marks=pytest.mark.clause("SX-05-b")),
    pytest.param(REGISTRATION, "review: review_days 5 in RULES_ACCEPTED CHECKED; still in RETURNED",
                 marks=pytest.mark.clause("PS-09-2")),
    pytest.param(REGISTRATION, "supplement: supplement_days 15 in RETURNED", marks=pytest.mark.clause("PS-09-2")),
    pytest.param(PLAN, "adoption: adoption_days 5 in SUBMITTED", marks=pytest.mark.clause("SX-11-c")),
    pytest.param(PLAN, "revision: revision_days 15 in RETURNED", marks=pytest.mark.clause("SX-11-c")),
    pytest.param(DRILL, "report: report_days 5 in RESTORE_DRILLED", marks=pytest.mark.clause("SX-11-c")),
    pytest.param(DRILL, "note: note_days 5 in REPORTED", marks=pytest.mark.clause("SX-11-c")),
    pytest.param(CONTACT_CHANGE, "lead: lead_days 5 in NOTICED if replaces", marks=pytest.mark.clause("SX-12-b")),
]  # fmt: skip
"""Lifecycle and line: the clock, its limit in working days, where it runs, if what, and where it stands still."""


def read(line: str) -> tuple[str, str, int, set[str], set[str], set[str]]:
    """Return clock, limit, days, states, conditions and pauses of a line."""
    name, _, rest = line.partition(": ")
    running, _, still = rest.partition("; still in ")
    running, _, when = running.partition(" if ")
    limit, days, _, *states = running.split()
    return name, limit, int(days), set(states), set(when.split()), set(still.split())


@pytest.mark.parametrize(("life", "line"), LIMITS)
def test_a_limit_runs_where_the_article_has_it_run_and_nowhere_else(life, line):
    name, limit, days, runs, when, still = read(line)
    (clock,) = [each for each in life.clocks if each.name == name]
    known = defaults.limit(clock.limit)
    assert (clock.limit.partition(".")[2], known.value, known.unit) == (limit, days, CountedIn.WORKING_DAYS)
    assert clock.counting is (Counting.LEAD if clock.date else Counting.WORKING_DAYS)
    for state, holds, before in product(life.states, (True, False), ("", "running", "paused")):
        facts = {word: holds if word in when else not holds for word in life.conditions}
        kept = {"running": {name} if before == "running" else set(), "paused": {name} if before == "paused" else set()}
        ticks = lifecycle.ticking(life, state, facts=facts, **kept)
        found = [what for what in ("begins", "pauses", "goes_on", "ends") if clock in getattr(ticks, what)]
        if state in runs:
            expected = {"": ["begins"] if holds or not when else [], "running": [], "paused": ["goes_on"]}[before]
        elif state in still:
            expected = ["pauses"] if before == "running" else []
        else:
            expected = ["ends"] if before else []
        assert found == expected, (state, holds, before)


@pytest.mark.clause("SX-08-f", "SX-05-b")
def test_no_limit_runs_that_no_article_has():
    for life in (APPLICATION, CHANGE, ENTRY):
        named = [read(line)[0] for of, line in (each.values for each in LIMITS) if of is life]
        assert [clock.name for clock in life.clocks] == named


DEPARTMENT = ("endorse", "return by competent", "refuse by competent")
PROVIDER = ("agree", "settle", "return by provider_approver", "refuse by provider_approver", "begin_supply",
            "report_supply")  # fmt: skip
AUTHORITY = ("accept", "pass_on", "confirm", "return by authority", "refuse by authority", "reopen")
OPERATOR = ("verify", "file", "return by operator", "refuse by operator")
APART = {
    "sharing.application": {
        *product(("draft", "lodge", "negotiate", "coordinate"),
                 ("endorse", "accept", "pass_on", "confirm", "agree", "return", "refuse", "reopen", "verify", "file",
                  "end", "stop", *PROVIDER)),
        *product(DEPARTMENT, (*PROVIDER, *AUTHORITY, *OPERATOR)),
        *product(PROVIDER, (*AUTHORITY, *OPERATOR)),
        *product(AUTHORITY, OPERATOR),
    },
    "catalog.entry": set(),
    "catalog.change": {
        *product(("draft", "submit"), ("register", "return", "publish", "stop")),
        *product(("register", "return by provider_approver"), ("publish", "return by authority")),
    },
}  # fmt: skip
"""Steps of which one person never takes both in one case."""


@pytest.mark.clause("SX-08-b", "SX-04-a")
@pytest.mark.parametrize("life", [APPLICATION, CHANGE, ENTRY], ids=lambda life: life.name)
def test_who_applies_does_not_decide_and_who_answers_does_not_confirm(life):
    taken = {name for move in life.moves for name in lifecycle.names(life, move.action, before=move.before)}
    actions = sorted(taken | life.writing)
    found = {
        (one, other)
        for one, other in product(actions, actions)
        if lifecycle.kept_apart(life, one, acted={other: {"p"}}) == {"p"}
    }
    assert found == APART[life.name] | {(other, one) for one, other in APART[life.name]}


OFFICES = {"authority": "A", "operator": "O"}
"""Office → the unit that holds it."""


@pytest.mark.clause("SX-08-a", "SX-08-c", "SX-02-a", "SX-02-b")
@pytest.mark.parametrize(
    ("life", "parties", "seats"),
    [
        (APPLICATION, {"consumer": "C", "competent": "D", "provider": "P"},
         {"consumer": Seat("consumer", "C"), "competent": Seat("competent", "D"),
          "provider_editor": Seat("provider_editor", "P"), "provider_approver": Seat("provider_approver", "P"),
          "authority": Seat("authority", "A"), "operator": Seat("operator", "O")}),
        (APPLICATION, {"consumer": "C", "competent": None, "provider": "P"},
         {"consumer": Seat("consumer", "C"), "competent": Seat("authority", "A"),
          "provider_editor": Seat("provider_editor", "P"), "provider_approver": Seat("provider_approver", "P"),
          "authority": Seat("authority", "A"), "operator": Seat("operator", "O")}),
        (CHANGE, {"provider": "P"},
         {"provider_editor": Seat("provider_editor", "P"), "provider_approver": Seat("provider_approver", "P"),
          "authority": Seat("authority", "A")}),
        (ENTRY, {"provider": "P"}, {"authority": Seat("authority", "A")}),
    ],
)  # fmt: skip
def test_a_step_belongs_to_a_role_in_the_unit_it_concerns_or_in_the_one_that_holds_the_office(life, parties, seats):
    found = {move.role: lifecycle.seat(life, move, parties={**parties, **OFFICES}) for move in life.moves}
    assert found == seats


@pytest.mark.clause("SX-08-e", "SX-05-b")
def test_what_a_case_says_is_changed_until_it_is_handed_on_and_when_it_comes_back():
    assert (APPLICATION.start, APPLICATION.editable) == ("DRAFT", {"DRAFT", "RETURNED"})
    assert (CHANGE.start, CHANGE.editable) == ("DRAFT", {"DRAFT", "RETURNED"})
    assert ENTRY.editable == set()


@pytest.mark.clause("SX-04-a", "SX-04-e", "SX-05-a", "SX-05-b", "SX-02-a", "HN-05-a")
def test_the_unit_drafts_and_registers_its_entry_and_the_authority_publishes_it():
    ending = ("stop", "end")
    steps = {(move.before, move.action, move.role, move.after) for move in CHANGE.moves if move.action not in ending}
    assert steps == {
        ("DRAFT", "submit", "provider_editor", "SUBMITTED"),
        ("RETURNED", "submit", "provider_editor", "SUBMITTED"),
        ("SUBMITTED", "register", "provider_approver", "REGISTERED"),
        ("SUBMITTED", "return", "provider_approver", "RETURNED"),
        ("REGISTERED", "publish", "authority", "PUBLISHED"),
        ("REGISTERED", "return", "authority", "RETURNED"),
        ("SUBMITTED", "take_back", "provider_editor", "DRAFT"),
        ("DRAFT", "drop", "provider_editor", "DROPPED"),
        ("RETURNED", "drop", "provider_editor", "DROPPED"),
        ("SUBMITTED", "drop", "provider_editor", "DROPPED"),
    }
    ended = {(move.before, move.action, move.role, move.after) for move in CHANGE.moves if move.action in ending}
    open_states = ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED")
    assert ended == {(state, action, "authority", "DROPPED") for state in open_states for action in ending}
    assert {(move.before, move.action, move.role, move.after) for move in ENTRY.moves} == {
        ("UNPUBLISHED", "publish", "authority", "PUBLISHED"),
        ("PUBLISHED", "withdraw", "authority", "WITHDRAWN"),
    }


@pytest.mark.clause("SX-08-a", "SX-08-b", "SX-08-c", "SX-08-d", "SX-08-e", "SX-08-f")
def test_an_application_goes_from_the_unit_by_department_authority_and_provider_to_the_operator():
    way = ("lodge", "endorse", "accept", "pass_on", "agree", "confirm", "begin_supply", "report_supply", "verify",
           "file")  # fmt: skip
    steps = {(move.before, move.action, move.role, move.after) for move in APPLICATION.moves if move.action in way}
    assert steps == {
        ("DRAFT", "lodge", "consumer", "LODGED"),
        ("RETURNED", "lodge", "consumer", "LODGED"),
        ("LODGED", "endorse", "competent", "DEPARTMENT_ENDORSED"),
        ("DEPARTMENT_ENDORSED", "accept", "authority", "COMPLIANCE_CHECK"),
        ("COMPLIANCE_CHECK", "pass_on", "authority", "PROVIDER_REPLY"),
        ("COMPLIANCE_CHECK", "confirm", "authority", "CONFIRMED"),
        ("COMPLIANCE_CHECK", "confirm", "authority", "SUPPLIED"),
        ("PROVIDER_REPLY", "agree", "provider_approver", "PROVIDER_AGREED"),
        ("PROVIDER_AGREED", "confirm", "authority", "CONFIRMED"),
        ("PROVIDER_AGREED", "confirm", "authority", "SUPPLIED"),
        ("CONFIRMED", "begin_supply", "provider_editor", "PROVIDER_SUPPLYING"),
        ("PROVIDER_SUPPLYING", "report_supply", "provider_editor", "SUPPLIED"),
        ("SUPPLIED", "verify", "operator", "PURPOSE_VERIFYING"),
        ("PURPOSE_VERIFYING", "file", "operator", "FILED"),
    }
