"""Applications and grants as officers read them: with what their pages say besides, and as a form begins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from hutong.control.catalog import portal
from hutong.control.catalog import queries as catalog
from hutong.control.catalog import reading as entries
from hutong.control.catalog.models import Version
from hutong.control.catalog.portal import ResourcePage
from hutong.control.procedures import since
from hutong.control.sharing import hit, queries, rules, rungs, standing, suspended, used, verifying
from hutong.control.sharing.hit import HitGrants
from hutong.control.sharing.lifecycle import APPLICATION
from hutong.control.sharing.models import Application, PurposeFinding
from hutong.control.sharing.queries import GrantShown
from hutong.control.sharing.rules import ApplicationNotEditable
from hutong.control.sharing.rungs import Rung
from hutong.control.sharing.used import GrantUse
from hutong.control.units import offices
from hutong.control.units.rules import Actor
from hutong.core import beijing
from hutong.core.lifecycle import Parties
from hutong.db import database
from hutong.plane import obstacles, suspensions
from hutong.plane.grants import Ended, NoSuchGrant
from hutong.plane.obstacles import ServedGrants, Service
from hutong.plane.suspensions import Suspendable, Suspension


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """An application, and what its page says besides."""

    application: Application
    editable: bool
    """Whether the reader may change now what it says."""
    withdrawn: bool
    """Whether its resource is not there any more to be applied for."""
    again: bool
    """Whether the reader may apply for the same again."""
    ladder: list[Rung]
    findings: list[PurposeFinding]
    """What was found of its purpose, the first finding first."""
    ended: Ended | None
    """How its grant ended; None where it has none, or one in force."""


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """An application as its form begins."""

    application: Application
    may: bool
    """Whether the reader writes it."""
    refusal: ApplicationNotEditable | None
    """Why who writes it cannot change it now."""
    at: str
    """The state it is shown in (`since.point`)."""


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What a new application begins from."""

    version: Version
    """What is applied for, as it is published."""
    may: bool
    """Whether the reader applies for the own unit."""
    former: Application | None = None
    """The unit's earlier application that is applied for again; None where none is named."""


@dataclass(frozen=True, slots=True)
class ResourceOffer:
    """A published resource, and whether its reader may be one who applies for it, or who copies it."""

    page: ResourcePage
    may: bool
    copies: bool
    """Whether the reader writes entries, and may begin one as a copy of it."""


@dataclass(frozen=True, slots=True)
class GrantDetails:
    """What a list of grants shows beside them, each by the grant's number."""

    applications: dict[str, str]
    """The number of the application that each was opened by."""
    suspensions: dict[str, list[Suspension]]
    offices: dict[str, Parties]
    """The offices of the consumer's region, which decide about it, and the consumer."""
    used: dict[str, GrantUse]
    """What was used under each."""
    services: dict[str, Service]
    """How each is served now."""


@dataclass(frozen=True, slots=True)
class GrantStepPage:
    """A grant, and what a step about it reaches."""

    grant: GrantShown
    details: GrantDetails
    hits: dict[Suspendable, HitGrants]
    """The grants in force that are reached with the grant, its system, and its consumer."""
    at: str
    """The state it is shown in."""


@dataclass(frozen=True, slots=True)
class ServiceNow:
    """How a grant is served after something was decided about it, or about its system or consumer."""

    grant: GrantShown
    service: Service
    kind: Suspendable
    """What it was decided about."""
    served: ServedGrants | None
    """Of a system or a consumer, how its grants are served."""


def service_now(
    no: str, *, actor: Actor, now: datetime, kind: Suspendable = Suspendable.GRANT, lifted: int | None = None
) -> ServiceNow:
    """Return how a grant is served now that something was decided of this kind, or a suspension was `lifted`.

    Raises NoSuchGrant.
    """
    grant = _grant(no, actor=actor)
    whom = {Suspendable.SYSTEM: grant.system_id, Suspendable.UNIT: grant.consumer_id}
    with transaction.atomic(), database.joined(connection) as cur:
        kind = next((each.kind for each in suspensions.of_grants(cur, nos=[no])[no] if each.id == lifted), kind)
        service = obstacles.of_grants(cur, nos=[no], now=now)[no]
        served = None
        if kind in whom:
            served = obstacles.counted(cur, kind=kind, whom=whom[kind], unit=grant.consumer_id, now=now)
    return ServiceNow(grant, service, kind, served)


def details(grants: Collection[GrantShown], *, actor: Actor, now: datetime) -> GrantDetails:
    """Return what a page shows of these grants besides."""
    current = offices.current()
    with transaction.atomic(), database.joined(connection) as cur:
        services = obstacles.of_grants(cur, nos=[grant.no for grant in grants], now=now)
    return GrantDetails(
        queries.opened_by([grant.no for grant in grants]),
        suspended.of_grants(grants, actor=actor),
        {grant.no: {**current.parties(grant.region), "consumer": grant.consumer_id} for grant in grants},
        used.of_grants([grant.no for grant in grants], today=beijing.day(now)),
        services,
    )


def grant_step(no: str, *, actor: Actor, now: datetime) -> GrantStepPage:
    """Return a grant as the page of a step about it shows it; raises NoSuchGrant, also where the actor sees none."""
    grant = _grant(no, actor=actor)
    reached = {
        Suspendable.GRANT: no, Suspendable.SYSTEM: grant.system_id, Suspendable.UNIT: grant.consumer_id,
    }  # fmt: skip
    with transaction.atomic(), database.joined(connection) as cur:
        at = standing.shown(cur, no, now=now).at
    hits = {kind: hit.of_suspendable(kind, whom, unit=grant.consumer_id) for kind, whom in reached.items()}
    return GrantStepPage(grant, details([grant], actor=actor, now=now), hits, at)


def _grant(no: str, *, actor: Actor) -> GrantShown:
    grant = next((each for each in queries.grants(actor, words=no) if each.no == no), None)
    if grant is None:
        raise NoSuchGrant(no=no)
    return grant


def page(no: str, *, actor: Actor) -> ApplicationPage:
    """Return an application with what its page says of it; raises NoSuchApplication."""
    found = queries.application(no, actor=actor)
    return ApplicationPage(
        found,
        editable=queries.editable(found, actor=actor),
        withdrawn=not queries.is_shared(found.entry),
        again=queries.is_shared(found.entry) and found.consumer_id == actor.unit and found.state != APPLICATION.start
        and rules.is_applicant(actor, consumer=found.consumer_id),
        ladder=rungs.ladder(no),
        findings=verifying.listed(no),
        ended=queries.ended(found.grant_no) if found.grant_no else None,
    )


def resource(code: str, *, reader: Actor | None, day: date) -> ResourceOffer:
    """Return a resource that is published, as its page shows it; raises NoSuchEntry.

    Of the public nobody knows who applies: whoever does is told after logging in.
    """
    found = portal.resource(code, reader=reader, day=day)
    return ResourceOffer(
        found, may=reader is None or rules.is_applicant(reader, consumer=reader.unit),
        copies=reader is not None and entries.copies(reader),
    )  # fmt: skip


def new_form(code: str, *, actor: Actor, again: str = "") -> NewApplication:
    """Return what a new application of the actor's unit begins from: the earlier one `again`, where one is named.

    Raises NoSuchEntry, and NoSuchApplication where the earlier one is another unit's or for another resource.
    """
    former = queries.application(again, actor=actor) if again else None
    if former is not None and (former.consumer_id, former.entry.code) != (actor.unit, code):
        raise queries.NoSuchApplication(no=again)
    return NewApplication(catalog.published(code), rules.is_applicant(actor, consumer=actor.unit), former)


def form(no: str, *, actor: Actor) -> ApplicationForm:
    """Return an application as its form begins; raises NoSuchApplication."""
    found = queries.application(no, actor=actor)
    may = rules.is_applicant(actor, consumer=found.consumer_id)
    refusal = None
    if may and found.state not in APPLICATION.editable:
        refusal = ApplicationNotEditable(no=no, case_state=APPLICATION.states[found.state].name)
    return ApplicationForm(found, may, refusal, str(since.point(APPLICATION.name, no, found)))
