"""What tests of comparisons share: a county of two people, questions about them, and what was told."""

from answering import KEYRING, NOW, as_it_is, asked, establish, person, supply

from hutong.core.errors import Problem
from hutong.plane.answer import compare
from hutong.plane.answer.compare import Claim, CompareQuestion

ID1, ID2, NOBODY = person(1)["id"], person(2)["id"], "330100200001019999"


def two_people(db):
    """Return a database with a county that holds two people; of the second little is known."""
    establish(db)
    supply(db, [person(1), person(2, name=None, income=None, street=None)])
    return db


def question(key=ID1, grant="g1", values=None, **changes):
    return CompareQuestion(asked(grant, **changes), (Claim((key,), values or {"name": "张1"}),))


def answer(db, *questions, now=NOW):
    return compare.answer(db, questions=questions, keyring=KEYRING, now=now, make=as_it_is)


def told(answers):
    """Codes of refusals, verdicts of answers as text."""
    return [
        a.code if isinstance(a, Problem) else [{c: str(v) for c, v in claim.items()} for claim in a.verdicts]
        for a in answers
    ]
