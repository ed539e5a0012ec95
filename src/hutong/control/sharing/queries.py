"""Reads of applications, grants and what the registers offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from hutong.control.orgs.rules import Actor
from hutong.control.sharing import lifecycle, rules
from hutong.control.sharing.models import Application, ApplicationMove
from hutong.core.errors import Missing


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


def parties(application: Application) -> rules.Parties:
    """Return between whom an application is."""
    consumer = application.consumer
    return rules.Parties(consumer.credit_code, consumer.competent_id, application.entry.provider_id)


def application(no: str, *, actor: Actor) -> Application:
    """Return one application; raises NoSuchApplication, also where the actor may not see it."""
    found = _all().prefetch_related("moves", "ladder").filter(no=no).first()
    if found is None or not rules.sees(actor, parties=parties(found)):
        raise NoSuchApplication(no=no)
    if found.state == "DRAFT" and found.consumer_id != actor.org:
        raise NoSuchApplication(no=no)
    return found


def visible(actor: Actor) -> list[Application]:
    """Return the applications the actor may read, the newest first; drafts only to their own unit."""
    found = _all()
    if not actor.roles & {"authority", "operator", "auditor"}:
        found = found.filter(
            Q(consumer_id=actor.org) | Q(consumer__competent_id=actor.org) | Q(entry__provider_id=actor.org)
        )
    return list(found.exclude(~Q(consumer_id=actor.org), state="DRAFT").order_by("-entered_at", "-id")[:500])


def under_way(org: str) -> list[str]:
    """Return the numbers of the applications a unit is consumer or provider of that are still to be decided or done."""
    found = Application.objects.filter(Q(consumer_id=org) | Q(entry__provider_id=org), state__in=lifecycle.UNDER_WAY)
    return list(found.order_by("no").values_list("no", flat=True))


def moves_open(application: Application, *, actor: Actor) -> list[lifecycle.Move]:
    """Return the steps the actor may take now."""
    return rules.open_to(
        application.state,
        actor=actor,
        parties=parties(application),
        conditional=application.entry.sharing_type == 2,
        agreed=application.agreed_at is not None,
        withdrawn=application.entry.state == "WITHDRAWN",
    )


def turn(application: Application) -> rules.Turn | None:
    """Return whose step it is, None where nobody's."""
    return rules.turn(
        application.state,
        parties=parties(application),
        conditional=application.entry.sharing_type == 2,
        agreed=application.agreed_at is not None,
        withdrawn=application.entry.state == "WITHDRAWN",
    )


def editable(application: Application, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return application.state in lifecycle.EDITABLE and rules.is_applicant(actor, parties=parties(application))


def sent_back(application: Application) -> ApplicationMove | None:
    """Return the step by which it was returned or refused and why; None where it does not stand there."""
    return application.moves.order_by("-id").first() if application.state in lifecycle.SENT_BACK else None


def waiting(actor: Actor) -> list[Application]:
    """Return what waits for the actor (a step other than withdrawing), the nearest deadline first."""
    listed = [a for a in visible(actor) if a.state not in lifecycle.ENDED]
    mine = [a for a in listed if any(m.action not in lifecycle.OPTIONAL for m in moves_open(a, actor=actor))]
    return sorted(mine, key=lambda a: (a.due_date or date.max, a.entered_at))


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
    everyone = bool(actor.roles & {"authority", "operator", "auditor"})
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


def supplied(code: str) -> bool:
    """Whether the platform holds data of a resource."""
    with connection.cursor() as cur:
        cur.execute("select version is not null from plane.resource where code = %s", [code])
        row = cur.fetchone()
    return bool(row and row[0])


def _all():  # type: ignore[no-untyped-def]
    return Application.objects.select_related("consumer", "consumer__competent", "entry", "entry__provider")


def _choices(statement: str, values: Iterable) -> list[Choice]:
    with connection.cursor() as cur:
        cur.execute(statement, list(values))
        return [Choice(*row) for row in cur.fetchall()]
