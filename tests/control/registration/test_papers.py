"""No system is submitted, nor found in order, without the papers of its protection level (SX-09)."""

import pytest
from acting import NOW, County
from outcomes import came_of, result_of
from registering import PAPER, administrator, applied, attach, registered, take
from specimens import docx, ofd, png, xlsx

from hutong.control.procedures import attachments, models
from hutong.control.procedures.attachments import CaseReference
from hutong.control.registration import papers
from hutong.control.registration.models import Registration

pytestmark = pytest.mark.clause("SX-09")

PAPERS = {"测评报告.pdf": PAPER, "备案证明.ofd": ofd(), "备案证明.png": png()}
NONE = {"说明.txt": "二级".encode(), "清单.csv": b"a,b\n1,2\n", "报告.docx": docx(), "报告.xlsx": xlsx()}


@pytest.fixture
def bureau(county: County) -> County:
    administrator(county)
    return county


def lacks(no: str) -> bool:
    return papers.missing(Registration.objects.get(no=no))


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_of_any_fixed_kind_lets_a_system_be_submitted(bureau, name):
    no = applied(bureau, "system", papers=False)
    assert (lacks(no), came_of(take, bureau, no, "accept_rules", by="unit_admin")) == (
        True, "PROTECTION_PAPERS_MISSING",
    )  # fmt: skip
    assert models.Step.objects.filter(case=no).count() == 0
    attach(bureau, no, name=name, content=PAPERS[name])
    assert lacks(no) is False
    steps = [result_of(take, bureau, no, "accept_rules", by="unit_admin"), result_of(take, bureau, no, "check")]
    assert steps == ["RULES_ACCEPTED", "CHECKED"]


@pytest.mark.parametrize("name", NONE)
def test_what_anybody_can_write_is_no_such_paper(bureau, name):
    no = applied(bureau, "system", papers=False)
    attach(bureau, no, name=name, content=NONE[name])
    assert lacks(no) is True
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == "PROTECTION_PAPERS_MISSING"


def test_what_was_submitted_before_papers_were_asked_for_is_returned_and_not_found_in_order(bureau):
    no = applied(bureau, "system", papers=False)
    accepted = {"rules_version": "1", "rules_at": NOW, "rules_by": "unit_admin"}
    Registration.objects.filter(no=no).update(state="RULES_ACCEPTED", **accepted)
    assert lacks(no) is True
    assert came_of(take, bureau, no, "check") == "PROTECTION_PAPERS_MISSING"
    assert take(bureau, no, "return", reason="缺少备案证明") == "RETURNED"
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == "PROTECTION_PAPERS_MISSING"
    attach(bureau, no)
    assert take(bureau, no, "accept_rules", by="unit_admin") == "RULES_ACCEPTED"


def test_a_paper_that_was_taken_away_again_is_none(bureau):
    no = applied(bureau, "system")
    of, admin = CaseReference("registration.registration", no), bureau.actor("unit_admin")
    (paper,) = attachments.listed(of)
    attachments.remove(of, paper.id, by=admin, editable=True, now=NOW)
    assert came_of(take, bureau, no, "accept_rules", by="unit_admin") == "PROTECTION_PAPERS_MISSING"


@pytest.mark.parametrize("kind", ["user", "device"])
def test_a_person_or_device_needs_none(bureau, kind):
    no = applied(bureau, kind)
    assert (lacks(no), take(bureau, no, "accept_rules", by="unit_admin")) == (False, "ACTIVE")
    assert [row[0] for row in registered(bureau)] == [kind]


def test_who_may_not_submit_is_told_that_and_not_what_lacks(bureau):
    no = applied(bureau, "system", papers=False)
    assert came_of(take, bureau, no, "accept_rules", by="consumer") == "NOT_YOUR_ROLE"
