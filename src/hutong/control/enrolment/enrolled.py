"""What can be enrolled, as plain values: units, offices, officers, systems, users, devices, purposes and matters."""

from dataclasses import dataclass, field
from datetime import date

from hutong.core.errors import Problem


@dataclass(frozen=True, slots=True)
class FilePosition:
    """Where in the file: section, the number of the entry in it from 1, its line, and the field."""

    section: str
    entry: int = 0
    line: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentFault:
    """What is wrong, and where; `hanging` are the entries of the file that fail for it, as section and how many."""

    place: FilePosition
    problem: Problem
    hanging: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolledUnit:
    """A member unit; `competent` is another's credit code or name, `reason` why it is stopped."""

    credit_code: str
    name: str
    kind: str = "organ"
    region_code: str = ""
    competent: str | None = None
    state: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EnrolledRole:
    """A role with its first and its last day, where the file tells them."""

    role: str
    from_date: date | None = None
    until_date: date | None = None


@dataclass(frozen=True, slots=True)
class EnrolledOffice:
    """Which unit (credit code or name) holds an office of a region; `reason` why, where another held it before."""

    role: str
    unit: str
    region: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EnrolledOfficer:
    """A person with an account; without a password one is made.

    Without `roles` those the officer has stay. Of a role without days, its days stay as they are.
    """

    username: str
    name: str
    unit: str
    roles: tuple[str | EnrolledRole, ...] | None = None
    password: str | None = field(default=None, repr=False)
    state: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolledSystem:
    """A system that signs, with the evidence of its protection level (SX-09)."""

    id: str
    unit: str
    name: str
    mlps_level: int
    mlps_until: date
    public_key: bytes | None = None
    secret: bytes | None = field(default=None, repr=False)
    profiles: tuple[str, ...] = ("rfc9421",)
    state: str | None = None
    old_key_until: date | None = None
    """Last day of the key or secret it had before."""


@dataclass(frozen=True, slots=True)
class EnrolledUser:
    """A user who may be named, and the department of the unit they belong to."""

    id: str
    unit: str
    name: str
    state: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolledDevice:
    """A device that may be named."""

    id: str
    unit: str
    name: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolledTerm:
    """The words of a `purpose` or a `matter`; stopped, forms offer it no longer."""

    kind: str
    code: str
    name: str
    name_en: str = ""
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry: `new`, `changed`, `same`; `kept` are fields that differ and cannot be changed here."""

    section: str
    id: str
    name: str
    what: str
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    password: str | None = field(default=None, repr=False)
    """The password made for a new officer; it is nowhere else."""


Enrolled = (
    EnrolledUnit | EnrolledOffice | EnrolledOfficer | EnrolledSystem | EnrolledUser | EnrolledDevice | EnrolledTerm
)
Listed = tuple[FilePosition, Enrolled]


def identity(entry: Enrolled) -> str:
    """Return by what the platform knows the entry."""
    if isinstance(entry, EnrolledUnit):
        return entry.credit_code
    if isinstance(entry, EnrolledOffice):
        return f"{entry.role} {entry.region}".strip()
    if isinstance(entry, EnrolledTerm):
        return entry.code
    return entry.username if isinstance(entry, EnrolledOfficer) else entry.id
