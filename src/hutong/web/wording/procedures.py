"""What states and steps are called on a page, each by its own lifecycle and in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop, pgettext

from hutong.control.procedures import rules
from hutong.control.procedures.procedure import installed
from hutong.core.lifecycle import Lifecycle, Move
from hutong.web.shown import Shown
from hutong.web.wording import reader


@dataclass(frozen=True, slots=True)
class StateShown(Shown):
    """A state as a page shows it."""

    code: str
    name: str
    tone: str


def state(life: Lifecycle, code: str) -> StateShown:
    """Return what a state is called in the reader's language, and its tone."""
    found = life.states[code]
    return StateShown(code, said("state", found.name), str(found.tone))


def states(life: Lifecycle) -> list[tuple[str, str]]:
    """Return the states of a lifecycle by code and name, as a list is narrowed to one."""
    return [(code, state(life, code).name) for code in life.states]


def state_of(lifecycle: str, code: str) -> StateShown:
    """Return what a state of the lifecycle with this name is called, and its tone."""
    return state(installed()[lifecycle].life, code)


def title_of(lifecycle: str) -> str:
    """Return what the procedure with this name is called."""
    return said("title", installed()[lifecycle].life.title)


def no_limit(life: Lifecycle, code: str) -> str:
    """Return why a step that waits in a state has no limit; nothing where it has one or none waits."""
    words = life.states[code].no_limit
    return gettext(words) if words else ""


@reader.once
def said(kind: str, words: str) -> str:
    """Return Chinese words in the reader's language: as those of a `state`, where they are also a step's."""
    found = pgettext(kind, words)
    return found if found != words else gettext(words)


HANDS = {"draft": "拟办", "review": "审核", "sign": "签发"}
"""Hand inside an office → what it is called."""
VERDICTS = {
    ("draft", True): ("", ""),
    ("draft", False): ("", ""),
    ("review", True): ("同意拟办意见", "quiet"),
    ("review", False): ("不同意，退回重新拟办", "warn"),
    ("sign", True): ("同意签发", "quiet"),
    ("sign", False): ("不同意，退回重新拟办", "warn"),
}
"""Hand, and whether it agrees with the one before → what it says to that, and its tone; who drafts says nothing."""
WHY = {
    "no_office": "该职责尚无单位承担",
    "unit_stopped": "该单位已停用",
    "nobody_there": "该处没有在岗人员",
    "all_apart": "该处人员都已在另一方办理过，须回避",
    "all_gave": "该处人员都已拟办、审核过，须由另一人接着办理",
}
"""Why a step waits elsewhere → its words."""
HANDLINGS = rules.HANDLINGS
"""What is done about a case without moving it → what it is called."""
_URGED = gettext_noop(
    "办理人的待办上已标明“已催办”，您的说明在本页；期限不变，之后每一步办理都会在“消息”中告知您。"
)
AFTER = {
    "urge": _URGED,
    "supervise": _URGED,
    "answer": gettext_noop("已答复 %(name)s，会在其“消息”中告知。"),
}
"""What is said to somebody about a case → what comes of it."""


def elsewhere(label: str, *, whose: str, why: str) -> str:
    """Return that a step waits at another desk than its own, and why; all three are the reader's words already."""
    said = gettext("“%(what)s”应由 %(whose)s 办理；%(why)s，转到电子政务主管部门处置。")
    return said % {"what": label, "whose": whose, "why": why}


def label(move: Move) -> str:
    """Return what a move is called in the reader's language."""
    return said("action", move.label)


FORMERLY = (gettext_noop("已发布的版本不受影响；从未发布的，名称和代码可另行使用。"),)
"""What steps that were taken before say of what follows, and no lifecycle says any more."""
REMARKS = (gettext_noop("未核对的办理事项"),)
"""Words of rooms about a step that was taken (`sharing.terms.UNCHECKED`)."""


def remark(text: str) -> str:
    """Return what was remarked of a step: the words of its room, and the codes that stand behind them."""
    words, _, codes = text.partition("：")
    known = gettext(words) if words in REMARKS else words
    return gettext("%(words)s：%(codes)s") % {"words": known, "codes": codes} if codes else text


def both(first: str, then: str = "") -> str:
    """Return what two steps are called that one click takes, each by its name in the reader's language."""
    return gettext("%(first)s并%(then)s") % {"first": first, "then": then} if then else first


def step(life: Lifecycle, code: str, *, before: str, after: str = "") -> str:
    """Return what an action is called that was taken, or is to be, from the state `before`.

    Where it led is the state `after`: an action may be called otherwise where it leads elsewhere.
    """
    meant = [move for move in life.moves if (move.action, move.before) == (code, before)]
    found = next((move for move in meant if move.after == after), meant[0] if meant else None)
    return label(found) if found else code
