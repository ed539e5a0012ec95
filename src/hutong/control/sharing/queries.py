"""Reads of applications, grants and what the registers offer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from hutong.control.orgs.models import Organisation
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import handling
from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.queries import waits_at
from hutong.control.sharing import rules
from hutong.control.sharing.lifecycle import APPLICATION, UNDER_WAY
from hutong.control.sharing.models import Application
from hutong.core.errors import Missing
from hutong.core.lifecycle import Parties

PAGE = 50


class NoSuchApplication(Missing):
    """There is no application {no} that you may see."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something registered that a form offers."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class GrantShown:
    """A grant as a page shows it."""

    no: str
    code: str
    resource: str
    provider: str
    consumer: str
    system: str
    mode: str
    items: list[str]
    purpose: str
    from_at: datetime
    until_at: datetime
    state: str
    filing_no: str
    reason: str | None
    """Why it is in its state; None where nobody moved it since it was opened."""


def parties(application: Application) -> Parties:
    """Return between whom an application is."""
    consumer = application.consumer
    return {
        "consumer": consumer.credit_code, "competent": consumer.competent_id,
        "provider": application.entry.provider_id,
    }  # fmt: skip


def application(no: str, *, actor: Actor) -> Application:
    """Return one application; raises NoSuchApplication, also where the actor may not see it.

    Whom one of those who decide consulted sees it too.
    """
    found = _all().prefetch_related("ladder").filter(no=no).first()
    if found is None:
        raise NoSuchApplication(no=no)
    if not (rules.sees(actor, parties=parties(found)) or handling.consulted(APPLICATION.name, no, unit=actor.org)):
        raise NoSuchApplication(no=no)
    if found.state == "DRAFT" and found.consumer_id != actor.org and not waits_at(APPLICATION.name, no, actor.seats):
        raise NoSuchApplication(no=no)
    return found


def alike(nos: Collection[str]) -> dict[str, Likeness]:
    """Return what makes applications alike (P-4), by number: resource and version, items, mode, basis and purpose.

    What they are to be used by, by whom and until when may differ.
    """
    return {
        each.no: Likeness(
            same={
                "resource": each.entry.name, "code": each.entry.code, "version": each.entry.published_version,
                "mode": each.mode, "items": tuple(each.items), "conditions": tuple(each.conditions),
                "need": tuple(each.need), "legal_basis": each.legal_basis, "purpose": each.purpose,
            },
            differs={
                "consumer": each.consumer.name, "system": each.system, "matters": tuple(each.matters),
                "users": tuple(each.users), "devices": tuple(each.devices), "quota": each.quota,
                "guesses": each.guesses, "from_at": each.from_at, "until_at": each.until_at,
            },
        )
        for each in _all().filter(no__in=list(nos))
    }  # fmt: skip


def visible(actor: Actor, *, before: tuple[datetime, int] | None = None, limit: int = PAGE) -> list[Application]:
    """Return a page of the applications the actor may read, the newest first; drafts only to their own unit.

    `before` is where the page before ended: `entered_at` and id of its last row.
    """
    of_others, own = ~Q(state="DRAFT"), Q(consumer_id=actor.org)
    if actor.roles & rules.EVERYWHERE:
        return _newest(_all().filter(own | of_others), before=before, limit=limit)
    # Each by itself has an index in the order of the list; the three in one condition have none. Units are asked for
    # first: of a unit with none below it the whole list would be walked for nothing.
    below = list(Organisation.objects.filter(competent_id=actor.org).values_list("pk", flat=True))
    parts = (own, of_others & Q(consumer_id__in=below), of_others & Q(entry__provider_id=actor.org))
    found = {row.pk: row for part in parts for row in _newest(_all().filter(part), before=before, limit=limit)}
    return sorted(found.values(), key=lambda row: (row.entered_at, row.pk), reverse=True)[:limit]


def _newest(found: QuerySet[Application], *, before: tuple[datetime, int] | None, limit: int) -> list[Application]:
    if before is not None:
        # The first condition alone would do; with the second the index is entered at the place, not at its end.
        later = Q(entered_at__lt=before[0]) | Q(entered_at=before[0], id__lt=before[1])
        found = found.filter(later, entered_at__lte=before[0])
    return list(found.order_by("-entered_at", "-id")[:limit])


def own(org: str, *, limit: int) -> list[Application]:
    """Return the newest applications of a unit."""
    return list(_all().filter(consumer_id=org).order_by("-entered_at", "-id")[:limit])


def under_way(org: str) -> list[str]:
    """Return the numbers of the applications a unit is consumer or provider of that are still to be decided or done."""
    found = Application.objects.filter(Q(consumer_id=org) | Q(entry__provider_id=org), state__in=UNDER_WAY)
    return list(found.order_by("no").values_list("no", flat=True))


def editable(application: Application, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return application.state in APPLICATION.editable and rules.is_applicant(
        actor, consumer=application.consumer_id
    )


def systems(org: str) -> list[Choice]:
    """Return the active registered systems of a unit."""
    return _choices(
        "select id, name from plane.system where org = %s and state = 'active' order by name", [org]
    )


def persons(org: str) -> list[Choice]:
    """Return the active registered users of a unit."""
    return _choices(
        "select id, name from plane.person where org = %s and state = 'active' order by name", [org]
    )


def devices(org: str) -> list[Choice]:
    """Return the active registered devices of a unit."""
    return _choices(
        "select id, name from plane.device where org = %s and state = 'active' order by name", [org]
    )


def grants(actor: Actor) -> list[GrantShown]:
    """Return the grants the actor's unit is a party of; all of them for authority, operator and auditor."""
    everyone = bool(actor.roles & rules.EVERYWHERE)
    with connection.cursor() as cur:
        cur.execute(
            "select g.no, g.code, r.name, p.name, c.name, s.name, g.mode, g.items, g.purpose, g.from_at, g.until_at,"
            " g.state, g.filing_no, g.reason from plane.access_grant g join plane.resource r on r.code = g.code"
            " join plane.system s on s.id = g.system"
            " join orgs_organisation p on p.credit_code = g.provider"
            " join orgs_organisation c on c.credit_code = g.consumer"
            " where %s or %s in (g.provider, g.consumer) order by g.from_at desc, g.no",
            [everyone, actor.org],
        )
        return [GrantShown(*row) for row in cur.fetchall()]


def supplied(codes: Collection[str]) -> frozenset[str]:
    """Return of which of these resources the platform holds data."""
    with connection.cursor() as cur:
        cur.execute("select code from plane.resource where version is not null and code = any (%s)", [list(codes)])
        return frozenset(code for (code,) in cur.fetchall())


def _all():  # type: ignore[no-untyped-def]
    return Application.objects.select_related("consumer", "consumer__competent", "entry", "entry__provider")


def _choices(statement: str, values: Iterable) -> list[Choice]:
    with connection.cursor() as cur:
        cur.execute(statement, list(values))
        return [Choice(*row) for row in cur.fetchall()]
