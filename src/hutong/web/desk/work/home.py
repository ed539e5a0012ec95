"""The desk: what waits for this officer, by when, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext

from hutong.control.orgs import queries as orgs
from hutong.control.orgs import rules
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling, models, queries
from hutong.control.procedures.queries import PAGE, Filters
from hutong.control.sharing import queries as sharing
from hutong.web import clock
from hutong.web.desk import fields, paging
from hutong.web.desk.application import lists
from hutong.web.desk.narrowing import address
from hutong.web.desk.rooms import KINDS, page_of
from hutong.web.desk.work import cards, waiting
from hutong.web.login.entrance import officers
from hutong.web.login.request import Request
from hutong.web.wording import procedures
from hutong.web.wording.filters import day
from hutong.web.wording.names import named

OWN = 10
"""How many of the unit's newest applications stand below what waits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to, as the form and the address of the page have it."""

    procedure: str
    late: bool
    whose: str
    """`mine`, `nobody`, or empty."""

    @classmethod
    def read(cls, given: QueryDict) -> "Asked":
        """Return what an address asks for; what it does not know narrows nothing."""
        procedure, whose = given.get("procedure", ""), given.get("whose", "")
        return cls(
            procedure if procedure in KINDS else "",
            given.get("late", "") == "1",
            whose if whose in ("mine", "nobody") else "",
        )

    def filters(self, actor: Actor) -> Filters:
        """Return it as the query understands it."""
        person = {"mine": actor.person, "nobody": ""}.get(self.whose)
        return Filters(self.procedure, clock.now() if self.late else None, person, reader=actor.person)

    def kept(self) -> str:
        """Return it as part of an address."""
        return address({"procedure": self.procedure, "whose": self.whose, "late": "1" if self.late else ""})


@officers
def home(request: Request) -> HttpResponse:
    """Show a page of what waits, late first, and the consultations that wait for the unit's answer."""
    actor, now = request.actor, clock.now()
    asked, after = Asked.read(request.GET), waiting.place(request.GET.get("after", ""))
    filters = asked.filters(actor)
    found = queries.waiting(actor.seats, filters=filters, after=after, limit=PAGE + 1)
    rows = waiting.rows(found[:PAGE], seats=actor.seats, now=now, reader=actor.person)
    counts = queries.counts(actor.seats, now=now, filters=filters)
    consulted = handling.consultations(
        actor.org, before=fields.whole(request.GET.get("consulted", "")), limit=PAGE + 1
    )
    shown = {
        "roles": _roles(actor),
        "cards": cards.cards(rows),
        "may_tick": sum(row.together for row in rows) > 1,
        "counts": waiting.told(counts),
        "any_late": counts.late > 0,
        "suspended": _suspended(actor),
        "revoked": sharing.revoked(actor.units_as("consumer"), now=now),
        "unmoved": _unmoved(actor, now=now),
        "more": waiting.where(found[PAGE - 1]) if len(found) > PAGE else "",
        "first": after is None,
        "asked": asked,
        "narrowed": bool(asked.kept()),
        "kept": asked.kept(),
        "taken_by": [("mine", gettext("我领办的")), ("nobody", gettext("尚无人领办的"))],
        "procedures": [(name, procedures.said("title", kind.procedure.life.title)) for name, kind in KINDS.items()],
        "consultations": [_consultation(row) for row in consulted[:PAGE]],
        "more_consulted": str(consulted[PAGE - 1].pk) if len(consulted) > PAGE else "",
        "mine": lists.table(sharing.own(actor.org, limit=OWN), now=now),
    }
    return render(request, "desk/home.html", shown)


def _suspended(actor: Actor) -> str:
    """Return how many grants of the officer's unit are in force and not served; nothing where each is."""
    if not actor.holds("consumer"):
        return ""
    count = sharing.grants_counted(actor, state=sharing.SUSPENDED)
    return paging.told(count) if count else ""


def _unmoved(actor: Actor, *, now: datetime) -> str:
    """Return how many grants are still on a former version, and until when; nothing where no notice was given."""
    count, first = sharing.unmoved(actor, now=now)
    if first is None:
        return ""
    words = gettext("有 %(count)s 项使用权限仍由旧版本答复，最早一项答复至 %(day)s；请使用单位改用新版本")
    return words % {"count": count, "day": day(first)}


def _roles(actor: Actor) -> list[str]:
    """Return what the officer is, and what the officer fills in as, by name."""
    own = [named(role, "role") for role in sorted(actor.roles, key=list(rules.ROLES).index)]
    units = orgs.names() if actor.deputises else {}
    seats = [(units.get(seat.unit), named(seat.role, "role")) for seat in sorted(actor.deputises)]
    filled = [f"{unit} · {role}" if unit else role for unit, role in seats]
    return [*own, *(gettext("%(role)s（代理）") % {"role": each} for each in filled)]


def _consultation(row: models.Handling) -> dict[str, object]:
    return {
        "address": page_of(row.lifecycle, row.case),
        "kind": procedures.said("title", KINDS[row.lifecycle].procedure.life.title),
        "number": row.case,
        "words": row.words,
        "by_name": row.by_name,
        "org_name": row.org_name,
        "at": row.at,
    }
