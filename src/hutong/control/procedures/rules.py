"""Why a step is refused: one error for each refusal of the reader, and the grounds a step needs."""

from hutong.core.blanks import is_blank
from hutong.core.errors import Conflicting, Invalid, Missing, Problem, Refused
from hutong.core.lifecycle import Facts, Lifecycle, Move, Parties, StepRefusal, all_true, seat

HANDLINGS = {
    "take": "领办",
    "give": "分办",
    "give_back": "退回本处",
    "urge": "催办",
    "supervise": "督办",
    "consult": "请求会签",
    "answer": "会签答复",
    "attach": "上传附件",
    "detach": "移除附件",
    "edit": "修改内容",
}
"""What is done about a case without moving it → what it is called: on its button, afterwards, and in the history."""


class CaseCannotMove(Conflicting):
    """{title} {case} is in state {case_state}; the step {action} is not allowed from there."""


class ConditionNotMet(Conflicting):
    """{title} {case}: the step {action} is not open now, for this does not hold: {conditions}."""


class NotYourRole(Refused):
    """This step belongs to {role}; {officer} does not hold that role here."""


class OtherSideTaken(Refused):
    """{officer} has decided on the other side of {title} {case}; another officer takes the step {action}."""

    clause = "D-24"


class GroundsMissing(Invalid):
    """The step {action} needs {fields}."""


class NoSuchCase(Missing):
    """There is no {title} {case} that you may see."""


class GraveByToken(Refused):
    """The step {action} of {title} {case} is grave: an officer takes it on the page that asks once more, no token."""

    clause = "SX-11-a"


class HandsOneAfterTheOther(Conflicting):
    """{title} {case}: {officer} has given a hand to this step already; the next hand is another officer's."""

    clause = "D-24"


class TakenByAnother(Conflicting):
    """{title} {case} is with {handler}; it is given on by {handler} or by the head of the office."""


class GivenToAnother(Conflicting):
    """{title} {case} is with {handler}; {officer} takes the step {action} only after taking the case over."""


class NothingToDoThere(Invalid):
    """{officer} is kept apart from {title} {case}, or has given a hand to it: there is nothing left to do for them."""

    clause = "D-24"


class NotOfThisOffice(Invalid):
    """{officer} holds no role at the desk where {title} {case} waits."""


class NothingWaits(Conflicting):
    """{title} {case} waits for nobody."""


def refused(
    life: Lifecycle,
    why: StepRefusal,
    *,
    case: str,
    state: str,
    action: str,
    parties: Parties,
    facts: Facts,
    officer: str,
) -> Problem:
    """Return the error that tells why a step may not be taken.

    It names whose the step is in this very case: the office, where the case has no party that would take it; and the
    clause of the step, none where no step of this lifecycle is called so.
    """
    told = {"title": life.title, "case": case}
    called = [move for move in life.moves if move.action == action]
    meant = [move for move in called if move.before == state]
    clause = next((move.clause for move in (*meant, *called)), None)
    if why is StepRefusal.SEAT:
        roles = [seat(life, move, parties=parties).role for move in meant if all_true(move.when, facts=facts)]
        return NotYourRole(role=", ".join(dict.fromkeys(roles)), officer=officer).under(clause)
    if why is StepRefusal.APART:
        return OtherSideTaken(**told, action=named(life, action), officer=officer)
    if why is StepRefusal.CONDITION:
        words = [word for move in meant for word in move.when if not facts[word]]
        said = "；".join(dict.fromkeys(life.conditions[word] for word in words))
        return ConditionNotMet(**told, action=named(life, action), conditions=said).under(clause)
    return CaseCannotMove(**told, case_state=life.states[state].name, action=named(life, action)).under(clause)


def named(life: Lifecycle, action: str) -> str:
    """Return what an action of this lifecycle is called; one that it does not know, as it came."""
    return next((move.label for move in life.moves if move.action == action), action)


def check_grounds(move: Move, *, reason: str, basis: str) -> None:
    """Refuse a step without the reason, or the legal basis, that the table asks of it; blanks are none."""
    lacking = [
        field
        for field, wanted, given in (("reason", move.reason, reason), ("basis", move.basis, basis))
        if wanted and is_blank(given)
    ]
    if lacking:
        raise GroundsMissing(action=move.label, fields=", ".join(lacking)).under(move.clause)
