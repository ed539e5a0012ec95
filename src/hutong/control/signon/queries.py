"""Reads of identity services and bindings, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import PAGE, in_order
from hutong.control.procedures.rules import NotYourRole
from hutong.control.signon import rules, sealing
from hutong.control.signon.models import IN_FORCE, Binding, IdentityService, ServiceKeys
from hutong.control.units import meanwhile, powers
from hutong.control.units import queries as members
from hutong.control.units.models import Officer, RoleAssignment
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED
from hutong.plane.keys import Keyring

HIDDEN = ("secret",)
"""Columns that no page reads."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An identity service as the form of the login offers it."""

    code: str
    name: str
    origin: str
    """Scheme, host and port to which a browser is led."""


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A registration, and what the reader may do about it; `at` is the state in which it is shown."""

    service: IdentityService
    proposed_by: str
    decided_by: str
    acts: tuple[str, ...]
    keys_read_at: datetime | None
    at: str


@dataclass(frozen=True, slots=True)
class BindingFilters:
    """What a list is narrowed to; each of `words` occurs in name, account, unit or subject."""

    words: str = ""
    unit: str = ""
    standing: bool = False


@dataclass(frozen=True, slots=True)
class ReaderOfBindings:
    """What the reader of the list of bindings finds beside it: the form, and the list of services."""

    binds: bool
    services: bool


@dataclass(frozen=True, slots=True)
class NewBinding:
    """What the form of a binding begins from: whether the reader binds, and whom: usernames, and how each is called."""

    may: bool
    officers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BindingPage:
    """A binding, whether the reader ends it, and the state in which it is shown."""

    binding: Binding
    ends: bool
    at: str


def offered() -> list[Offered]:
    """Return the services in force, by name: the first of them, if they are ever so many."""
    rows = IdentityService.objects.filter(state=IN_FORCE).order_by("name", "pk")[:20]
    found = rows.values_list("code", "name", "login_address")
    return [Offered(code, name, rules.origin(address)) for code, name, address in found]


def in_force(code: str) -> IdentityService:
    """Return the registration in force that is called so; raises ServiceOff."""
    found = IdentityService.objects.filter(code=code, state=IN_FORCE).first()
    if found is None:
        raise rules.ServiceOff
    return found


def by_number(number: int) -> IdentityService:
    """Return a registration in force by its number; raises ServiceOff."""
    found = IdentityService.objects.filter(pk=number, state=IN_FORCE).first()
    if found is None:
        raise rules.ServiceOff
    return found


def kept_keys(service: IdentityService, *, keyring: Keyring) -> tuple[str, datetime | None]:
    """Return the keys of a service as they were read, and when; nothing where none are kept.

    Raises RegistrationAltered.
    """
    kept = ServiceKeys.objects.filter(service=service).select_related("service").first()
    return (sealing.keys(kept, keyring=keyring), kept.read_at) if kept else ("", None)


def bound(issuer: str, subject: str) -> str | None:
    """Return the account that is bound to whom an issuer calls so, and to nobody by any name; None where none is."""
    found = Binding.objects.filter(issuer=issuer, subject=subject, ended_at__isnull=True)
    return found.values_list("officer__user__username", flat=True).first()


def bound_by(issuer: str, subject: str) -> str:
    """Return who bound whom an issuer calls so; empty where nobody is bound."""
    found = Binding.objects.filter(ended_at__isnull=True, issuer=issuer, subject=subject)
    return found.values_list("bound_by", flat=True).first() or ""


def services(
    actor: Actor, *, words: str = "", state: str = "", after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[IdentityService]:  # fmt: skip
    """Return a page of registrations, the newest first; raises NotYourRole."""
    rows = in_order(_services(actor, words, state), after=after, oldest=oldest, by="proposed_at")
    return list(rows.defer(*HIDDEN)[:limit])


def services_counted(actor: Actor, *, words: str = "", state: str = "", most: int = COUNTED + 1) -> int:
    """Return how many registrations fit, counted up to `most`; raises NotYourRole."""
    return _services(actor, words, state)[:most].count()


def _services(actor: Actor, words: str, state: str) -> QuerySet[IdentityService]:
    if not rules.sees_services(actor):
        raise NotYourRole(role=", ".join(rules.SEES_SERVICES), officer=actor.name)
    rows = IdentityService.objects.all()
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(issuer__icontains=word) | Q(code__icontains=word))
    return rows.filter(state=state) if state else rows


def service(number: int, *, actor: Actor, now: datetime) -> ServicePage:
    """Return a registration as the actor reads it; raises NotYourRole and NoSuchService."""
    found = _services(actor, "", "").defer(*HIDDEN).filter(pk=number).first()
    if found is None:
        raise rules.NoSuchService(number=number)
    acts = tuple(
        act for act, states in rules.TAKEN_IN.items()
        if found.state in states and rules.may(act, actor=actor)
        and not (rules.LEADS_TO[act] == IN_FORCE and found.proposed_by == actor.officer)
    )  # fmt: skip
    names = members.people({found.proposed_by, found.decided_by})
    read_at = ServiceKeys.objects.filter(service=found).values_list("read_at", flat=True).first()
    return ServicePage(
        found, names.get(found.proposed_by, found.proposed_by), names.get(found.decided_by, found.decided_by), acts,
        read_at, meanwhile.shown(state_of(number), now=now),
    )  # fmt: skip


def state_of(number: int) -> dict[str, object]:
    """Return the state of a registration as its page shows it."""
    return {"state": IdentityService.objects.values_list("state", flat=True).get(pk=number)}


def may_propose(actor: Actor) -> bool:
    """Whether the actor registers identity services."""
    return rules.may("propose", actor=actor)


def reader(actor: Actor) -> ReaderOfBindings:
    """Return what the actor finds beside the list of bindings."""
    return ReaderOfBindings(rules.may("bind", actor=actor), rules.sees_services(actor))


def new_binding(actor: Actor) -> NewBinding:
    """Return what the form of a binding begins from."""
    may = rules.may("bind", actor=actor)
    return NewBinding(may, tuple(_officers(actor)) if may else ())


def bindings(
    asked: BindingFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False, limit: int = PAGE
) -> list[Binding]:
    """Return a page of bindings, the newest first."""
    rows = in_order(_bindings(asked), after=after, oldest=oldest, by="bound_at")
    return list(rows.select_related("officer__user", "officer__unit")[:limit])


def bindings_counted(asked: BindingFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many bindings fit, counted up to `most`."""
    return _bindings(asked)[:most].count()


def _bindings(asked: BindingFilters) -> QuerySet[Binding]:
    rows = Binding.objects.all()
    for word in asked.words.split():
        rows = rows.filter(
            Q(officer__name__icontains=word) | Q(officer__user__username__icontains=word)
            | Q(officer__unit__name__icontains=word) | Q(subject__icontains=word) | Q(issuer__icontains=word)
        )  # fmt: skip
    if asked.unit:
        rows = rows.filter(officer__unit=asked.unit)
    return rows.filter(ended_at__isnull=True) if asked.standing else rows


def seen(actor: Actor) -> str:
    """Return the unit whose bindings the actor reads, empty for all; raises NotYourRole where none."""
    unit = rules.sees(actor)
    if unit is None:
        raise NotYourRole(role=", ".join(rules.SEES_BINDINGS), officer=actor.name)
    return unit


def binding(number: int, *, actor: Actor, now: datetime) -> BindingPage:
    """Return a binding as the actor reads it; raises NotYourRole and NoSuchBinding."""
    unit = seen(actor)
    rows = Binding.objects.select_related("officer__user", "officer__unit").filter(pk=number)
    found = (rows.filter(officer__unit=unit) if unit else rows).first()
    if found is None:
        raise rules.NoSuchBinding
    return BindingPage(found, ends(found, actor=actor), meanwhile.shown(binding_state(number), now=now))


def own(actor: Actor, *, now: datetime) -> list[BindingPage]:
    """Return the bindings of the own account that stand: one an issuer."""
    rows = Binding.objects.filter(officer__user__username=actor.officer, ended_at__isnull=True)
    found = rows.select_related("officer__user", "officer__unit").order_by("-bound_at", "-pk")[:20]
    return [BindingPage(each, True, meanwhile.shown(binding_state(each.pk), now=now)) for each in found]


def binding_state(number: int) -> dict[str, object]:
    """Return the state of a binding as its page shows it."""
    return {"stands": Binding.objects.values_list("ended_at", flat=True).get(pk=number) is None}


def ends(found: Binding, *, actor: Actor) -> bool:
    """Whether a binding stands, and the actor ends it."""
    return found.ended_at is None and administers(found, actor=actor)


def administers(found: Binding, *, actor: Actor) -> bool:
    """Whether a binding is the actor's own, or of an account that the actor administers."""
    own_account = found.officer.user.username == actor.officer
    return own_account or rules.may("unbind", actor=actor, unit=found.officer.unit_id)


def _officers(actor: Actor) -> list[tuple[str, str]]:
    rows = Officer.objects.filter(active=True).exclude(user__username=actor.officer)
    if not rules.may("bind", actor=actor, unit=""):
        beyond = powers.beyond_units(powers.GIVEN_BY)
        offices = RoleAssignment.objects.filter(ended_at__isnull=True, role__in=beyond)
        rows = rows.filter(unit=actor.unit).exclude(pk__in=offices.values("officer"))
    found = rows.order_by("unit__name", "name", "pk").values_list("user__username", "name", "unit__name")[:1000]
    return [(username, f"{name}（{username}，{unit}）") for username, name, unit in found]
