"""Roles, and who an actor is: plain values that every rule reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hutong.core import beijing, text
from hutong.core.errors import Exhausted, Invalid, Refused
from hutong.core.lifecycle import Seat

ROLES = text.ROLES
"""Role → its name."""

EXAMINER = "examiner"
"""审计、巡察: reads what its scope names, and does nothing."""

ADMINISTERING = ("unit_admin", "system_admin", "security_admin", "auditor", EXAMINER)
"""Roles that administer the platform or its officers, audit them or examine units; nobody fills in for them."""

ADMINISTRATORS = text.ADMINISTRATORS
"""The three administrators of the installation (三员), who found it and give all other roles."""

DECIDING = frozenset(ROLES) - frozenset(ADMINISTERING)
"""Roles that take part in what is decided about information."""

APART_ROLES: Mapping[str, frozenset[str]] = {
    "auditor": DECIDING | {"unit_admin", "system_admin", "security_admin"},
    "system_admin": DECIDING | {"unit_admin", "security_admin"},
    "security_admin": DECIDING | {"unit_admin"},
    EXAMINER: DECIDING | {"unit_admin", "system_admin", "security_admin", "auditor"},
}
"""Administrator of the installation, or examiner → the roles one person may not have beside it (SX-11-a, 三员)."""

OFFICES = text.OFFICES
"""Roles that count in the unit alone that holds the office (D-23)."""

READING_OFFICES = frozenset({"authority", "operator"})
"""Offices that read every case and grant of their region and those below it, whoever its parties are."""

TAKES_PART = DECIDING | {"auditor"}
WORKS_IN: Mapping[str, frozenset[str]] = {
    "applications": TAKES_PART,
    "entries": TAKES_PART,
    "registrations": TAKES_PART | {"unit_admin"},
    "deliveries": frozenset({"provider_editor", "provider_approver", "unit_head"}),
    "grants": TAKES_PART,
    "limits": TAKES_PART,
    "records": TAKES_PART - frozenset(OFFICES) | {"security_admin", EXAMINER},
    "statistics": TAKES_PART,
}
"""Room of the desk → the roles with which there can be anything to do or to read in it; elsewhere there always is."""

KINDS: dict[str, str] = {
    "organ": "党政机关",
    "public_institution": "事业单位",
    "enterprise": "企业",
    "intermediary": "中介机构",
}
"""Kind of unit → its name (C.2)."""


class RoleUnknown(Invalid):
    """There is no role {role}."""


class KindUnknown(Invalid):
    """There is no kind of unit {kind}."""


class RolesNotSeparated(Invalid):
    """One person cannot be both {one} and {other}: three administrators stay apart, and decide nothing."""

    clause = "SX-11-a"


class RoleDaysWrong(Invalid):
    """A role counts from a first day until a last one that is still to come; {from_date} to {until_date} does not."""


class UnitStopped(Refused):
    """{unit} has been stopped: it was merged, abolished or is no longer a member."""

    clause = "SX-03"


class LoginBlocked(Exhausted):
    """Too many failed logins; wait {seconds} seconds."""

    clause = "SX-11-a"


class CodesBlocked(Exhausted):
    """Too many wrong codes; for {minutes} minutes no code is looked at, nor a recovery code."""

    clause = "SX-11-a"


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examiner reads: the records of these classes that these units are a party of; nothing once it is over."""

    units: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer as the rules see one."""

    officer: str
    name: str
    unit: str
    unit_name: str
    roles: frozenset[str]
    """Those that count: an office's only where the unit holds it."""
    deputises: frozenset[Seat] = frozenset()
    """Seats of other units that the officer fills in for."""
    offices: frozenset[tuple[str, str]] = frozenset()
    """The offices of the own unit that the officer acts in: role and region, empty for the whole installation."""
    filled_offices: frozenset[tuple[str, str]] = frozenset()
    """The offices of other units that the officer fills in for."""
    examined: Examined | None = None
    """Of an examiner, whose `unit` is empty, for no unit's business is its own: what it reads. Else None."""

    def has_role(self, role: str) -> bool:
        """Whether the actor has `role`."""
        return role in self.roles

    def answers_for(self, role: str, *, region: str) -> bool:
        """Whether the actor acts in the office of a region, or of one above it."""
        return any((role, each) in self.offices for each in regions_above(region))

    @property
    def seats(self) -> frozenset[Seat]:
        """Where the officer sits: in each role at the own unit, and where the officer is a deputy."""
        return frozenset(Seat(role, self.unit) for role in self.roles) | self.deputises

    @property
    def platform_seats(self) -> frozenset[Seat]:
        """Where the officer sits for the whole installation, as purges and holds ask for it."""
        own = {role for role in self.roles if role not in OFFICES or (role, "") in self.offices}
        return frozenset(Seat(role) for role in own)

    def acts_for_all(self, roles: Collection[str]) -> bool:
        """Whether the actor sits in one of `roles` for the whole installation."""
        return any(seat.role in roles for seat in self.platform_seats)

    @property
    def units(self) -> frozenset[str]:
        """The officer's unit, and those whose officers the officer fills in for."""
        return frozenset({self.unit, *(seat.unit for seat in self.deputises)})

    @property
    def everywhere(self) -> bool:
        """Whether the officer reads every case and grant: as auditor, or for an office of the whole installation."""
        return any(seat.role == "auditor" for seat in self.seats) or "" in self.regions

    @property
    def regions(self) -> frozenset[str]:
        """The regions whose cases and grants the officer reads for an office held, or filled in for."""
        own_offices = self.offices | self.filled_offices
        return frozenset(region for role, region in own_offices if role in READING_OFFICES)

    def reads_of(self, region: str) -> bool:
        """Whether the officer reads every case and grant of a region, its own or one below it."""
        return self.everywhere or any(each in self.regions for each in regions_above(region))

    def units_as(self, role: str) -> frozenset[str]:
        """Return the units in which the officer has `role`: the own one, and those the officer fills in for."""
        return frozenset(seat.unit for seat in self.seats if seat.role == role)


@dataclass(frozen=True, slots=True)
class Days:
    """From which day until which a role counts, both included; without a last day it is open."""

    from_date: date
    until_date: date | None = None

    def meet(self, other: "Days") -> bool:
        """Whether there is a day that both have."""
        return self.from_date <= (other.until_date or date.max) and other.from_date <= (self.until_date or date.max)


@dataclass(frozen=True, slots=True)
class Tries:
    """How many failures slow a login down, and by how much at most, by the rulebook."""

    account: int
    """Failed logins of one account from one place before pauses begin there: a device known, or else a source."""
    strangers: int
    """Failed logins of one account in a day, from all places where it was never used, before pauses begin for those."""
    codes: int
    """Wrong codes of one account, wherever they come from: who sends one knows the password."""
    pause: timedelta
    """The longest pause between two attempts at one place."""
    within: timedelta
    """For how long a failure counts there, and the longest pause for strangers."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How many attempts failed, and when the last was made."""

    count: int
    last_at: datetime | None

    def left(self, *, free: int, longest: timedelta, now: datetime) -> timedelta:
        """Return how long the next attempt has still to wait: each failure beyond those free doubles the pause.

        Never for good: whoever guesses cannot keep the door shut, for an attempt that has to wait prolongs nothing.
        """
        if self.count < free or self.last_at is None:
            return timedelta()
        pause = min(timedelta(seconds=2 ** min(self.count - free, 20)), longest)
        return max(self.last_at + pause - now, timedelta())


def regions_above(region: str) -> list[str]:
    """Return a region and those above it, the nearest first: 330106, 330100, 330000, and the whole installation."""
    wider = (region, f"{region[:4]}00", f"{region[:2]}0000", "") if region else ("",)
    return list(dict.fromkeys(wider))


def region_begins(region: str) -> str:
    """Return how the codes of a region and of those below it begin: 3301 of 330100, nothing of the installation."""
    return region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region


def counting(roles: Collection[str], *, offices: Collection[tuple[str, str]]) -> frozenset[str]:
    """Return those of an officer's roles that count where the unit holds these offices (role and region)."""
    own_offices = {role for role, _ in offices}
    return frozenset(role for role in roles if role not in OFFICES or role in own_offices)


def check_roles(roles: Sequence[str]) -> None:
    """Refuse unknown roles, and those that one person may not have together (SX-11-a)."""
    for role in roles:
        if role not in ROLES:
            raise RoleUnknown(role=role)
    if found := apart(roles):
        raise RolesNotSeparated(one=found[0], other=found[1])


def check_terms(terms: Mapping[str, Days]) -> None:
    """Refuse roles of one person that do not go together on some day; raises RoleUnknown and RolesNotSeparated."""
    for days in terms.values():
        check_roles(sorted(role for role, other in terms.items() if other.meet(days)))


def check_days(days: Days, *, today: date) -> None:
    """Refuse days that are over, or end before they begin; raises DayFarOff and RoleDaysWrong."""
    beijing.check(days.from_date, field="from_date")
    if days.until_date is not None:
        beijing.check(days.until_date, field="until_date")
        if days.until_date < max(today, days.from_date):
            raise RoleDaysWrong(from_date=f"{days.from_date}", until_date=f"{days.until_date}")


def works_in(actor: Actor, room: str) -> bool:
    """Return whether there can be anything for an officer to do or to read in a room of the desk."""
    return room not in WORKS_IN or any(seat.role in WORKS_IN[room] for seat in actor.seats)


def readers(actor: Actor, room: str) -> list[str]:
    """Return the roles whose officers work in a room, in their order; none where the actor does."""
    return [] if works_in(actor, room) else [role for role in ROLES if role in WORKS_IN[room]]


def apart(roles: Collection[str]) -> tuple[str, str] | None:
    """Return two of these roles that one person may not have together, by the table; None where there are none."""
    pairs = ((one, other) for one, others in APART_ROLES.items() for other in ROLES if other in others)
    return next(((one, other) for one, other in pairs if one in roles and other in roles), None)


def wait(here: Failures, strangers: Failures | None, *, tries: Tries, now: datetime) -> tuple[str, timedelta]:
    """Return what makes an attempt wait, and for how long; nothing where it need not.

    `account` is the account at this place; `strangers` all places where it was never used, if this is one of them.
    """
    waits = {"account": here.left(free=tries.account, longest=tries.pause, now=now)}
    if strangers is not None:
        waits["strangers"] = strangers.left(free=tries.strangers, longest=tries.within, now=now)
    cause = max(waits, key=lambda each: waits[each])
    return (cause, waits[cause]) if waits[cause] else ("", timedelta())


def counting_codes(wrong: int, *, last_at: datetime | None, now: datetime, tries: Tries) -> int:
    """Return how many wrong codes of an account still count; from `tries.codes` on none is looked at."""
    return wrong if last_at is not None and last_at > now - tries.within else 0


def must_set_factor(actor: Actor, *, roles: Collection[str]) -> bool:
    """Whether the actor holds one of the roles that do nothing without a second factor (SX-11-a)."""
    return not actor.roles.isdisjoint(roles)


def blocked(left: timedelta) -> LoginBlocked:
    """Return the failure that is shown during a pause."""
    seconds = -(-left // timedelta(seconds=1))
    return LoginBlocked(seconds=seconds, retry_after=seconds)


def codes_blocked(*, last_at: datetime | None, now: datetime, tries: Tries) -> CodesBlocked:
    """Return the failure that is shown after too many wrong codes: for how long no code is looked at."""
    left = tries.within if last_at is None else last_at + tries.within - now
    seconds = -(-left // timedelta(seconds=1))
    return CodesBlocked(minutes=-(-left // timedelta(minutes=1)), retry_after=seconds)
