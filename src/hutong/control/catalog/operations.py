"""Writes of the catalogue; the actor is an `units.rules.Actor`.

Locks: an entry before its change, then as `procedures.turns` has it; a name is kept once its entry is locked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection, transaction

from hutong.control.catalog import publishing, rules
from hutong.control.catalog.lifecycle import CHANGE, ENTRY, UNDER_WAY
from hutong.control.catalog.models import Change, Entry
from hutong.control.catalog.procedure import CHANGES, ENTRIES
from hutong.control.catalog.queries import NoSuchChange, NoSuchEntry
from hutong.control.procedures import numbers, since, unfinished
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.rules import NotYourRole
from hutong.control.procedures.unfinished import Typed
from hutong.control.recording import record
from hutong.control.units import meanwhile
from hutong.control.units import operations as members
from hutong.control.units.rules import Actor
from hutong.core import canonical, identifiers
from hutong.core.errors import Judging, Problem
from hutong.core.workdays import Calendar
from hutong.db import database, locks
from hutong.plane import tables
from hutong.plane.definition import Item

PREFIX = "BG"
"""What the numbers of changes begin with."""


def draft(
    *,
    code: str,
    name: str,
    abstract: str,
    items: Sequence[Item | Mapping],
    key: Sequence[str],
    format: int = 3,
    method: int = 1,
    sharing_type: int = 2,
    sharing_condition: str = "",
    sharing_basis: str = "",
    opened: bool = False,
    opening_condition: str = "",
    update_cycle: int = 4,
    personal: bool = True,
    suite: str = "international",
    service: str = "",
    time_out: int = 0,
    actor: Actor,
    now: datetime,
    judging: Judging | None = None,
    meant_for: str | None = None,
    typed: Typed | None = None,
) -> str:
    """Draft a new entry of the actor's unit (SX-05-a) and return the number of the change that will publish it.

    `service` and `time_out` (seconds) are an interface's. A code is free, whoever had it, as long as nothing was
    ever published or is under way under it. All that is wrong is told at once, with what reading it found (`judging`),
    as Faults where there are several. What the same form drafted before (`meant_for`) stays the only one. With what was
    `typed` a draft is kept under the code that is not complete (`procedures.unfinished`).
    """
    _editor(actor, provider=actor.unit)
    judging = judging or Judging()
    _check_code(code, judging)
    facts = rules.facts(
        judging=judging,
        name=name, abstract=abstract, items=items, key=key, format=format, method=method,
        sharing_type=sharing_type, sharing_condition=sharing_condition, sharing_basis=sharing_basis,
        opened=opened, opening_condition=opening_condition, update_cycle=update_cycle, personal=personal,
        suite=suite, service=service, time_out=time_out,
    )  # fmt: skip
    _check_sound(Change(entry=Entry(code=code), provider_id=actor.unit, **facts), judging)
    try:
        with transaction.atomic():
            before = _before(code, facts, meant_for, judging=judging, typed=typed, actor=actor)
            if before is not None:
                return before
            entry = _free(code, name=name, provider=actor.unit, now=now, judging=judging)
            rest = unfinished.end(judging, typed, needs=("code",))
            if rest is not None:
                facts, entry = _nothing(code), _bare(code, provider=actor.unit, now=now)
            members.require_active(actor.unit)
            change = _made(entry, facts, kind="new", actor=actor, now=now, rest=rest)
            _enter_drafted(change, _digest(facts, rest), actor=actor, now=now)
            procedures.put_on_desks(CHANGES, change)
    except IntegrityError:
        raise rules.CodeTaken(code=code) from None  # names are taken under a lock
    return change.no


def _check_code(code: str, judging: Judging) -> None:
    """Keep in `judging` why a code is none, where nothing else was found wrong with it."""
    if judging.spared("code"):
        with judging.of("code"):
            identifiers.check_catalogue_code(code)


def _before(
    code: str, facts: dict, meant_for: str | None, *, judging: Judging, typed: Typed | None, actor: Actor
) -> str | None:
    """Return the number of the change that the same form drafted before: with these `facts`, or as it was `typed`."""
    digests = [] if judging.found else [canonical.digest(facts)]
    digests += [unfinished.digest(typed)] if typed is not None and judging.spared("code") else []
    same = [{"resource": code, "unit": actor.unit, "digest": digest} for digest in digests]
    return meanwhile.made("catalog.change_drafted", "change", meant_for, name=code, same=same, actor=actor)


def _bare(code: str, *, provider: str, now: datetime) -> Entry:
    """Return the entry under which a draft is kept that has no name yet."""
    judging = Judging()
    entry = _free(code, name=code, provider=provider, now=now, judging=judging)
    judging.end()
    return entry


def begin(code: str, *, actor: Actor, now: datetime, calendar: Calendar, meant_for: str | None = None) -> str:
    """Begin a change of a published entry, from what is published (SX-05-b), and return the change's number.

    The draft that the same form began before is returned, and no other is begun. Raises NoSuchEntry, NotYourRole,
    EntryNotPublished, ChangeUnderWay (of an entry one change is under way at a time), and what `since.check` does.
    """
    with transaction.atomic():
        entry = _locked_entry(code)
        if entry.state == ENTRY.start and not rules.is_editor(actor, provider=entry.provider_id):
            raise NoSuchEntry(code=code)  # nobody else learns of what was never in the catalogue
        _editor(actor, provider=entry.provider_id)
        if entry.state != "PUBLISHED" or entry.current is None:
            raise rules.EntryNotPublished(code=code, case_state=ENTRY.states[entry.state].name)
        other = Change.objects.filter(entry=entry, state__in=UNDER_WAY).first()
        if other is not None and meant_for and other.state == CHANGE.start and other.written_by == [actor.officer]:
            return str(other.no)
        if other is not None:
            raise rules.ChangeUnderWay(code=code, change=other.no)
        since.check(ENTRIES, entry, meant_for, doing="begin", actor=actor)
        facts = rules.facts_of(entry.current)
        change = _made(entry, facts, kind="change", actor=actor, now=now)
        _enter_drafted(change, canonical.digest(facts), actor=actor, now=now)
        procedures.begin(CHANGES, change, now=now, calendar=calendar)
    return change.no


def edit(
    no: str, *, changes: Mapping, actor: Actor, now: datetime, key_ordered: bool = True, meant_for: str | None = None,
    judging: Judging | None = None, typed: Typed | None = None,
) -> None:  # fmt: skip
    """Alter what a change says while it is a draft or was returned (SX-05-b); what is published stays as it is.

    Where the key given says only which items belong to it (not `key_ordered`), they keep the order they had, and those
    that join it follow. All that is wrong is told at once, as `draft` does; with what was `typed` it is kept though it
    is not complete, beside what it said before. Raises NoSuchChange, NotYourRole, ChangeNotEditable, NameTaken and what
    `rules.facts` keeps and `since.check` raises.
    """
    judging = judging or Judging()
    with transaction.atomic():
        change = _locked(no)
        _editor(actor, provider=change.provider_id)
        before = rules.facts_of(change)
        was = _digest(before, change.unfinished)
        since.check(
            CHANGES, change, meant_for, doing=since.EDIT, actor=actor,
            already=lambda: unfinished.says(change.unfinished, typed)
            if change.unfinished is not None
            else _altered(before, changes, key_ordered=key_ordered, judging=Judging()) == before,
        )  # fmt: skip
        if change.state not in CHANGE.editable:
            raise rules.ChangeNotEditable(change=no, case_state=CHANGE.states[change.state].name)
        after = _altered(before, changes, key_ordered=key_ordered, judging=judging)
        if judging.spared("name"):
            with judging.of():
                _claim(after["name"], entry=change.entry)
        _say(change, after)
        _check_sound(change, judging)
        change.unfinished = unfinished.end(judging, typed)
        if change.unfinished is not None:
            after = before
            _say(change, before)
        change.written_by = sorted({*change.written_by, actor.officer})
        change.save()
        if change.kind == "new":
            change.entry.name = change.name
            change.entry.save(update_fields=["name"])
        fields = {
            "change": no, "resource": change.entry.code, "unit": change.provider_id,
            "version": publishing.number(change), "before": was, "after": _digest(after, change.unfinished),
            "by": actor.officer,
        }  # fmt: skip
        record("catalog.change_edited", fields, now=now, unit=change.provider_id)
        procedures.edited(CHANGES, change, actor=actor, now=now)


def judged(change: Change, changes: Mapping, *, judging: Judging) -> Problem | None:
    """Return what an unfinished change lacks, with what reading it found; None where it lacks nothing."""
    with transaction.atomic():
        after = _altered(rules.facts_of(change), changes, key_ordered=False, judging=judging)
        if judging.spared("name"):
            with judging.of():
                _claim(after["name"], entry=change.entry)
    return unfinished.found(judging)


def _nothing(code: str) -> dict:
    """Return the facts of a new entry of which nothing is said yet; until it has a name its code stands for it."""
    return {
        "name": code, "abstract": "", "items": [], "key": [], "format": 3, "method": 1, "sharing_type": 2,
        "sharing_condition": "", "sharing_basis": "", "opened": False, "opening_condition": "", "update_cycle": 4,
        "personal": True, "suite": "international", "service": "", "time_out": 0,
    }  # fmt: skip


def _say(change: Change, facts: Mapping) -> None:
    for name, value in facts.items():
        setattr(change, name, value)


def _altered(before: Mapping, changes: Mapping, *, key_ordered: bool, judging: Judging) -> dict:
    """Return the facts that a change has after it is altered; what is wrong with them is kept in `judging`."""
    after = rules.facts(judging=judging, **{**before, **changes})
    if not key_ordered:
        after["key"] = rules.ordered(after["key"], before["key"])
    return after


def take(
    no: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    reason: str = "",
    opinion: str = "",
    agrees: bool = True,
    meant_for: str | None = None,
) -> str:
    """Take one step of a change (W1) and return its state. Years loaded into the platform join `calendar`.

    `publish` makes the next version of the entry and freezes its definition in the plane; where it says that the
    resource is not shared any more, what was granted on it ends. Raises NoSuchChange, what `procedures.operations.take`
    raises, and what `plane.tables.publish` raises.
    """
    with transaction.atomic():
        change = _locked(no)
        if action == "submit":
            members.require_active(change.provider_id)
        publishes = action == "publish"
        if publishes:
            _wait_for_delivery(change.entry.code)
        procedures.take(
            CHANGES, change, action, actor=actor, now=now, calendar=calendar,
            grounds=procedures.Grounds(reason=reason, opinion=opinion, agrees=agrees),
            also={"publish": partial(publishing.publish, calendar=calendar)},
            more={"resource": change.entry.code, "version": publishing.number(change)}, looked_at=publishes,
            meant_for=meant_for,
        )  # fmt: skip
    return change.state


def take_of_entry(
    code: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    reason: str = "",
    opinion: str = "",
    agrees: bool = True,
    meant_for: str | None = None,
) -> str:
    """Take one step of an entry itself, which is `withdraw`, and return the state it is in.

    What was granted on the resource ends with it (SX-06-a), and so does the change under way, in whichever state and in
    whoever's hands. Raises NoSuchEntry, and what `procedures.operations.take` raises.
    """
    with transaction.atomic():
        entry = _locked_entry(code)
        _wait_for_delivery(code)
        change = Change.objects.select_for_update().filter(entry=entry, state__in=UNDER_WAY).first()
        step = procedures.take(
            ENTRIES, entry, action, actor=actor, now=now, calendar=calendar,
            grounds=procedures.Grounds(reason=reason, opinion=opinion, agrees=agrees),
            also={"withdraw": publishing.withdraw}, more={"version": entry.current and entry.current.number},
            looked_at=True, meant_for=meant_for,
        )  # fmt: skip
        if step is not None and change is not None:
            procedures.take(
                CHANGES, change, "end", actor=actor, now=now, calendar=calendar, follows=True,
                grounds=procedures.Grounds(reason=publishing.withdrawn(reason)),
                more={"resource": code, "version": publishing.number(change)},
            )  # fmt: skip
    return entry.state


def _check_sound(change: Change, judging: Judging) -> None:
    """Keep in `judging` why no holding could be made from what a change says, where its form is known."""
    if judging.spared("method", "items"):
        publishing.judged(change, judging=judging)


def _free(code: str, *, name: str, provider: str, now: datetime, judging: Judging) -> Entry:
    """Return the entry that a new code stands for, locked and kept where nothing is wrong with it.

    Keeps CodeTaken and NameTaken in `judging` where it is not free.
    """
    entry = Entry.objects.select_for_update().filter(code=code).first() if judging.spared("code") else None
    if entry is None:
        entry = Entry(code=code, state=ENTRY.start)
    elif entry.state != ENTRY.start or Change.objects.filter(entry=entry, state__in=UNDER_WAY).exists():
        judging.add(rules.CodeTaken(code=code))
    if judging.spared("name"):
        with judging.of():
            _claim(name, entry=entry)
    if not judging.found:
        entry.provider_id, entry.name, entry.entered_at = provider, name, now
        entry.save()
    return entry


def _claim(name: str, *, entry: Entry) -> None:
    """Refuse a name that another entry has, published or on its way; keep it until this transaction ends."""
    with connection.cursor() as cur:
        locks.take(cur, f"hutong.catalogue_name.{name}")
    others = (
        Entry.objects.filter(name=name, state="PUBLISHED").exclude(pk=entry.pk),
        Change.objects.filter(name=name, state__in=UNDER_WAY).exclude(entry_id=entry.pk),
    )
    if any(found.exists() for found in others):
        raise rules.NameTaken(name=name, code=entry.code)


def _made(
    entry: Entry, facts: dict, *, kind: str, actor: Actor, now: datetime, rest: dict | None = None
) -> Change:
    change = Change(
        no=numbers.following(CHANGES, PREFIX, now=now), entry=entry, provider_id=entry.provider_id, kind=kind,
        base=entry.current, state=CHANGE.start, entered_at=now, written_by=[actor.officer],
        unfinished=rest, **facts,
    )  # fmt: skip
    if rest is None:
        publishing.definition(change)
    change.save(force_insert=True)
    return change


def _digest(facts: Mapping, rest: Typed | None) -> str:
    """Return the digest of what a change says; while it is unfinished, of what was typed."""
    return canonical.digest(facts) if rest is None else unfinished.digest(rest)


def _enter_drafted(change: Change, digest: str, *, actor: Actor, now: datetime) -> None:
    fields = {
        "change": change.no, "resource": change.entry.code, "unit": change.provider_id, "kind": change.kind,
        "version": publishing.number(change), "digest": digest, "by": actor.officer,
    }  # fmt: skip
    record("catalog.change_drafted", fields, now=now, unit=change.provider_id)


def _wait_for_delivery(code: str) -> None:
    """Wait for a delivery of the resource under way before the turns are locked, so that nobody else waits for it."""
    with database.joined(connection) as cur:
        tables.lock(cur, code=code)


def _editor(actor: Actor, *, provider: str) -> None:
    if not rules.is_editor(actor, provider=provider):
        raise NotYourRole(role="provider_editor", officer=actor.name)


def _locked_entry(code: str) -> Entry:
    entry = Entry.objects.select_for_update(of=("self",)).select_related("current").filter(code=code).first()
    if entry is None:
        raise NoSuchEntry(code=code)
    return entry


def _locked(no: str) -> Change:
    """Return a change, locked after its entry: whoever withdraws that takes both in this order."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("current").filter(changes__no=no).first()
    if entry is None:
        raise NoSuchChange(change=no)
    change = Change.objects.select_for_update(of=("self",)).select_related("base").get(no=no)
    change.entry = entry
    return change
