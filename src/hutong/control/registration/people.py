"""The numbers of registered people: enciphered with a key outside the database, shown masked, seen whole by an entry.

Nothing else of the platform reads them: no answer, no list, no entry of the log and no digest (P-24, IS-2.2-c).
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.control.registration import queries, rules
from hutong.control.registration.models import Registration, UserNumber
from hutong.control.units.rules import Actor
from hutong.core import beijing, identifiers
from hutong.core.errors import Invalid, Judging, Missing
from hutong.plane.keys import Keyring

NUMBERS = ("identity_no", "phone_no")
"""What is asked of a person: the resident number, which is needed, and a telephone number, which is not."""
SEES = "operator"
"""Who sees a number whole, beside the administrator of the unit."""
_USE = "user-number"
Keys = Callable[[], Keyring]
"""Opens the platform's keys, once a number is enciphered or deciphered."""
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}[0-9]")


class PhoneUnfit(Invalid):
    """This is no telephone number: it has 6 to 30 digits, blanks, hyphens and parentheses."""

    clause = "PS-09-1"
    at = ("phone_no",)


class NumberNotKept(Missing):
    """No {field} is kept for registration {no}."""


def asked(kind: str) -> tuple[str, ...]:
    """Return which numbers a registration of a kind is asked for."""
    return NUMBERS if kind == "user" else ()


def normal(told: Mapping[str, object]) -> dict[str, str]:
    """Return the numbers that were told, as they are kept."""
    found = {name: str(told.get(name) or "").strip() for name in NUMBERS}
    return {name: said.upper() if name == "identity_no" else said for name, said in found.items() if said}


def check(
    kind: str, told: Mapping[str, object], *, now: datetime, judging: Judging, there: bool = False
) -> None:
    """Keep in `judging` what is wrong with the numbers of a person; `there` says that one is kept already.

    Keeps RegistrationIncomplete, PhoneUnfit and what `identifiers.check_resident_number` raises; none repeats a number.
    """
    if not asked(kind):
        return
    found = normal(told)
    if "identity_no" in found:
        with judging.of("identity_no"):
            identifiers.check_resident_number(found["identity_no"], today=beijing.day(now))
    elif not there and judging.spared("identity_no"):
        judging.add(rules.RegistrationIncomplete(fields="identity_no"))
    if "phone_no" in found and not _PHONE.fullmatch(found["phone_no"]):
        judging.add(PhoneUnfit())


def keep(registration: Registration, told: Mapping[str, object], *, keyring: Keys) -> list[str]:
    """Keep the numbers that were told of a person, in the caller's transaction, and return which of them changed."""
    changed = []
    for name, number in normal(told).items() if asked(registration.kind) else ():
        kept = UserNumber.objects.filter(registration=registration, fact=name).first()
        if kept is not None and _opened(kept, keyring(), no=registration.no) == number:
            continue
        sealed = keyring().lock(number.encode(), use=_USE, place=_place(registration.no, name))
        UserNumber.objects.update_or_create(
            registration=registration, fact=name, defaults={"sealed": sealed, "masked": masked(name, number)}
        )
        changed.append(name)
    return changed


def differing(registration: Registration, told: Mapping[str, object], *, keyring: Keys) -> list[str]:
    """Return which of the numbers that were told are not those that are kept of a person."""
    if not (numbers := normal(told)):
        return []
    kept = {each.fact: _opened(each, keyring(), no=registration.no) for each in registration.numbers.all()}
    return [name for name, number in numbers.items() if kept.get(name) != number]


def have_identity(registration: Registration) -> bool:
    """Whether the resident number of a person is kept."""
    return any(each.fact == "identity_no" for each in registration.numbers.all())


def shown(registration: Registration) -> dict[str, str]:
    """Return the numbers of a person as they are shown, masked."""
    return {each.fact: each.masked for each in sorted(registration.numbers.all(), key=lambda each: each.fact)}


def whole_for(registration: Registration, *, actor: Actor) -> dict[str, str]:
    """Return the numbers of a person that the actor may see whole, each as it is shown, masked."""
    unit = registration.unit
    return shown(registration) if sees(actor, unit=unit.credit_code, region=unit.region_code) else {}


def sees(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether the actor may see numbers of a unit's people whole: its administrator, and the operator of `region`."""
    return rules.is_applicant(actor, unit=unit) or actor.answers_for(SEES, region=region)


def see(no: str, fact: str, *, actor: Actor, now: datetime, keyring: Keyring) -> str:
    """Return a number of a person whole, once it is entered that the actor saw it (P-24).

    Raises NoSuchRegistration, NotYourRole and NumberNotKept; nothing is shown where the entry cannot be written.
    """
    with transaction.atomic():
        found = queries.registration(no, actor=actor)
        if not sees(actor, unit=found.unit_id, region=found.unit.region_code):
            raise NotYourRole(role=rules.APPLICANT, officer=actor.name)
        kept = UserNumber.objects.filter(registration=found, fact=fact).first()
        if kept is None:
            raise NumberNotKept(no=no, field=fact)
        said = {"registration": no, "unit": found.unit_id, "seen_fact": fact, "by": actor.officer}
        record("registration.number_seen", said, now=now, unit=found.unit_id)
        return _opened(kept, keyring, no=no)


def masked(name: str, number: str) -> str:
    """Return a number as it is shown: a resident number by its ends, a telephone by its last four characters."""
    if name == "identity_no":
        return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}"
    return f"{'*' * max(len(number) - 4, 2)}{number[-4:]}"


def _opened(kept: UserNumber, keyring: Keyring, *, no: str) -> str:
    place = _place(no, kept.fact)
    return keyring.unlock(bytes(kept.sealed), use=_USE, place=place).decode()


def _place(no: str, name: str) -> str:
    return f"{no} {name}"
