"""Reads of applications, grants and what the registers offer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from hutong.control.catalog import rules as catalog
from hutong.control.catalog.models import Entry
from hutong.control.procedures import handling
from hutong.control.procedures.likeness import Likeness
from hutong.control.procedures.queries import in_order, waits_at
from hutong.control.sharing import rules
from hutong.control.sharing.lifecycle import APPLICATION, UNDER_WAY
from hutong.control.sharing.models import Application
from hutong.control.units import competence
from hutong.control.units import queries as members
from hutong.control.units.models import Unit
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED
from hutong.core.errors import Missing
from hutong.core.lifecycle import Parties
from hutong.db import database, sql
from hutong.plane import filters, registers, versions
from hutong.plane import grants as kept_grants
from hutong.plane.filters import Filter
from hutong.plane.grants import Ended

statements = sql.load(__package__, "queries.sql")

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
    region: str
    """The consumer's, whose offices decide about it."""
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
    consumer_id: str
    provider_id: str
    system_id: str
    row_filter: Filter
    version: int
    """The version it is answered from."""
    newer: int | None
    """The newest version that has data, where that is a newer one."""
    as_of: datetime | None
    """The last delivery that reached its version, where none does any more."""
    ends_on: date | None
    """The last day it is answered from its version, where a newer one has data and the day is set."""
    suspended: bool
    """Whether it is in force and not served: a suspension stands of it, its system or its consumer."""


def parties(application: Application, *, competent: str | None) -> Parties:
    """Return between whom an application is; `competent` is the department that its consumer has now."""
    return {
        "consumer": application.consumer_id, "competent": competent, "provider": application.entry.provider_id,
    }  # fmt: skip


def application(no: str, *, actor: Actor) -> Application:
    """Return one application; raises NoSuchApplication, also where the actor may not see it.

    So may a unit that was consulted on it, and the head of an office where it waits.
    """
    found = _all().filter(no=no).first()
    if found is None or not (_reads(found, actor) or waits_at(APPLICATION.name, no, members.headed(actor))):
        raise NoSuchApplication(no=no)
    return found


def _reads(found: Application, actor: Actor) -> bool:
    if found.state == "DRAFT" and not rules.prepares(actor, consumer=found.consumer_id):
        return waits_at(APPLICATION.name, found.no, actor.seats)
    told = parties(found, competent=competence.department(found.consumer_id))
    if rules.sees(actor, parties=told, region=found.consumer.region_code):
        return True
    return handling.consulted(APPLICATION.name, found.no, actor=actor)


def alike(nos: Collection[str]) -> dict[str, Likeness]:
    """Return what makes applications alike (P-4), by number: resource, version, items, mode, records, basis, purpose.

    What they are to be used by, by whom and until when may differ.
    """
    return {
        each.no: Likeness(
            same={
                "resource": each.entry.name, "code": each.entry.code, "version": each.entry.current.number,
                "mode": each.mode, "items": tuple(each.items), "conditions": tuple(each.conditions),
                "row_filter": each.row_filter,
                "need": tuple(each.need), "legal_basis": each.legal_basis, "purpose": each.purpose,
            },
            differs={
                "consumer": each.consumer.name, "system": each.system, "matters": tuple(each.matters),
                "users": tuple(each.users), "devices": tuple(each.devices), "quota": each.quota,
                "guesses": each.guesses, "yearly_records": each.yearly_records, "from_at": each.from_at,
                "until_at": each.until_at,
            },
        )
        for each in _all().filter(no__in=list(nos))
    }  # fmt: skip


def visible(
    actor: Actor, *, words: str = "", state: str = "", mode: str = "", after: tuple[datetime, int] | None = None,
    oldest: bool = False, limit: int = PAGE,
) -> list[Application]:  # fmt: skip
    """Return a page of the applications the actor may read, the newest first; drafts only to their own unit.

    Each of `words` begins the number or the resource's code, or occurs in the name of the resource, its provider or the
    consumer. `after` is where the page before ended: `entered_at` and id of its last row; `oldest` turns the order.
    """
    fit = fitting(words, state=state, mode=mode)
    pages = (_page(_all().filter(part & fit), after=after, oldest=oldest, limit=limit) for part in readable(actor))
    found = {row.pk: row for page in pages for row in page}
    return sorted(found.values(), key=lambda row: (row.entered_at, row.pk), reverse=not oldest)[:limit]


def counted(actor: Actor, *, words: str = "", state: str = "", mode: str = "", most: int = COUNTED + 1) -> int:
    """Return how many applications fit that the actor may read, on all pages, counted up to `most`."""
    fit = fitting(words, state=state, mode=mode)
    first, *rest = [Application.objects.filter(part & fit).order_by().values("pk")[:most] for part in readable(actor)]
    return int((first.union(*rest) if rest else first)[:most].count())


def fitting(words: str, *, state: str = "", mode: str = "") -> Q:
    """Return the condition of a search; names are looked up first, so that indexes find the applications."""
    fit = Q(**{name: value for name, value in (("state", state), ("mode", mode)) if value})
    for word in words.split():
        entries = Entry.objects.filter(
            Q(name__icontains=word) | Q(code__startswith=word) | Q(provider__name__icontains=word)
        )
        units = Unit.objects.filter(name__icontains=word)
        fit &= (
            Q(no__startswith=word.upper())
            | Q(entry_id__in=list(entries.values_list("pk", flat=True)))
            | Q(consumer_id__in=list(units.values_list("pk", flat=True)))
        )
    return fit


def readable(actor: Actor) -> Iterator[Q]:
    """Yield conditions, one of which holds of each application the actor may read.

    Each by itself has an index in the order of the list; all in one condition have none.
    """
    of_others = ~Q(state="DRAFT")
    drafts = Q(consumer_id__in=sorted({actor.unit, *actor.units_as("consumer")}))
    if actor.everywhere:
        yield drafts | of_others
        return
    if of_region := members.of_regions(actor):
        yield of_others & Q(consumer_id__in=of_region)
    for unit in sorted(actor.units):
        yield Q(consumer_id=unit) if rules.prepares(actor, consumer=unit) else Q(consumer_id=unit) & of_others
        # Asked for first: of a unit with none below it the whole list would be walked for nothing.
        yield of_others & Q(consumer_id__in=competence.under(unit))
        yield of_others & Q(entry__provider_id=unit)


def _page(
    found: QuerySet[Application], *, after: tuple[datetime, int] | None, oldest: bool, limit: int
) -> list[Application]:
    return list(in_order(_listed(found), after=after, oldest=oldest)[:limit])


def region(unit: str) -> str:
    """Return the region of a unit; empty where it has none of its own, and where there is no such unit."""
    return Unit.objects.filter(pk=unit).values_list("region_code", flat=True).first() or ""


def own(unit: str, *, limit: int) -> list[Application]:
    """Return the newest applications of a unit."""
    return _page(Application.objects.filter(consumer_id=unit), after=None, oldest=False, limit=limit)


def _listed(found: QuerySet[Application]) -> QuerySet[Application]:
    """Return applications with what a list shows of them alone: the rest of them and of their entries is far more."""
    shown = ("no", "mode", "state", "entered_at", "matters", "consumer__name", "entry__name", "entry__code")
    return found.select_related(None).select_related("consumer", "entry").only(*shown)


def under_way(unit: str) -> list[str]:
    """Return the numbers of the applications a unit is consumer or provider of that are still to be decided or done."""
    found = Application.objects.filter(Q(consumer_id=unit) | Q(entry__provider_id=unit), state__in=UNDER_WAY)
    return list(found.order_by("no").values_list("no", flat=True))


def editable(application: Application, *, actor: Actor) -> bool:
    """Whether the actor may change what it says now."""
    return application.state in APPLICATION.editable and rules.is_applicant(
        actor, consumer=application.consumer_id
    )


def systems(unit: str) -> list[Choice]:
    """Return the active registered systems of a unit."""
    return _in_use(unit, "systems")


def users(unit: str) -> list[Choice]:
    """Return the active registered users of a unit."""
    return _in_use(unit, "users")


def devices(unit: str) -> list[Choice]:
    """Return the active registered devices of a unit."""
    return _in_use(unit, "devices")


def registered(
    units: Collection[str], *, systems: Collection[str] = (), users: Collection[str] = (),
    devices: Collection[str] = (),
) -> dict[tuple[str, str, str], str]:  # fmt: skip
    """Return what these codes are called, by kind (`systems`, `users`, `devices`), unit and code.

    Of what is stopped too: whoever used it is still to be read. A code of another unit is not told.
    """
    with transaction.atomic(), database.joined(connection) as cur:
        return registers.names(cur, units=units, systems=systems, users=users, devices=devices)


SUSPENDED = "suspended"
"""A filter of a list of grants besides their states: those in force that are not served."""


FORMER = "former"
"""The grants in force that name a former version, where a newer one has data."""


GRANTS_BY = {
    "newest": statements.grants_newest,
    "oldest": statements.grants_oldest,
    "ending": statements.grants_ending,
}
"""Order of a list of grants → how it is read."""


def grants(
    actor: Actor, *, words: str = "", state: str = "", mode: str = "", order: str = "newest",
    after: tuple[datetime, str] | None = None, limit: int = PAGE,
) -> list[GrantShown]:  # fmt: skip
    """Return a page of the grants the actor's units are parties of; of their regions for authority and operator, of
    all for the auditor.

    Every one of `words` occurs in number, filing number, code or a name; `state` is one of a grant's, SUSPENDED
    or FORMER. They stand in one of GRANTS_BY; `after` is where the page before ended: the moment that its last row
    stands by, `until_at` of those that end first and else `from_at`, and its number.
    """
    asked = {
        **_grants_asked(actor, words, state, mode), "after_at": after[0] if after else None,
        "after_no": after[1] if after else "", "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cur:
        cur.execute(GRANTS_BY[order], asked)
        names = [column.name for column in cur.description]
        found = [dict(zip(names, row, strict=True)) for row in cur.fetchall()]
    return [GrantShown(**{**row, "row_filter": filters.load(row["row_filter"])}) for row in found]


def unmoved(actor: Actor, *, now: datetime) -> tuple[int, date | None]:
    """Return of how many grants a reminder was given that a former version answers them, and the first last day.

    Those that it answers no longer, since that day is over, count as well.

    A consumer's officers and head see their unit's, a provider's head those on what the unit shares (P-6).
    """
    heads = actor.units_as(members.HEAD)
    consumers = sorted(heads | actor.units_as("consumer"))
    if not consumers:
        return 0, None
    with transaction.atomic(), database.joined(connection) as cur:
        return versions.reminded(cur, consumers=consumers, providers=sorted(heads), now=now)


def grants_counted(actor: Actor, *, words: str = "", state: str = "", mode: str = "", most: int = COUNTED + 1) -> int:
    """Return how many grants fit, on all pages, counted up to `most`."""
    with connection.cursor() as cur:
        cur.execute(statements.grants_counted, {**_grants_asked(actor, words, state, mode), "limit": most})
        return int(cur.fetchone()[0])


def revoked(units: Collection[str], *, now: datetime) -> int:
    """Return how many grants of these consumers were revoked before their period was over, whatever the reason."""
    with transaction.atomic(), database.joined(connection) as cur:
        return kept_grants.revoked(cur, consumers=units, now=now)


def ended(no: str) -> Ended | None:
    """Return how a grant ended and why; None where it is in force, or there is none of this number."""
    with transaction.atomic(), database.joined(connection) as cur:
        return kept_grants.ended(cur, no=no)


def _grants_asked(actor: Actor, words: str, state: str, mode: str) -> dict[str, object]:
    suspended, former = state == SUSPENDED, state == FORMER
    return {
        "everyone": actor.everywhere, "units": sorted(actor.units), "of_region": members.of_regions(actor),
        "words": words.lower().split(),
        "state": "" if suspended or former else state, "suspended": suspended, "former": former,
        "mode": mode,
    }  # fmt: skip


def opened_by(grants: Collection[str]) -> dict[str, str]:
    """Return the number of the application that each of these grants was opened by."""
    found = Application.objects.filter(grant_no__in=list(grants)).exclude(grant_no="")
    return dict(found.values_list("grant_no", "no"))


def _all():  # type: ignore[no-untyped-def]
    return Application.objects.select_related("consumer", "entry__provider", "entry__current")


def is_shared(entry: Entry) -> bool:
    """Whether an entry that was published is there to be applied for: in the catalogue, and not 不予共享."""
    return catalog.is_shared(state=entry.state, sharing_type=entry.current.sharing_type)  # type: ignore[union-attr]


def _in_use(unit: str, kind: str) -> list[Choice]:
    with transaction.atomic(), database.joined(connection) as cur:
        return [Choice(id=code, name=name) for code, name in registers.in_use(cur, unit=unit, kind=kind)]
