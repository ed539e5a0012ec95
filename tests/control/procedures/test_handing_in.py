"""Whether what was sent back is handed in as it was: its words and its attachments are compared, and nothing else."""

import pytest
from acting import NOW

from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments, handing_in
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.handing_in import UnchangedSinceReturn
from hutong.control.procedures.models import Step
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.models import Application
from hutong.control.sharing.procedure import APPLICATIONS
from hutong.plane.keys import Keyring

KEYS = Keyring({"k1": bytes(range(32))}, current="k1")


@pytest.fixture
def returned(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补正。")
    return no


def unchanged(no: str, action: str = "lodge") -> bool:
    case = Application.objects.get(no=no)
    found = handing_in.unchanged_since(APPLICATIONS, case, action)
    if found is None:
        handing_in.check(APPLICATIONS, case, action)
        return False
    with pytest.raises(UnchangedSinceReturn) as refused:
        handing_in.check(APPLICATIONS, case, action)
    told = refused.value.facts
    assert (found.action, told["reason"], told["officer"]) == ("return", "请补正。", "孙丽")
    return True


def test_a_file_that_is_added_is_a_change_and_one_that_is_taken_away_again_is_none(county, returned):
    consumer, case = county.actor("consumer"), CaseReference("sharing.application", returned)
    assert unchanged(returned)
    file = attachments.add(
        case, name="条款.txt", source=["第十一条".encode()], by=consumer, record_class=RecordClass.ADMINISTRATION,
        keyring=KEYS, now=NOW,
    )  # fmt: skip
    assert not unchanged(returned)
    attachments.remove(case, file.id, by=consumer, editable=True, now=NOW)
    assert unchanged(returned)


def test_words_that_are_changed_and_changed_back_are_no_change(county, returned):
    before = Application.objects.get(no=returned).legal_basis
    came = []
    for words in ("《社会救助暂行办法》第十二条", before):
        sharing.amend(returned, changes={"legal_basis": words}, actor=county.actor("consumer"), now=NOW)
        came.append(unchanged(returned))
    assert came == [False, True]


def test_no_other_step_is_asked_about_and_none_that_was_taken_before_steps_kept_what_a_case_said(county, returned):
    assert [unchanged(returned, action) for action in ("take_back", "endorse", "x")] == [False] * 3
    Step.objects.filter(case=returned).update(said="")
    assert not unchanged(returned)
    assert not unchanged(county.draft())


def test_the_steps_that_send_back_and_hand_in_keep_what_was_said_and_no_others_do(county, returned):
    county.take(returned, "lodge", by="consumer")
    county.take(returned, "endorse", by="competent")
    kept = [bool(step.said) for step in Step.objects.filter(case=returned).order_by("id")]
    assert kept == [False, True, True, False]
