"""Writes of identity services and bindings. One function is one transaction, and leaves one entry (SX-11-a)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, connection, transaction

from hutong.control.recording import record
from hutong.control.signon import queries, rules, sealing
from hutong.control.signon.models import IN_FORCE, PROPOSED, STANDING, Binding, HandedCode, IdentityService, ServiceKeys
from hutong.control.signon.rules import Described
from hutong.control.units import logins, meanwhile, powers, roster
from hutong.control.units import operations as members
from hutong.control.units import queries as accounts
from hutong.control.units.models import Officer
from hutong.control.units.rules import Actor
from hutong.core import passwords
from hutong.core.blanks import is_blank
from hutong.core.errors import Judging
from hutong.db import locks
from hutong.plane.keys import Keyring

SERVICE_EVENTS = ("signon.service_proposed", "signon.service_moved")
BINDING_EVENTS = ("signon.bound", "signon.unbound")
CODE_DAYS = timedelta(days=3)
"""For how long a code may be handed in."""
MOST_CODES = 20_000
"""So many persons may have a code that waits: more than any county has officers."""
KEYS_PAUSE = timedelta(minutes=1)
"""The keys of a service are read anew no sooner than this after they were read."""


def propose(
    facts: Mapping[str, str], described: Described, *, keyring: Keyring, actor: Actor, now: datetime,
    meant_for: str | None = None,
) -> int:  # fmt: skip
    """Register an identity service, which another administrator confirms, and return the registration's number.

    `facts` are those of `rules.FACTS`, judged before; `described` is what the service says of itself. What the same
    form registered before (`meant_for`) stays the only one. Raises NotYourRole and ServiceTaken.
    """
    rules.check_done("propose", actor=actor)
    issuer = facts["issuer"]
    service = IdentityService(
        code=facts["code"], name=facts["name"], issuer=issuer, client_id=facts["client_id"],
        authentication=described.authentication, login_address=described.login_address,
        token_address=described.token_address, keys_address=described.keys_address,
        leaving_address=described.leaving_address, algorithms=list(described.algorithms),
        acr=rules.acr(facts["acr"]), state=PROPOSED, proposed_by=actor.officer, proposed_at=now,
    )  # fmt: skip
    service.secret = sealing.lock(service, facts["secret"], keyring=keyring)
    said = {"issuer": issuer, "called": service.code}
    try:
        with transaction.atomic():
            before = meanwhile.made(
                "signon.service_proposed", "registration", meant_for, name=issuer, same=[said], actor=actor
            )
            if before is not None:
                return int(before)
            _of_service(issuer)
            if IdentityService.objects.filter(state__in=STANDING, code=service.code).exclude(issuer=issuer).exists():
                raise rules.ServiceTaken(issuer=issuer, called=service.code)
            service.save(force_insert=True)
            _keep(service, described.keys, keyring=keyring, now=now)
            told = {
                "registration": service.pk, **said, "client": service.client_id, "acr": service.acr, "by": actor.officer
            }  # fmt: skip
            record("signon.service_proposed", told, now=now, unit=actor.unit)
    except IntegrityError:
        raise rules.ServiceTaken(issuer=issuer, called=service.code) from None
    return int(service.pk)


def take(
    number: int, act: str, *, reason: str, keyring: Keyring, actor: Actor, now: datetime, meant_for: str | None = None
) -> str:
    """Do something of `rules.TAKEN_IN` about a registration, and return what the service is called.

    One that is confirmed takes the place of the one that stood for its issuer: bindings are of the issuer, and stay.
    Raises NotYourRole, NoSuchService, OwnProposal, RegistrationElsewhere, ReasonMissing, ServiceTaken, and
    RegistrationAltered for what is confirmed, and what `meanwhile.check` does.
    """
    rules.check_done(act, actor=actor)
    with transaction.atomic():
        found = IdentityService.objects.filter(pk=number).first()
        if found is None:
            raise rules.NoSuchService(number=number)
        thing = meanwhile.Thing(found.name, SERVICE_EVENTS, ({"registration": number},))
        state = rules.LEADS_TO[act]
        meanwhile.check(
            thing, meant_for, state=lambda: queries.state_of(number), doing="signon.service_moved",
            same={"registration": number, "act": act}, actor=actor, now=now,
        )  # fmt: skip
        _of_service(found.issuer)
        service = IdentityService.objects.get(pk=number)
        if service.state not in rules.TAKEN_IN[act]:
            raise rules.RegistrationElsewhere(service_state=service.state)
        if state == IN_FORCE and service.proposed_by == actor.officer:
            raise rules.OwnProposal(officer=actor.name)
        if act in rules.SAYING_WHY and is_blank(reason):
            raise rules.ReasonMissing(field="reason")
        if act == "confirm":
            sealing.secret(service, keyring=keyring)
            _take_the_place(service, actor=actor, now=now)
        _move(service, act, reason=reason.strip(), actor=actor, now=now)
    return str(service.name)


def _take_the_place(service: IdentityService, *, actor: Actor, now: datetime) -> None:
    others = IdentityService.objects.filter(state__in=STANDING)
    if others.filter(code=service.code).exclude(issuer=service.issuer).exists():
        raise rules.ServiceTaken(issuer=service.issuer, called=service.code)
    for former in others.filter(issuer=service.issuer):
        _move(former, "end", reason="", actor=actor, now=now)


def _move(service: IdentityService, act: str, *, reason: str, actor: Actor, now: datetime) -> None:
    before, service.state = service.state, rules.LEADS_TO[act]
    service.decided_by, service.decided_at, service.reason = actor.officer, now, reason
    service.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    told = {
        "registration": service.pk, "issuer": service.issuer, "act": act, "from_state": before,
        "to_state": service.state, "reason": reason or None, "by": actor.officer,
    }  # fmt: skip
    record("signon.service_moved", told, now=now, unit=actor.unit)


def keep_keys(number: int, keys: str, *, keyring: Keyring, now: datetime) -> None:
    """Keep the keys of a service as they were read just now; raises NoSuchService."""
    with transaction.atomic():
        service = IdentityService.objects.filter(pk=number, state__in=STANDING).first()
        if service is None:
            raise rules.NoSuchService(number=number)
        _keep(service, keys, keyring=keyring, now=now)


def _keep(service: IdentityService, keys: str, *, keyring: Keyring, now: datetime) -> None:
    sealed = sealing.lock_keys(service, keys, keyring=keyring)
    ServiceKeys.objects.update_or_create(service=service, defaults={"sealed": sealed, "read_at": now})


def hand_out(*, issuer: str, subject: str, called: str, now: datetime) -> str:
    """Return a code by which somebody whom the issuer knows and we do not can be bound; the one before is void.

    There is one a person and none is kept for long, so that strangers leave nothing unbounded. Raises CodesFull.
    """
    code = passwords.new(groups=3)
    kept = {"called": called[:100], "digest": _digest(code), "until_at": now + CODE_DAYS}
    with transaction.atomic():
        known = HandedCode.objects.filter(issuer=issuer, subject=subject)
        if not known.exists() and HandedCode.objects.filter(until_at__gt=now).count() >= MOST_CODES:
            raise rules.CodesFull
        HandedCode.objects.update_or_create(issuer=issuer, subject=subject, defaults=kept)
    return code


def bind(
    code: str, *, username: str, actor: Actor, now: datetime, judging: Judging | None = None,
    meant_for: str | None = None,
) -> None:  # fmt: skip
    """Bind an account to whom a handed code is about, as its unit's administrator does; the code is used up.

    Who is bound comes in as by a password: whoever may give the account one may bind it, and nobody the own one.
    Raises NotYourRole, NoSuchOfficer, OwnAccount, NotTheUnitsAlone, and what `_bind` does.
    """
    judging = judging or Judging()
    rules.check_done("bind", actor=actor)
    if judging.spared("officer"):
        with judging.of("officer"):
            accounts.check_officer(username)
    judging.end()
    with transaction.atomic():
        officer = members.locked(username)
        roles = roster.open_roles(username)
        powers.check_done("password", unit=officer.unit_id, officer=username, actor=actor, roles=roles)
        _bind(code, officer=officer, by=actor.officer, meant_for=meant_for, actor=actor, now=now)


def bind_own(
    code: str, *, present: str, source: str, actor: Actor, now: datetime, meant_for: str | None = None
) -> None:
    """Bind the own account to whom a handed code is about, for who knows the present password.

    Raises LoginBlocked, PasswordWrong, and what `_bind` does.
    """
    logins.prove_password(username=actor.officer, present=present, source=source, now=now)
    with transaction.atomic():
        officer = members.locked(actor.officer)
        _bind(code, officer=officer, by=actor.officer, meant_for=meant_for, actor=actor, now=now)


def _bind(code: str, *, officer: Officer, by: str, meant_for: str | None, actor: Actor, now: datetime) -> None:
    """Bind in the caller's transaction; raises HandedCodeWrong, BoundAlready and OfficerBoundAlready."""
    username = officer.user.username
    same = [{"officer": username, "by": by}]
    if meanwhile.made("signon.bound", "officer", meant_for, name=username, same=same, actor=actor) is not None:
        return
    found = HandedCode.objects.select_for_update().filter(digest=_digest(code), until_at__gt=now).first()
    if found is None:
        raise rules.HandedCodeWrong(field="code")
    standing = Binding.objects.filter(ended_at__isnull=True, issuer=found.issuer)
    if standing.filter(subject=found.subject).exists():
        raise rules.BoundAlready
    if standing.filter(officer=officer).exists():
        raise rules.OfficerBoundAlready(officer=officer.name)
    Binding.objects.create(
        officer=officer, issuer=found.issuer, subject=found.subject, called=found.called, bound_by=by, bound_at=now
    )
    said = {"officer": username, "unit": officer.unit_id, "issuer": found.issuer, "subject": found.subject, "by": by}
    found.delete()
    record("signon.bound", said, now=now, unit=officer.unit_id)


def unbind(number: int, *, reason: str, actor: Actor, now: datetime, meant_for: str | None = None) -> None:
    """End a binding: of the own account, or as its unit's administrator; it lets nobody in from the next login on.

    Raises NoSuchBinding, ReasonMissing, and what `meanwhile.check` does.
    """
    with transaction.atomic():
        binding = Binding.objects.select_related("officer__user").filter(pk=number).first()
        if binding is None or not queries.administers(binding, actor=actor):
            raise rules.NoSuchBinding
        username, unit = binding.officer.user.username, binding.officer.unit_id
        said = {"officer": username, "issuer": binding.issuer, "subject": binding.subject}
        meanwhile.check(
            meanwhile.Thing(username, BINDING_EVENTS, (said,)), meant_for, state=lambda: queries.binding_state(number),
            doing="signon.unbound", same=said, actor=actor, now=now,
        )  # fmt: skip
        if is_blank(reason):
            raise rules.ReasonMissing(field="reason")
        ended = Binding.objects.filter(pk=number, ended_at__isnull=True)
        if not ended.update(ended_at=now, ended_by=actor.officer, reason=reason.strip()):
            raise rules.NoSuchBinding
        told = {**said, "unit": unit, "reason": reason.strip(), "by": actor.officer}
        record("signon.unbound", told, now=now, unit=unit)


def forget_past(*, now: datetime) -> int:
    """Drop the codes that can be handed in no more, and return how many."""
    gone, _ = HandedCode.objects.filter(until_at__lte=now).delete()
    return gone


def _of_service(issuer: str) -> None:
    """Let nobody else do anything about an issuer's registrations before this transaction ends."""
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.signon.{issuer}")


def _digest(code: str) -> str:
    return sha256(passwords.typed(code).encode()).hexdigest()
