"""Handlings of a case, which do not move it (P-2): those done, and those the reader may do, as plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext

from hutong.control.procedures import attachments, handling, models, queries
from hutong.control.procedures.attachments import CaseReference
from hutong.control.procedures.procedure import Procedure, Seen
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.lifecycle import Seat, sits
from hutong.web import clock
from hutong.web.forms import Field
from hutong.web.wording.procedures import HANDLINGS

NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HandlingShown:
    """Something done about a case: the act, the officer, the officer it concerns, and the words."""

    number: int
    kind: str
    name: str
    at: datetime
    by_name: str
    by_unit_name: str
    to: str
    words: str
    answered: bool


@dataclass(frozen=True, slots=True)
class ActForm:
    """Something that may be done: what the form sends as `act`, what it is called, and its fields."""

    act: str
    title: str
    button: str
    fields: tuple[Field, ...] = ()
    open: bool = False
    handler: str = ""
    """The account from whom the case is taken over with it; empty where nobody has it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the reader may do about a case without moving it."""

    forms: tuple[ActForm, ...]
    asked: tuple[tuple[HandlingShown, ActForm], ...]
    """Consultations that wait for the reader's unit, each with the form that answers it."""

    @property
    def acts(self) -> frozenset[str]:
        """What the forms send as `act`."""
        return frozenset(form.act for form in (*self.forms, *(answer for _, answer in self.asked)))


def done(lifecycle: str, case: str) -> tuple[HandlingShown, ...]:
    """Return what was done about a case, the first first."""
    rows = queries.handlings(lifecycle, case)
    units = members.names()
    answered = {row.about_id for row in rows if row.about_id}
    files = _files(lifecycle, case) if any(row.attachment for row in rows) else {}
    return tuple(_shown(row, units=units, answered=row.pk in answered, files=files) for row in rows)


def _files(lifecycle: str, case: str) -> dict[str, str]:
    """Return the names of the files there are, by their id: of what was taken away the name went too."""
    return {each.id: each.name for each in attachments.listed(CaseReference(lifecycle, case))}


def tools(
    procedure: Procedure, seen: Seen, rows: Sequence[models.Turn], *, actor: Actor, people: Mapping[str, str],
    typed: Mapping[str, str],
) -> Tools:  # fmt: skip
    """Return what `actor` may do about a case whose turns are `rows`; `typed` stood in a form that was refused."""
    mine = [row for row in rows if sits(Seat(row.role, row.unit), seats=actor.seats)]
    able = [row for row in mine if actor.officer not in row.away]
    heads = members.headed(actor)
    headed = [row for row in rows if sits(Seat(row.role, row.unit), seats=heads)]
    urges = handling.urges(procedure.life, parties=seen.parties, actor=actor) if rows and not mine else ""
    units = members.names()
    asked = [
        _shown(row, units=units, answered=False)
        for row in handling.consultations(actor, lifecycle=procedure.life.name, case=seen.number)
    ]
    return Tools(
        forms=(
            *(_at_desk(able, actor=actor, typed=typed) if able else ()),
            *_giving(mine, headed, actor=actor, typed=typed),
            *(_consulting(actor, typed) if mine else ()),
            *(_urging(urges, typed) if urges else ()),
        ),
        asked=tuple((row, _answering(row, typed)) for row in asked),
    )


def _at_desk(rows: Sequence[models.Turn], *, actor: Actor, typed: Mapping[str, str]) -> Iterator[ActForm]:
    handler = next((row.handler for row in rows if row.handler), "")
    if not handler:
        yield ActForm("take", "", _named("take"))
    if handler not in ("", actor.officer):
        words = _said("take", gettext("为什么改由您办理（必填，记入办理经过）"), typed)
        yield ActForm("take", gettext("接手办理…"), _named("take"), (words,), typed.get("act") == "take", handler)
    if handler == actor.officer:
        yield ActForm("give_back", "", _named("give_back"))


def _giving(
    mine: Sequence[models.Turn], headed: Sequence[models.Turn], *, actor: Actor, typed: Mapping[str, str]
) -> Iterator[ActForm]:
    """Yield the form that gives a case on: who has it or nobody has gives it, and a head whoever has it."""
    free = all(row.handler in ("", actor.officer) for row in mine)
    rows = list({row.pk: row for row in (*(mine if free else ()), *headed)}.values())
    if rows and (colleagues := _colleagues(rows, actor=actor, now=clock.now())):
        to = Field("to", gettext("交给"), typed.get("to", ""), "choice", options=colleagues, form="give")
        words = Field("words", gettext("说明"), _again("give", typed), form="give")
        yield ActForm("give", gettext("分办给本处其他人员…"), _named("give"), (to, words), typed.get("act") == "give")


def _consulting(actor: Actor, typed: Mapping[str, str]) -> Iterator[ActForm]:
    others = tuple((each.credit_code, each.name) for each in members.units() if each.credit_code != actor.unit)
    unit = Field("unit", gettext("会签单位"), typed.get("unit", ""), "choice", options=others, form="consult")
    words = _said("consult", gettext("请其答复的问题（必填）"), typed)
    title, button = gettext("请其他单位会签…"), _named("consult")
    yield ActForm("consult", title, button, (unit, words), typed.get("act") == "consult")


def _urging(how: str, typed: Mapping[str, str]) -> Iterator[ActForm]:
    title = gettext("督办…" if how == "supervise" else "催办…")
    words = _said(how, gettext("说明（必填，办理人会看到）"), typed)
    yield ActForm(how, title, _named(how), (words,), typed.get("act") == how)


def _answering(asked: HandlingShown, typed: Mapping[str, str]) -> ActForm:
    words = _said("answer", gettext("会签意见（必填）"), typed)
    return ActForm("answer", "", _named("answer"), (replace(words, form=f"answer-{asked.number}"),))


def _named(kind: str) -> str:
    """Return what a handling is called, on its button as in what the page says afterwards."""
    return gettext(HANDLINGS[kind])


def _said(act: str, label: str, typed: Mapping[str, str]) -> Field:
    return Field("words", label, _again(act, typed), "long", required=True, form=act)


def _again(act: str, typed: Mapping[str, str]) -> str:
    return typed.get("words", "") if typed.get("act") == act else ""


def _colleagues(rows: Sequence[models.Turn], *, actor: Actor, now: datetime) -> tuple[tuple[str, str], ...]:
    staff = members.staff({Seat(row.role, row.unit) for row in rows}, now=now)
    able = {officer for row in rows for officer in staff[Seat(row.role, row.unit)] - set(row.away)}
    names = members.people(able - {actor.officer})
    return tuple(sorted(names.items(), key=lambda each: each[1]))


def _shown(
    row: models.Handling, *, units: Mapping[str, str], answered: bool, files: Mapping[str, str] = NO_FILES
) -> HandlingShown:
    file = files.get(str(row.attachment), "")
    return HandlingShown(
        number=row.pk, kind=row.kind, name=gettext(HANDLINGS[row.kind]), at=row.at, by_name=row.by_name,
        by_unit_name=row.by_unit_name, to=row.to_name or units.get(row.to_unit, ""),
        words=f"{file} · {row.words}" if file else row.words, answered=answered,
    )  # fmt: skip
