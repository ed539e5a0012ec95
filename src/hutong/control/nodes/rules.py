"""What a front-end server declares, what a change of it must say, and who registers, applies and reads."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from hutong.control.nodes.models import MANAGED
from hutong.control.units.rules import Actor
from hutong.core import canonical
from hutong.core.errors import Conflicting, Invalid, Judging, Missing
from hutong.core.lifecycle import Seat, sits

APPLYING = "unit_admin"
"""Who registers a unit's servers and applies for their changes: its administrator."""
WORKING = frozenset(
    {APPLYING, "unit_head", "provider_editor", "provider_approver", "operator", "authority", "auditor"}
)
"""Roles in whose menu the front-end servers stand."""
DECLARED = (
    "managed", "host", "port", "network", "database_kind", "database_name", "accounts", "password_date", "tables",
    "contact", "system",
)  # fmt: skip
"""What a server declares, in the order of its form; its digest is over all of it. A password is never among it."""
OPTIONAL = frozenset({"system"})
"""Of these, what may be left out: as which registered system of its unit it signs what it tells of itself."""
ITEMS: Mapping[str, tuple[str, ...]] = {
    "connection": ("host", "port", "network"),
    "account": ("accounts",),
    "password": ("password_date",),
    "schema": ("tables",),
    "management": ("managed",),
    "other": ("database_kind", "database_name", "contact", "system"),
}
"""Part of a configuration → what it declares: connection parameters, access account, password and schema as the
regulation names them, who manages it, and what it leaves to its 等 (SX-14-a)."""
LARGEST_PORT = 65_535
_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z.:_-]{0,199}")
_ACCOUNT = re.compile(r"[\w.$#@-]{1,64}")
_COLUMNS = re.compile(r"([^\s:,;()]{1,100})\s*[:(]\s*([^()]+?)\s*\)?")


class NoSuchServer(Missing):
    """There is no front-end server {no} that you may see."""


class NoSuchServerChange(Missing):
    """There is no change of a front-end server {no} that you may see."""


class NoSuchDrift(Missing):
    """There is no drift of a front-end server {no} that you may see."""


class ServerIncomplete(Invalid):
    """The front-end server lacks {fields}."""

    clause = "SX-13-a"


class ServerHostMisshaped(Invalid):
    """“{value}” is no address of a server in the network."""

    at = ("host",)


class PortOutOfRange(Invalid):
    """{value} is no port: ports go from 1 to 65535."""

    at = ("port",)


class AccountMisshaped(Invalid):
    """“{value}” is no name of an account; a password is never written down here."""

    clause = "SX-14-a"
    at = ("accounts",)


class TableMisshaped(Invalid):
    """“{value}” does not say a table and its columns."""

    at = ("tables",)


class TableTwice(Invalid):
    """The table {value} is declared twice."""

    at = ("tables",)


class PasswordDateAhead(Invalid):
    """The password's last change cannot lie ahead, on {day}."""

    at = ("password_date",)


class ServerCodeTaken(Conflicting):
    """Your unit has a front-end server {code} already."""

    at = ("code",)


class ServerSystemUnknown(Invalid):
    """“{value}” is no registered system of your unit that is in use."""

    clause = "SX-13-b"
    at = ("system",)


class ServerSystemTaken(Conflicting):
    """Front-end server {no} signs as system “{value}” already."""

    clause = "SX-13-b"
    at = ("system",)


class ServerNotEditable(Conflicting):
    """What front-end server {no} declares is not changed in its form any more: {case_state}."""

    clause = "SX-14-a"


class ServerChangeNotEditable(Conflicting):
    """The application {no} was handed in and is not changed any more: {case_state}."""

    clause = "SX-14-b"


class ServerNotRunning(Conflicting):
    """Front-end server {no} is not registered, or not any more: {case_state}."""

    clause = "SX-14-a"


class ChangeIncomplete(Invalid):
    """The application for a change lacks {fields}."""

    clause = "SX-14-b"


class NothingToChange(Invalid):
    """The application changes nothing of what the server declares."""

    clause = "SX-14-b"


class WindowEndsFirst(Invalid):
    """The window ends no later than it begins."""

    clause = "SX-14-b"
    at = ("window_until_at",)


class ExecutionIncomplete(Invalid):
    """What was carried out lacks {fields}."""

    clause = "SX-14-c"


class ExecutedAhead(Invalid):
    """What was carried out cannot lie ahead, at {moment}."""

    clause = "SX-14-c"
    at = ("executed_at",)


def applies(actor: Actor, *, unit: str) -> bool:
    """Whether the actor registers a unit's servers and applies for their changes."""
    return sits(Seat(APPLYING, unit), seats=actor.seats)


def looks_after(actor: Actor) -> bool:
    """Whether the actor ever has to do with front-end servers: who runs, delivers through, oversees or audits them."""
    return any(seat.role in WORKING for seat in actor.seats)


def sees(actor: Actor, *, unit: str, region: str) -> bool:
    """Whether the actor reads a unit's servers: its officers, authority and operator of `region`, the auditor."""
    return actor.reads_of(region) or unit == actor.unit


def check_named(told: Mapping[str, object], *, judging: Judging) -> None:
    """Keep in `judging` that a server has no name or no code (ServerIncomplete)."""
    judging.lacks(told, ("name", "code"), ServerIncomplete)


def declared(told: Mapping[str, object], *, today: date, judging: Judging) -> dict[str, object]:
    """Return what is declared in its one form, by DECLARED; `told` has it as it was typed, its port as a number.

    Accounts become a list of names, tables a list of `table: column, column` in the order of their names, days ISO.
    What is wrong is kept in `judging`: ServerIncomplete, ServerHostMisshaped, PortOutOfRange, AccountMisshaped,
    TableMisshaped, TableTwice and PasswordDateAhead.
    """
    judging.lacks(told, [name for name in DECLARED if name not in OPTIONAL], ServerIncomplete)
    if judging.spared("managed") and told.get("managed") not in MANAGED:
        judging.add(ServerIncomplete(fields="managed"))
    plain = {name: told.get(name) for name in DECLARED}
    for name, read in _READ.items():
        if judging.spared(name):
            plain[name] = read(plain[name], judging)
    day = plain["password_date"]
    if isinstance(day, date):
        if day > today and judging.spared("password_date"):
            judging.add(PasswordDateAhead(day=day.isoformat()))
        plain["password_date"] = day.isoformat()
    return plain


def _host(value: object, judging: Judging) -> object:
    host = unicodedata.normalize("NFKC", str(value))
    if not _HOST.fullmatch(host):
        judging.add(ServerHostMisshaped(value=host[:40]))
    return host


def _port(value: object, judging: Judging) -> object:
    if not (isinstance(value, int) and 1 <= value <= LARGEST_PORT):
        judging.add(PortOutOfRange(value=value))
    return value


def _accounts(value: object, judging: Judging) -> object:
    names = [each.strip() for each in re.split(r"[\n,;、，；]", str(value)) if each.strip()]
    for each in names:
        if not _ACCOUNT.fullmatch(each):
            judging.add(AccountMisshaped(value=each[:40]))
            break
    return sorted(set(names))


def _tables(value: object, judging: Judging) -> object:
    found: dict[str, str] = {}
    for line in unicodedata.normalize("NFKC", str(value)).splitlines():
        if not line.strip():
            continue
        read = _COLUMNS.fullmatch(line.strip())
        columns = [each for each in re.split(r"[\s,;、]+", read[2]) if each] if read else []
        if read is None or not columns:
            judging.add(TableMisshaped(value=line.strip()[:40]))
            break
        if read[1] in found:
            judging.add(TableTwice(value=read[1]))
            break
        found[read[1]] = ", ".join(columns)
    return [f"{name}: {found[name]}" for name in sorted(found)]


_READ: Mapping[str, Callable[[object, Judging], object]] = {
    "host": _host, "port": _port, "accounts": _accounts, "tables": _tables,
}  # fmt: skip
"""What is declared → what it becomes, where that is more than the text itself."""


def lost(heard_at: datetime, *, now: datetime, minutes: int) -> bool:
    """Return whether nothing was heard of a server for longer than `minutes`, as the rulebook has them (SX-13-b)."""
    return now - heard_at > timedelta(minutes=minutes)


def check_change(told: Mapping[str, object], *, judging: Judging) -> None:
    """Keep in `judging` what an application does not say as it must: ChangeIncomplete and WindowEndsFirst.

    A window that begins too soon, or lies behind, is taken: it is marked and never refused (P-10). An emergency has no
    window.
    """
    window = () if told.get("urgent") else ("window_from_at", "window_until_at")
    judging.lacks(told, ("reason", *window), ChangeIncomplete)
    begins, ends = told.get("window_from_at"), told.get("window_until_at")
    whole = window and isinstance(begins, datetime) and isinstance(ends, datetime)
    if whole and judging.spared(*window) and ends <= begins:  # type: ignore[operator]
        judging.add(WindowEndsFirst())


def check_executed(told: Mapping[str, object], *, now: datetime, judging: Judging) -> None:
    """Keep in `judging` what is not said of what was carried out: ExecutionIncomplete and ExecutedAhead."""
    judging.lacks(told, ("executed_at", "executed_by", "done"), ExecutionIncomplete)
    at = told.get("executed_at")
    if isinstance(at, datetime) and at > now and judging.spared("executed_at"):
        judging.add(ExecutedAhead(moment=at.isoformat()))


def changed(facts: Mapping[str, object], wanted: Mapping[str, object]) -> list[str]:
    """Return which of DECLARED are wanted otherwise than they are."""
    return [name for name in DECLARED if facts[name] != wanted[name]]


def items_of(names: list[str]) -> list[str]:
    """Return the parts of a configuration that declare these, in the order of ITEMS."""
    return [item for item, declares in ITEMS.items() if not set(names).isdisjoint(declares)]


def digest(facts: Mapping[str, object]) -> str:
    """Return the digest of what a server declares: SHA-256 of its canonical form, 64 hexadecimal digits."""
    return canonical.digest(dict(facts))
