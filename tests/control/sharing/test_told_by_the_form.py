"""What lodging and opening refuse for what was typed alone, the form refused before: it is told where it is typed."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from acting import NOW
from django.db import connection, transaction

from hutong.control.sharing import drafting
from hutong.control.sharing.models import Application
from hutong.core.errors import Problem, told
from hutong.db import database
from hutong.plane import grants
from hutong.plane.definition import Mode

UNREGISTERED, PAST = "随便用用", NOW - timedelta(days=1)
ITEMS = (["name"], ["address", "street"], ["street", "none"])
NEEDS = ([], ["value_to_be_recorded"], ["subjects_not_known"], ["value_to_be_recorded", "subjects_not_known"])
TYPED = [
    *({"mode": str(mode), "items": items, "need": need} for mode, items, need in product(Mode, ITEMS, NEEDS)),
    *({"mode": "query", "items": ["street"], "need": ["value_to_be_recorded"], **more}
      for more in ({"purpose": UNREGISTERED}, {"from_at": PAST - timedelta(days=9), "until_at": PAST},
                   {"conditions": ["name"]}, {"row_filter": {"name": ["张三"]}})),
    {"purpose": UNREGISTERED}, {"system": "another"}, {"row_filter": {"name": ["张三"]}},
]  # fmt: skip
"""What a form says otherwise than the county's own draft."""
TOLD_AS = {"SYSTEM_NOT_OF_CONSUMER": "OUTSIDE_REGISTERS"}
"""Refusal of opening → what the form calls it, where it is another."""


def refused_by(act: Callable[..., object], *given: object, **more: object) -> set[str]:
    """Return the codes of what an act was refused for; none where it was not."""
    try:
        act(*given, **more)
    except Problem as problem:
        return {each.code for each in told(problem)}
    return set()


def opened(county, no: str) -> None:
    """Open what an application says as its filing would, and take it back."""
    said = drafting.said(Application.objects.get(no=no))
    del said["legal_basis"]
    grant = grants.Grant(
        no="G-1", code=county.code, provider=county.police, consumer=county.civil, filing_no="1",
        **{**said, "mode": Mode(said["mode"])},
    )  # fmt: skip
    with transaction.atomic(), database.joined(connection) as cur:
        grants.open_grant(cur, grant=grant, now=NOW, by="operator")
        transaction.set_rollback(True)


@pytest.mark.clause("SX-07-e")
def test_what_lodging_or_opening_refuses_for_what_was_typed_the_form_has_told_with_all_else(county):
    county.supply()
    untold, seen = [], set()
    for typed in TYPED:
        by_form = refused_by(county.draft, **typed)
        no = county.draft()
        Application.objects.filter(no=no).update(**typed)  # as if no form had looked at it
        later = refused_by(county.take, no, "lodge", by="consumer") | refused_by(opened, county, no)
        seen |= later
        if not {TOLD_AS.get(code, code) for code in later} <= by_form:
            untold.append((typed, by_form, later))
    assert untold == []
    assert seen == {
        "COMPARE_SUFFICES", "QUERY_SUFFICES", "ITEM_NOT_OFFERED", "ITEM_UNKNOWN", "CONDITION_NOT_DECLARED",
        "FILTER_NOT_DECLARED", "PURPOSE_UNREGISTERED", "PERIOD_OVER", "SYSTEM_NOT_OF_CONSUMER",
    }  # fmt: skip


@pytest.mark.clause("SX-07-e")
def test_a_missing_reason_is_told_where_no_item_was_chosen_yet_and_names_none(county):
    with pytest.raises(Problem) as refused:
        county.draft(mode=Mode.QUERY, items=[])
    found = {each.code: each for each in told(refused.value)}
    assert set(found) == {"APPLICATION_INCOMPLETE", "COMPARE_SUFFICES"}
    assert (found["COMPARE_SUFFICES"].fields, "items" in found["COMPARE_SUFFICES"].facts) == (("need",), False)
