"""Every step of an entry and of an application, as the articles have it: from where, by whom, to where, and on what.

A line says `state step role -> state`, then the conditions that must hold, then what has to be given, and whether the
step waits for nobody. A step that is not written down here is not there.
"""

from collections.abc import Iterator

import pytest

from hutong.control.catalog.lifecycle import CHANGE, ENTRY
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.core.lifecycle import Lifecycle

CHECKED = ("LODGED", "DEPARTMENT_ENDORSED", "COMPLIANCE_CHECK", "PROVIDER_REPLY", "PROVIDER_AGREED")
UNDER_WAY = (*CHECKED, "CONFIRMED", "PROVIDER_SUPPLYING", "SUPPLIED", "PURPOSE_VERIFYING", "NEGOTIATING",
             "COORDINATING")  # fmt: skip


def said(life: Lifecycle) -> list[str]:
    """Return the steps of a lifecycle in the words of this chapter."""
    return [
        f"{move.before} {move.action} {move.role} -> {move.after}"
        + "".join(f" if {word}" for word in move.when)
        + "".join(f" with {word}" for word in ("reason", "basis") if getattr(move, word))
        + (" waits for nobody" if move.optional else "")
        for move in life.moves
    ]


THE_UNIT_APPLIES = (
    "DRAFT lodge consumer -> LODGED if listed",
    "RETURNED lodge consumer -> LODGED if listed",
    *(f"{state} take_back consumer -> TAKEN_BACK waits for nobody"
      for state in ("DRAFT", *UNDER_WAY, "RETURNED", "REFUSED")),
)  # fmt: skip
THE_DEPARTMENT_LODGES = (
    "LODGED endorse competent -> DEPARTMENT_ENDORSED if listed",
    "LODGED return competent -> RETURNED if listed with reason",
    "LODGED refuse competent -> REFUSED if listed with reason with basis",
)
THE_AUTHORITY_CONFIRMS = (
    "DEPARTMENT_ENDORSED accept authority -> COMPLIANCE_CHECK if listed",
    "COMPLIANCE_CHECK pass_on authority -> PROVIDER_REPLY if listed if conditional",
    "COMPLIANCE_CHECK confirm authority -> SUPPLIED if listed if unconditional if supplied",
    "COMPLIANCE_CHECK confirm authority -> CONFIRMED if listed if unconditional if not_supplied",
    "COMPLIANCE_CHECK return authority -> RETURNED if listed with reason",
    "COMPLIANCE_CHECK refuse authority -> REFUSED if listed with reason with basis",
    "PROVIDER_AGREED confirm authority -> SUPPLIED if listed if supplied",
    "PROVIDER_AGREED confirm authority -> CONFIRMED if listed if not_supplied",
    "NEGOTIATING coordinate consumer -> COORDINATING if listed with reason",
    "COORDINATING reopen authority -> COMPLIANCE_CHECK if listed with reason",
    "COORDINATING refuse authority -> REFUSED if listed with reason with basis",
)
THE_UNIT_NEGOTIATES = (
    "REFUSED negotiate consumer -> NEGOTIATING if listed with reason",
    "NEGOTIATING settle provider_approver -> COMPLIANCE_CHECK if listed with reason",
)
THE_PROVIDER_SUPPLIES = (
    "PROVIDER_REPLY agree provider_approver -> PROVIDER_AGREED if listed",
    "PROVIDER_REPLY return provider_approver -> RETURNED if listed with reason",
    "PROVIDER_REPLY refuse provider_approver -> REFUSED if listed with reason with basis",
    "PROVIDER_AGREED return provider_approver -> RETURNED if listed with reason waits for nobody",
    "PROVIDER_AGREED refuse provider_approver -> REFUSED if listed with reason with basis waits for nobody",
    "CONFIRMED begin_supply provider_editor -> PROVIDER_SUPPLYING if listed",
    "PROVIDER_SUPPLYING report_supply provider_editor -> SUPPLIED if listed",
)
THE_OPERATOR_VERIFIES = (
    "SUPPLIED verify operator -> PURPOSE_VERIFYING if listed",
    "PURPOSE_VERIFYING return operator -> RETURNED if listed with reason",
    "PURPOSE_VERIFYING refuse operator -> REFUSED if listed with reason with basis",
    "FILED close operator -> CLOSED waits for nobody",
)
THE_OPERATOR_OPENS = ("PURPOSE_VERIFYING file operator -> FILED if listed",)
THE_RESOURCE_LEFT = (
    *(f"{state} end authority -> ENDED if withdrawn with reason with basis" for state in (*UNDER_WAY, "RETURNED",
                                                                                         "REFUSED")),
    "DRAFT end authority -> ENDED if withdrawn with reason with basis waits for nobody",
)  # fmt: skip
NOBODY_IS_LEFT = tuple(
    f"{state} stop authority -> ENDED if stuck with reason with basis waits for nobody"
    for state in (*UNDER_WAY, "DRAFT", "RETURNED", "REFUSED")
)

THE_UNIT_COMPILES = (
    "DRAFT submit provider_editor -> SUBMITTED",
    "RETURNED submit provider_editor -> SUBMITTED",
    "SUBMITTED register provider_approver -> REGISTERED",
    "SUBMITTED return provider_approver -> RETURNED with reason",
)
THE_UNIT_UPDATES = (
    "SUBMITTED take_back provider_editor -> DRAFT waits for nobody",
    *(f"{state} drop provider_editor -> DROPPED waits for nobody" for state in ("DRAFT", "RETURNED", "SUBMITTED")),
)
THE_AUTHORITY_PUBLISHES = (
    "REGISTERED publish authority -> PUBLISHED",
    "REGISTERED return authority -> RETURNED with reason",
    *(f"{state} stop authority -> DROPPED if stuck with reason waits for nobody"
      for state in ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED")),
    *(f"{state} end authority -> DROPPED if withdrawn with reason waits for nobody"
      for state in ("DRAFT", "SUBMITTED", "REGISTERED", "RETURNED")),
)  # fmt: skip
THE_ENTRY_IS_LISTED = (
    "UNPUBLISHED publish authority -> PUBLISHED if version_made waits for nobody",
    "PUBLISHED withdraw authority -> WITHDRAWN with reason waits for nobody",
)

STEPS = (
    (APPLICATION, THE_UNIT_APPLIES, pytest.mark.clause("SX-08-e", "SX-02-b")),
    (APPLICATION, THE_DEPARTMENT_LODGES, pytest.mark.clause("SX-08-a")),
    (APPLICATION, THE_AUTHORITY_CONFIRMS, pytest.mark.clause("SX-08-b")),
    (APPLICATION, THE_UNIT_NEGOTIATES, pytest.mark.clause("SX-08-b", "SX-02-b")),
    (APPLICATION, THE_PROVIDER_SUPPLIES, pytest.mark.clause("SX-08-c")),
    (APPLICATION, THE_OPERATOR_VERIFIES, pytest.mark.clause("SX-08-f")),
    (APPLICATION, THE_OPERATOR_OPENS, pytest.mark.clause("SX-08-d", "SX-08-f")),
    (APPLICATION, THE_RESOURCE_LEFT, pytest.mark.clause("SX-06-a")),
    (APPLICATION, NOBODY_IS_LEFT, pytest.mark.clause("SX-08-b")),
    (CHANGE, THE_UNIT_COMPILES, pytest.mark.clause("SX-04-e", "SX-05-a", "SX-02-a")),
    (CHANGE, THE_UNIT_UPDATES, pytest.mark.clause("SX-05-b", "SX-04-e", "SX-02-a")),
    (CHANGE, THE_AUTHORITY_PUBLISHES, pytest.mark.clause("SX-04-a", "HN-05-a")),
    (ENTRY, THE_ENTRY_IS_LISTED, pytest.mark.clause("SX-04-a", "HN-05-a")),
)


def steps() -> Iterator[object]:
    """Yield each step of the articles with the clause that it belongs to."""
    for life, lines, clause in STEPS:
        yield from (pytest.param(life, line, marks=clause, id=line) for line in lines)


@pytest.mark.parametrize(("life", "line"), list(steps()))
def test_the_step_is_there_and_as_the_article_has_it(life, line):
    assert line in said(life)


@pytest.mark.clause("SX-02-b", "SX-08-a", "SX-08-b", "SX-08-c", "SX-08-d", "SX-08-e", "SX-08-f", "SX-06-a")
def test_an_application_goes_no_other_way():
    written = [line for life, lines, _ in STEPS for line in lines if life is APPLICATION]
    assert sorted(said(APPLICATION)) == sorted(written)


@pytest.mark.clause("SX-02-a", "SX-04-a", "SX-04-e", "SX-05-a", "SX-05-b", "HN-05-a")
@pytest.mark.parametrize("life", [ENTRY, CHANGE], ids=lambda life: life.name)
def test_an_entry_and_a_change_of_it_go_no_other_way(life):
    written = [line for of, lines, _ in STEPS for line in lines if of is life]
    assert sorted(said(life)) == sorted(written)
