"""Who drafts a step inside an office is told when a later hand disagrees, and what becomes of the case."""

from datetime import date, timedelta

import pytest
from acting import NOW
from desks import at, entered, hire, words

from hutong.control.procedures import messages
from hutong.control.rulebook import operations as rulebook
from hutong.control.units import postings, queries

HERE = "/zh/desk/messages/"
LATER = NOW + timedelta(hours=2)
GROUNDS = {"reason": "与职责无关", "basis": "SX-08"}


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands some hours after the county was made."""
    with at(LATER):
        yield


@pytest.fixture
def no(county) -> str:
    """An application that waits at an authority of four officers, whose rulebook asks for three hands to a refusal."""
    for username, name in (("second", "冯军"), ("third", "陈静"), ("fourth", "褚亮")):
        hire(county, username, name, unit=county.actor("authority").unit, roles=("authority",))
    rulebook.change(
        {"hands.sharing.application.refuse": True}, from_date=date(2026, 3, 2), reason="办文规定",
        actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    number = county.draft()
    county.walk(number, to="COMPLIANCE_CHECK")
    return number


def disagreed(username: str) -> list[tuple[str, str, str]]:
    """Return of the hands that disagreed which they were, whose, and with what words; the newest first."""
    actor = queries.actor(username, now=LATER)
    found = messages.page(actor, now=LATER, limit=1000)
    assert messages.unseen(actor, now=LATER) == len(found) == messages.counted(actor, now=LATER)
    return [(each.detail, each.by, each.reason) for each in found if each.event == messages.DISAGREED]


def hand(county, no: str, by: str, *, minute: int, **more) -> None:
    county.take(no, "refuse", by=by, now=NOW + timedelta(minutes=minute), **GROUNDS, **more)


def test_who_drafted_is_told_that_the_review_disagreed_and_with_what_words(county, no):
    hand(county, no, "second", minute=1, opinion="拟不予同意")
    assert disagreed("second") == []
    hand(county, no, "third", minute=2, agrees=False, opinion="职责相符，应当同意")
    assert disagreed("second") == [("review", "third", "职责相符，应当同意")]
    assert [disagreed(name) for name in ("third", "fourth", "consumer")] == [[], [], []]
    page = words(entered("second").get(HERE))
    assert "共享申请：审核不同意“不予同意”，退回重新拟办" in page
    assert ("职责相符，应当同意" in page, "陈静" in page, no in page) == (True, True, True)
    assert "was not agreed with" in words(entered("second").get(HERE.replace("/zh/", "/en/")))


def test_who_signs_and_disagrees_is_told_to_both_hands_before_and_to_no_later_one(county, no):
    hand(county, no, "second", minute=1)
    hand(county, no, "third", minute=2)
    hand(county, no, "fourth", minute=3, agrees=False, opinion="请再议")
    assert disagreed("second") == disagreed("third") == [("sign", "fourth", "请再议")]
    hand(county, no, "authority", minute=4)
    assert disagreed("authority") == []


def test_who_drafted_is_told_what_became_of_it_though_another_signed(county, no):
    hand(county, no, "second", minute=1)
    hand(county, no, "third", minute=2)
    hand(county, no, "fourth", minute=3)
    found = messages.page(queries.actor("second", now=LATER), now=LATER, limit=1000)
    assert [(each.action, each.by) for each in found if each.case == no and each.to_state == "REFUSED"] == [
        ("refuse", "fourth")
    ]


def test_who_was_moved_is_told_no_more_of_the_hands_of_the_former_unit(county, no):
    hand(county, no, "second", minute=1)
    hand(county, no, "third", minute=2, agrees=False, opinion="请再议")
    postings.move(username="second", unit=county.actor("operator").unit, reason="调动", now=NOW, by="operator")
    assert disagreed("second") == []
    assert no not in words(entered("second").get(HERE))
