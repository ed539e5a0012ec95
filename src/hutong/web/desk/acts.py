"""What is posted on a case's page: a step, a hand to a step, or a handling that does not move the case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from hutong.control.procedures import handling, operations, pairs, since
from hutong.control.procedures.operations import Grounds
from hutong.control.units import heads, meanwhile
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid, Judging
from hutong.web import clock
from hutong.web.desk import fields, outcome
from hutong.web.desk.room import CaseKind
from hutong.web.login.request import PageRequest

MORE = ("looked_at", "basis_found", "conclusion", "happened_at", "situation", "measures")
"""Fields that steps of some kinds ask for besides words (`CaseKind.asks`)."""
TYPED = ("act", "action", "reason", "basis", "opinion", "agrees", "words", "to", "unit", "unchanged", *MORE)
"""Fields of the forms on a case's page that are shown again after a refusal."""


class ActUnknown(Invalid):
    """This form is not one of the page's: {value}"""


DONE = "done"
"""Said in the address of a case's page by what leads there after something was done; `AGAIN`: by a second click."""
AGAIN = "again"
SAVED = "saved"
"""Said there where only a form was saved: its own number sees that a second click saves nothing more."""
AT = fields.AT
UNCHANGED = "unchanged"
"""The box that is ticked to hand in as it was what was sent back (`procedures.handing_in`)."""
THEN = "then"
"""The hidden field with the step that is taken by the same click, after the one that is its action (`pairs`)."""


@dataclass(frozen=True, slots=True)
class _Posted:
    kind: CaseKind
    number: str
    form: QueryDict
    actor: Actor
    now: datetime
    judging: Judging
    """What reading the form found."""

    @property
    def meant_for(self) -> str:
        """The state of the case that the form was made for; empty where it does not say."""
        return self.form.get(AT, "")


def posted(request: PageRequest, kind: CaseKind, number: str, *, confirmed: bool = False) -> HttpResponse:
    """Do what was posted on the page of a case and lead back to it; raises what finding it and the operations raise.

    Nobody does anything with a case that is not theirs to see. What the same officer's first click did, a second one
    does not do again: it leads to what the first did. A grave step is taken from its own page alone, where it was
    `confirmed`: posted anywhere else it leads there.
    """
    form = request.POST
    try:
        done = carried_out(form, kind, number, actor=request.actor, now=clock.now(), confirmed=confirmed)
    except since.AlreadyDone:
        return led_to(request, kind, number, done=AGAIN)
    return led_to(request, kind, number) if done else HttpResponseRedirect(page_of_step(kind, number, form["action"]))


def carried_out(
    form: QueryDict, kind: CaseKind, number: str, *, actor: Actor, now: datetime, confirmed: bool
) -> bool:
    """Do with a case what a form says, and return whether it was done: a grave step is not before it was `confirmed`.

    Both doors of people do so: the page of a case, and the program that sends what the form there would. Raises what
    finding the case and the operations raise, AlreadyDone among them.
    """
    actor = kind.acting(actor)
    case = kind.find(number, actor=actor)
    act, judging = form.get("act", "step"), Judging()
    if act not in ACTS:
        raise ActUnknown(value=act)
    fields.judge(form, judging)
    if act not in GATHERING:
        if act == "step" and judging.found:  # what is lacking besides is told with it
            given, action = _grounds(form), form.get("action", "")
            with judging.of():
                operations.check_grounds(kind.procedure, case, action, grounds=given, actor=actor, now=now)
            kind.judges(case, action, given.more, judging)
        judging.end()
    action = form.get("action", "") if act == "step" else ""
    if action and not _answered(form):
        operations.check_changed(kind.procedure, case, action, actor=actor, now=now)
    if action and not confirmed and operations.is_grave(kind.procedure, case, action, actor=actor, now=now):
        return False
    ACTS[act](_Posted(kind, number, form, actor, now, judging))
    return True


def page_of_step(kind: CaseKind, number: str, action: str) -> str:
    """Return the address of the page on which a grave step is asked once more."""
    return reverse("case-step", args=[kind.procedure.life.name, number, action])


def led_to(
    request: PageRequest, kind: CaseKind, number: str, *, done: str = "1", saved: bool = False
) -> HttpResponse:
    """Return what leads to the page of a case where something was done: no step lies open to a second click.

    The page tells once what was done; what it says of a second click it reads from the case. Where it was `saved`,
    what the case says was written down and no step taken: its steps are where they were.
    """
    saved = saved or done == SAVED
    address = f"{kind.page(number)}?{urlencode({DONE: SAVED if saved else done})}"
    if done == AGAIN:
        return HttpResponseRedirect(address)
    return outcome.of_case(request, kind, number, address, saved=saved)


def done(request: PageRequest) -> str | None:
    """Return what the address says of an act that led to this page; None where none did."""
    return request.GET.get(DONE)


def anew(address: str, *args: object, again: str) -> str:
    """Return the address of the form of a new case that begins with what the case `again` said."""
    return f"{reverse(address, args=args)}?{urlencode({'again': again})}"


def opened(form: QueryDict | None = None) -> str:
    """Return what a form carries of something yet to be made: when it was opened, so that sent twice it makes one.

    A `form` that was refused keeps what it carried.
    """
    return (form or {}).get(AT) or meanwhile.shown(None, now=clock.now())


def shown_at(request: PageRequest, now: str) -> str:
    """Return the state for which a form is shown: `now`, or of one that is shown again the state it was made for.

    Once it was told what changed meanwhile, what is sent again is meant for what there is now.
    """
    if not request.typed or isinstance(request.refused, since.StateChanged | since.StateMissing):
        return now
    return request.POST.get(AT, "")


def typed(request: PageRequest) -> dict[str, str] | None:
    """Return what was typed into the form that the page shows again; None where none was."""
    return {name: request.POST.get(name, "") for name in TYPED} if request.typed else None


def form_of(request: PageRequest) -> str:
    """Return what the fields of the form that was posted have for it: its step, or its act."""
    form = request.POST
    act = form.get("act", "step")
    return form.get("action", "") if act == "step" else f"{act}-{form['about']}" if "about" in form else act


def _step(asked: _Posted) -> None:
    form = asked.form
    action, then, kind = form.get("action", ""), form.get(THEN, ""), asked.kind

    def one(action: str, meant_for: str) -> None:
        if action in kind.recorded:
            kind.recorded[action](asked.number, form, actor=asked.actor, now=asked.now, calendar=clock.calendar())
            return
        kind.take(
            asked.number, action, actor=asked.actor, now=asked.now, calendar=clock.calendar(),
            grounds=_grounds(form), meant_for=meant_for,
        )  # fmt: skip

    if then:
        pairs.take(kind.procedure, asked.number, action, then, one=one, meant_for=asked.meant_for)
    else:
        one(action, asked.meant_for)


def _grounds(form: QueryDict) -> Grounds:
    return Grounds(
        form.get("reason", ""), form.get("basis", ""), form.get("opinion", ""), form.get("agrees", "yes") != "no",
        more=more(form),
    )  # fmt: skip


def more(form: QueryDict) -> dict[str, str]:
    """Return what was typed into the fields that steps of some kinds ask for besides words."""
    return {name: form[name] for name in MORE if name in form}


def _answered(form: QueryDict) -> bool:
    """Return whether it was ticked, or said why, that what was sent back is handed in as it was."""
    return UNCHANGED in form or not is_blank(form.get("reason", ""))


def _take(asked: _Posted) -> None:
    handler = asked.form.get("handler", "")
    handling.take_over(
        asked.kind.procedure, asked.number, actor=asked.actor, now=asked.now, handler=handler,
        words=_words(asked) if handler else "", meant_for=asked.meant_for,
    )  # fmt: skip


def _give(asked: _Posted) -> None:
    to = fields.judged(asked.judging, partial(_officer, actor=asked.actor, now=asked.now), asked.form, "to", "")
    asked.judging.end()
    heads.give(
        asked.kind.procedure, asked.number, to=to, words=asked.form.get("words", ""),
        actor=asked.actor, now=asked.now, meant_for=asked.meant_for,
    )  # fmt: skip


def _officer(form: QueryDict, field: str, *, actor: Actor, now: datetime) -> str:
    """Return the account that was chosen; raises FieldEmpty and what `heads.choosable` does."""
    return heads.choosable(fields.said(form, field), actor=actor, now=now)


def _give_back(asked: _Posted) -> None:
    handling.give_back(
        asked.kind.procedure, asked.number, actor=asked.actor, now=asked.now, meant_for=asked.meant_for
    )


def _urge(asked: _Posted) -> None:
    handling.urge(
        asked.kind.procedure, asked.number, actor=asked.actor, now=asked.now, words=_words(asked),
        meant_for=asked.meant_for,
    )  # fmt: skip


def _consult(asked: _Posted) -> None:
    unit = fields.judged(asked.judging, _unit, asked.form, "unit", "")
    words = fields.judged(asked.judging, fields.said, asked.form, "words", "")
    asked.judging.end()
    handling.consult(
        asked.kind.procedure, asked.number, unit=unit, actor=asked.actor, now=asked.now, words=words,
        meant_for=asked.meant_for,
    )  # fmt: skip


def _answer(asked: _Posted) -> None:
    about, words = fields.number(asked.form, "about"), _words(asked)
    handling.answer(
        asked.kind.procedure, asked.number, about=about, actor=asked.actor, now=asked.now, words=words,
        meant_for=asked.meant_for,
    )  # fmt: skip


def _unit(form: QueryDict, field: str) -> str:
    """Return the credit code of the unit that was chosen; raises what `fields.unit` does, and NoSuchUnit."""
    return members.code_of(fields.unit(form, field))


def _words(asked: _Posted) -> str:
    return fields.said(asked.form, "words")


ACTS: Mapping[str, Callable[[_Posted], None]] = {
    "step": _step,
    "take": _take,
    "give": _give,
    "give_back": _give_back,
    "urge": _urge,
    "supervise": _urge,
    "consult": _consult,
    "answer": _answer,
}
"""What a form of the page asks for → what is done."""
GATHERING = frozenset({"consult", "give"})
"""Of these, those of several fields, which tell what is wrong with all of them."""
