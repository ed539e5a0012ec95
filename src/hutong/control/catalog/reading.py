"""The catalogue at the desk: who may open an entry, a change or a version, and what their pages say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hutong.control.catalog import codes, last_days, queries, rules
from hutong.control.catalog.codes import CodesInUse
from hutong.control.catalog.last_days import FormerVersions
from hutong.control.catalog.lifecycle import CHANGE, ENTRY
from hutong.control.catalog.models import Change, Entry, Version
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.catalog.rules import ChangeNotEditable
from hutong.control.procedures import handling, since
from hutong.control.procedures.procedure import Procedure
from hutong.control.procedures.queries import waits_at
from hutong.control.units import queries as members
from hutong.control.units.rules import Actor
from hutong.core.errors import Missing


class EntryNotYours(Missing):
    """There is no such entry of your unit."""


MOST_CLASSES = 50
"""Classes of codes that the form of a new entry lists."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry, and what its page says besides."""

    entry: Entry
    under_way: Change | None
    """The change of it that is still to be decided."""
    may_begin: bool
    """Whether the reader may begin a change of it now."""
    may_copy: bool
    """Whether the reader may begin an entry of the own unit with what is published of it."""
    changes: list[Change]
    formers: FormerVersions | None
    """The versions it is answered from; None where nobody is answered from a former one."""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A change of an entry, and what its page says besides."""

    change: Change
    editable: bool
    """Whether the reader may alter now what it says."""
    again: bool
    """Whether the reader may take it up again as it was: it was dropped, and nothing else is under way."""
    entry_at: str
    """The state in which its entry is shown."""
    naming: list[str]
    """The names of items that may limit grants and seem to say who somebody is (`rules.naming_limits`)."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a new entry begins from."""

    may: bool
    """Whether the reader writes the entries of the own unit."""
    former: Change | None
    """The dropped change that is taken up again; None where none is named."""
    codes: list[CodesInUse] = field(default_factory=list)
    """The classes of codes in use, each with a number that is free."""
    copied: Mapping[str, object] | None = None
    """What an entry said that is copied, as far as it is no other unit's own; None where none is named."""


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """A change of an entry as its form begins."""

    change: Change
    said: Change
    """The change whose content stands in the form: this one, or an earlier one that is taken up again."""
    may: bool
    """Whether the reader writes the entries of its unit."""
    refusal: ChangeNotEditable | None
    """Why who writes them cannot alter it now."""
    at: str
    """The state it is shown in (`since.point`)."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """A published version, and what it may be compared with."""

    version: Version
    numbers: list[int]
    """Of all versions of the entry, the newest first."""
    other: Version | None
    """The version it is compared with."""


def entry_page(code: str, *, actor: Actor, now: datetime, newest: int) -> EntryPage:
    """Return an entry with what its page says of it, and as many of its changes; raises NoSuchEntry, EntryNotYours."""
    found, under_way = entry(code, actor=actor), queries.under_way(code)
    writes = rules.is_editor(actor, provider=found.provider_id)
    return EntryPage(
        found,
        under_way,
        may_begin=writes and found.state == "PUBLISHED" and under_way is None,
        may_copy=found.current is not None and copies(actor),
        changes=queries.changes(code, limit=newest),
        formers=last_days.formers(found, actor=actor, now=now),
    )


def copies(actor: Actor) -> bool:
    """Return whether an officer may begin an entry of the own unit as a copy of one that is published."""
    return rules.is_editor(actor, provider=actor.unit)


def change_page(no: str, *, actor: Actor) -> ChangePage:
    """Return a change with what its page says of it; raises NoSuchChange."""
    found = change(no, actor=actor)
    return ChangePage(
        found, rules.editable(found.state, actor=actor, provider=found.provider_id), _again(found, actor=actor),
        str(since.point(ENTRY.name, found.entry.code, found.entry)), rules.naming_limits(found),
    )  # fmt: skip


def _again(found: Change, *, actor: Actor) -> bool:
    entry = found.entry
    fits = entry.state == ("PUBLISHED" if found.kind == "change" else ENTRY.start)
    if found.state != "DROPPED" or not fits or not rules.is_editor(actor, provider=found.provider_id):
        return False
    return found.provider_id == actor.unit and queries.under_way(entry.code) is None


def new_form(*, actor: Actor, again: str = "", copy: str = "") -> NewEntry:
    """Return what a new entry of the actor's unit begins from: a dropped change, or a published entry to `copy`.

    Raises NoSuchChange where the change is another unit's, and NoSuchEntry where nothing is published under the code.
    """
    if copy:
        entry = queries.entry(copy)
        if entry.current is None:
            raise queries.NoSuchEntry(code=copy)
        said = rules.copied(entry.current, own=entry.provider_id == actor.unit)
        return NewEntry(rules.is_editor(actor, provider=actor.unit), None, _codes(actor), said)
    former = change(again, actor=actor) if again else None
    if former is not None and former.provider_id != actor.unit:
        raise queries.NoSuchChange(change=again)
    return NewEntry(rules.is_editor(actor, provider=actor.unit), former, _codes(actor))


def _codes(actor: Actor) -> list[CodesInUse]:
    return codes.in_use(unit=actor.unit, most=MOST_CLASSES)


def change_form(no: str, *, actor: Actor, again: str = "") -> ChangeForm:
    """Return a change as its form begins, with what an earlier one of its entry said; raises NoSuchChange."""
    found, refusal = change(no, actor=actor), None
    said = change(again, actor=actor) if again else found
    if said.entry_id != found.entry_id:
        raise queries.NoSuchChange(change=again)
    may = rules.is_editor(actor, provider=found.provider_id)
    if may and found.state not in CHANGE.editable:
        refusal = ChangeNotEditable(change=no, case_state=CHANGE.states[found.state].name)
    return ChangeForm(found, said, may, refusal, str(since.point(CHANGE.name, no, found)))


def version_page(code: str, number: int, *, beside: int | None) -> VersionPage:
    """Return a version and the one `beside` it, else the one before it; raises NoSuchVersion.

    Every officer may read published versions.
    """
    found, other = queries.version(code, number), beside or number - 1
    compared = queries.version(code, other) if 0 < other != number else None
    return VersionPage(found, [each.number for each in queries.versions(code)], compared)


def entry(code: str, *, actor: Actor) -> Entry:
    """Return an entry; raises NoSuchEntry, and EntryNotYours.

    Its provider opens it, authority and operator of its region, the auditor, who fills in for one of them, the head of
    an office where it waits, and whom they consulted.
    """
    found = queries.entry(code)
    if not _opens(ENTRIES, code, provider=found.provider_id, actor=actor):
        raise EntryNotYours()
    return found


def change(no: str, *, actor: Actor) -> Change:
    """Return a change; raises NoSuchChange, also where it is not for the actor, as `entry` has it."""
    found = queries.change(no)
    if not _opens(CHANGES, no, provider=found.provider_id, actor=actor):
        raise queries.NoSuchChange(change=no)
    return found


def _opens(procedure: Procedure, number: str, *, provider: str, actor: Actor) -> bool:
    if actor.everywhere or provider in actor.units or provider in members.of_regions(actor):
        return True
    name = procedure.life.name
    return handling.consulted(name, number, actor=actor) or waits_at(name, number, members.headed(actor))
