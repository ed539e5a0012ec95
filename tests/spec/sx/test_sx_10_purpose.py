"""Article 10: what is applied for has a registered purpose, and a matter that nobody registered is marked as that."""

import pytest
from acting import NOW, County
from browsing import _key_of_the_log
from desks import handed_out
from django.conf import settings
from paging import entered, read

from hutong.control.sharing import operations, rules, terms
from hutong.control.sharing.models import Application

__all__ = ["_key_of_the_log"]

LIKE = ("social-assistanc", "social-assistance2", "Social-assistance", "救助", "DB-002")
"""Purposes that are none: a part of one, one with more, another case, a word for it, the code of a matter."""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(settings, "CLOCK", lambda: NOW)


@pytest.mark.clause("SX-10-e")
@pytest.mark.parametrize("purpose", LIKE)
def test_a_purpose_that_is_not_registered_is_refused(county: County, purpose):
    with pytest.raises(rules.PurposeUnregistered) as refused:
        county.draft(purpose=purpose)
    assert (refused.value.fields, refused.value.facts["purpose"]) == (("purpose",), purpose)
    assert not Application.objects.exists()
    no = county.draft(purpose="social-assistance")
    with pytest.raises(rules.PurposeUnregistered):
        operations.amend(no, changes={"purpose": purpose}, actor=county.actor("consumer"), now=NOW)
    assert Application.objects.get().purpose == "social-assistance"


@pytest.mark.clause("SX-10-e")
def test_a_purpose_that_was_taken_out_of_the_register_is_applied_for_no_more(county: County):
    told = {"code": "social-assistance", "name": "核验社会救助对象", "now": NOW, "by": "init"}
    terms.change("purpose", **told, active=False)
    with pytest.raises(rules.PurposeUnregistered):
        county.draft(purpose="social-assistance")


@pytest.mark.clause("SX-10-e")
def test_a_purpose_is_looked_at_once_more_when_the_application_is_lodged(county: County):
    no = county.draft(purpose="social-assistance")
    Application.objects.update(purpose="none-such")
    with pytest.raises(rules.PurposeUnregistered):
        county.take(no, "lodge", by="consumer")


@pytest.mark.clause("SX-10-e")
@pytest.mark.parametrize(("matters", "unchecked"), [
    (["DB-002"], []), (["DB-001"], ["DB-001"]), (["db-002", "DB-002"], ["db-002"]),
    (["DB-003", "DB-002", "DB-0021"], ["DB-003", "DB-0021"]), (["social-assistance"], ["social-assistance"]),
])  # fmt: skip
def test_who_decides_sees_which_matters_nobody_registered(county: County, matters, unchecked):
    no = county.draft(matters=matters)
    county.take(no, "lodge", by="consumer")
    for who in ("competent", "authority", "approver", "operator"):
        page = read(who, f"/zh/desk/applications/{no}/")
        assert page.count("未核对：没有登记这一办理事项。") == len(unchecked)
        assert (f"未核对的办理事项：{', '.join(unchecked)}" in page) is bool(unchecked)
    english = read("competent", f"/en/desk/applications/{no}/")
    assert english.count("Unchecked: this matter is not registered.") == len(unchecked)


@pytest.mark.clause("SX-10-e")
def test_what_was_decided_with_an_unchecked_matter_stays_marked_when_it_is_registered_later(county: County):
    no = county.draft(matters=["DB-009"])
    county.take(no, "lodge", by="consumer")
    terms.register("matter", code="DB-009", name="残疾人补贴", now=NOW, by="init")
    county.take(no, "endorse", by="competent")
    page = read("authority", f"/zh/desk/applications/{no}/")
    assert (page.count("未核对：没有登记"), page.count("未核对的办理事项：DB-009")) == (0, 1)


@pytest.mark.clause("SX-10-e")
def test_cases_that_are_looked_at_together_name_their_unchecked_matters(county: County):
    numbers = [county.draft(matters=matters) for matters in (["DB-001", "DB-002"], ["DB-002"])]
    for no in numbers:
        county.take(no, "lodge", by="consumer")
    boxes = [f"sharing.application|{no}|endorse" for no in numbers]
    page = entered("competent").post("/zh/desk/together/", {"case": boxes}).content.decode()
    assert (page.count("DB-001（未核对）"), page.count("（未核对）")) == (1, 1)


@pytest.mark.clause("SX-10-e")
def test_the_file_of_the_applications_tells_of_each_which_matters_are_unchecked(county: County):
    for matters in (["DB-002"], ["DB-001", "DB-002"], ["DB-009", "DB-008"]):
        county.take(county.draft(matters=matters), "lodge", by="consumer")
    listed, _ = handed_out("authority", "/zh/desk/applications/").values()
    assert listed[0][-2:] == ("办理事项代码", "未核对的办理事项")
    told = [("DB-002", None), ("DB-001、DB-002", "DB-001"), ("DB-009、DB-008", "DB-009、DB-008")]
    assert sorted(row[-2:] for row in listed[1:]) == sorted(told)
