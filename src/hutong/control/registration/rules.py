"""Who may see and write a registration, what it must say, and the facts its procedure asks for."""

import base64
import binascii
import re
from collections.abc import Mapping

from hutong.control.units.rules import Actor
from hutong.core.errors import Conflicting, Invalid, Judging, Missing
from hutong.core.lifecycle import Facts, Seat, sits

APPLICANT = "unit_admin"
"""Who registers for a unit: its administrator."""

ASKED: Mapping[str, tuple[str, ...]] = {
    "system": ("name", "code", "department", "purpose", "address", "mlps_level", "mlps_no", "mlps_until", "public_key"),
    "department": ("name",),
    "user": ("name", "code", "department"),
    "device": ("name", "code", "department", "address"),
}
"""Kind → the facts that are asked for, in the order of the form (SX-09, SX-10-d)."""
NOT_NEEDED = frozenset({("system", "address")})
"""Facts that may be left open."""
KEY_LETTERS = 44
"""Characters of a public key as it is registered."""
_CODE = re.compile(r"[!-~]{1,100}")


class NoSuchRegistration(Missing):
    """There is no registration {no} that you may see."""


class KindNotRegistered(Invalid):
    """{kind} is nothing that is registered: systems, departments, users and devices are."""

    clause = "SX-10-d"


class RegistrationIncomplete(Invalid):
    """The registration lacks {fields}."""

    clause = "PS-09-1"


class IdentifierUnfit(Invalid):
    """{value} cannot identify anything: up to 100 letters, digits and signs of ASCII, without spaces, are taken."""

    at = ("code",)


class DepartmentUnknown(Invalid):
    """The department {department} is not registered for this unit, or is not in use."""

    clause = "SX-10-d"
    at = ("department",)


class PublicKeyUnreadable(Invalid):
    """This is no public key: one is a line of 44 characters, 32 bytes in Base64, and ends in “=”."""

    at = ("public_key",)


class RegistrationNotEditable(Conflicting):
    """Registration {no} is in state {case_state} and cannot be edited."""


class IdentifierTaken(Conflicting):
    """{code} is registered already, or being applied for."""

    clause = "SX-10-d"
    at = ("code",)


def conditions(*, kind: str, enrolled: bool) -> Facts:
    """Return the conditions of the lifecycle that hold of a registration."""
    return {"reviewed": kind == "system", "own": kind != "system", "enrolled": enrolled}


def identified(kind: str, told: Mapping[str, object]) -> Mapping[str, object]:
    """Return what was told with the code by which it is known: a department is known by its name."""
    return {**told, "code": told.get("name", "")} if kind == "department" else told


def check(kind: str, told: Mapping[str, object], *, judging: Judging) -> None:
    """Keep in `judging` each fact that nobody could decide on.

    That a protection level is too low is decided, not refused here. Keeps RegistrationIncomplete, IdentifierUnfit and
    PublicKeyUnreadable; raises KindNotRegistered.
    """
    if kind not in ASKED:
        raise KindNotRegistered(kind=kind)
    needed = [name for name in ASKED[kind] if (kind, name) not in NOT_NEEDED]
    judging.lacks(told, needed, RegistrationIncomplete)
    if "code" in ASKED[kind] and judging.spared("code") and not _CODE.fullmatch(str(told["code"])):
        judging.add(IdentifierUnfit(value=told["code"]))
    if kind == "system" and judging.spared("public_key"):
        with judging.of():
            key(str(told["public_key"]))


def key(given: str) -> bytes:
    """Return the 32 bytes of a public key in Base64; raises PublicKeyUnreadable."""
    try:
        found = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise PublicKeyUnreadable from None
    if len(found) != 32 or len(given) != KEY_LETTERS:
        raise PublicKeyUnreadable
    return found


def is_applicant(actor: Actor, *, unit: str) -> bool:
    """Whether the actor registers for a unit."""
    return sits(Seat(APPLICANT, unit), seats=actor.seats)


def sees(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether the actor reads a unit's registrations: its officers, authority and operator of `region`, the auditor."""
    return actor.reads_of(region) or unit == actor.unit
