"""Article 8: what was found of the purpose is said with the filing, kept, and numbered in one register."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from acting import NOW, PASSWORD
from applying import GROUNDS, at, step

from hutong.control.procedures import messages
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing import filings, verifying
from hutong.control.sharing.filings import FilingFilters
from hutong.control.sharing.models import Application, PurposeFinding
from hutong.control.sharing.verifying import Finding
from hutong.control.units import operations as members
from hutong.core.errors import Faults

READ = "查阅了《社会救助暂行办法》第十一条和办理事项清单。"


def verified(county, action: str, finding: Finding | None, **grounds: str) -> object:
    """Take a step that ends the verification of a purpose; returns the state, or the code of the refusal."""
    return step(county, at(county, "PURPOSE_VERIFYING"), action, by="operator", finding=finding, **grounds)


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(
    ("finding", "came"),
    [
        (Finding("　 ", True), "FINDING_MISSING"), (Finding(READ, None), "FINDING_MISSING"),
        (Finding(READ, False, "清单没有列。"), "BASIS_NOT_FOUND"), (Finding(READ, True), "FILED"),
    ],
)
def test_nothing_is_filed_without_what_was_looked_at_and_the_basis_that_was_found(county, finding, came):
    assert verified(county, "file", finding) == came
    assert PurposeFinding.objects.count() == (came == "FILED")
    assert Application.objects.get().grant_no.startswith("G-") == (came == "FILED")


@pytest.mark.clause("SX-08-f")
def test_all_that_a_finding_and_its_refusal_lack_is_told_at_once(county):
    no = at(county, "PURPOSE_VERIFYING")
    with pytest.raises(Faults) as refused:
        county.take(no, "refuse", by="operator", finding=None, reason="用途不符")
    assert [each.facts["fields"] for each in refused.value.problems] == ["looked_at", "basis_found", "basis"]


@pytest.mark.clause("SX-08-f")
@pytest.mark.parametrize(
    ("finding", "came"),
    [
        (Finding(READ, False), "FINDING_MISSING"), (Finding(READ, False, "清单没有列。"), "REFUSED"),
        (Finding(READ, True, "有依据，但用途与职责无关。"), "REFUSED"),
    ],
)
def test_a_filing_is_refused_with_what_was_found_and_an_opinion_where_no_basis_was(county, finding, came):
    assert verified(county, "refuse", finding, **GROUNDS) == came
    kept = PurposeFinding.objects.values_list("action", "looked_at", "basis_found", "conclusion", "by", "by_name")
    said = ("refuse", finding.looked_at, finding.basis_found, finding.conclusion, "operator", "李强")
    assert list(kept) == ([said] if came == "REFUSED" else [])


@pytest.mark.clause("SX-08-f")
def test_what_was_found_is_entered_with_who_found_it_and_nobody_alters_or_takes_it_away(county):
    no = at(county, "PURPOSE_VERIFYING")
    step(county, no, "file", by="operator", finding=Finding(READ, True, "同意。"))
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        records = opened.execute(
            "select record::json from audit.entry where event = 'sharing.purpose_verified'"
        ).fetchall()
    told = {"application": no, "looked_at": READ, "basis_found": True, "conclusion": "同意。", "by": "operator"}
    assert [{name: record[name] for name in told} for (record,) in records] == [told]
    for statement in ("update sharing_purposefinding set looked_at = ''", "delete from sharing_purposefinding"):
        with psycopg.connect(county.url, options="-c role=hutong_control") as opened, pytest.raises(
            psycopg.errors.InsufficientPrivilege
        ):
            opened.execute(statement)


@pytest.mark.clause("SX-08-f")
def test_without_its_entry_nothing_is_found_and_nothing_filed(county, log_down):
    no = at(county, "PURPOSE_VERIFYING")
    log_down(county.url)
    with pytest.raises(Exception, match="permission denied"):
        county.take(no, "file", by="operator", finding=Finding(READ, True))
    assert (PurposeFinding.objects.count(), Application.objects.get().state) == (0, "PURPOSE_VERIFYING")


@pytest.mark.clause("SX-08-f")
def test_after_a_return_the_purpose_is_verified_and_said_anew(county):
    no = at(county, "PURPOSE_VERIFYING")
    step(county, no, "return", by="operator", reason="请写明事项。")
    county.walk(no, to="PURPOSE_VERIFYING")
    assert PurposeFinding.objects.count() == 0
    assert step(county, no, "file", by="operator", finding=Finding(READ, None)) == "FINDING_MISSING"
    assert step(county, no, "file", by="operator", finding=Finding(READ, True)) == "FILED"


@pytest.mark.clause("SX-08-f", "P-2")
def test_where_a_refusal_passes_through_several_hands_each_says_what_it_found_and_the_same_is_kept_once(county):
    given = {"reason": "试行", "from_date": NOW.date(), "actor": county.actor("authority"), "now": NOW}
    rulebook.change({"hands.sharing.application.refuse": True}, **given)
    for username in ("second", "third"):
        unit = county.actor("operator").unit
        members.add_officer(
            username=username, password=PASSWORD, name=username, unit=unit, roles=["operator"], now=NOW, by="init"
        )
    no, found = at(county, "PURPOSE_VERIFYING"), Finding(READ, False, "清单没有列。")
    came = []
    for by, said in (("operator", found), ("second", found), ("third", Finding(READ, False, "不予备案。"))):
        came.append((verifying.last(no, "refuse"), step(county, no, "refuse", by=by, finding=said, **GROUNDS)))
    assert came == [(None, "PURPOSE_VERIFYING"), (found, "PURPOSE_VERIFYING"), (found, "REFUSED")]
    assert list(PurposeFinding.objects.values_list("by", flat=True).order_by("id")) == ["operator", "third"]
    assert verifying.last(no, "refuse") is None


@pytest.mark.clause("SX-08-f")
def test_each_filing_has_the_next_number_of_its_year_in_one_register(county):
    numbers = []
    for now in (NOW, NOW + timedelta(days=1), datetime(2027, 1, 4, 1, tzinfo=UTC)):
        no = county.draft(now=now, from_at=now, until_at=now + timedelta(days=90))
        county.walk(no, to="FILED", now=now)
        numbers.append(Application.objects.get(no=no).filing_no)
    assert numbers == ["BA2026-000001", "BA2026-000002", "BA2027-000001"]
    listed = filings.visible(county.actor("operator"), FilingFilters())
    assert [each.application.filing_no for each in listed] == numbers[::-1]
    assert [each.finding.by_name for each in listed if each.finding] == ["李强"] * 3


@pytest.mark.clause("SX-08-f")
def test_the_operator_is_reminded_before_the_five_days_are_over(county):
    no = county.draft()
    county.walk(no, to="SUPPLIED", now=NOW)
    operator, due = county.actor("operator"), county.due(no)
    told = {
        before: [each.case for each in messages.page(operator, now=due.late_at - before, limit=50)
                 if each.event == "deadline.near"]
        for before in (timedelta(days=6), timedelta(hours=1))
    }  # fmt: skip
    assert told == {timedelta(days=6): [], timedelta(hours=1): [no]}
