"""Writes of the catalogue; the actor is an `orgs.rules.Actor`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from hutong.control.catalog import lifecycle, rules
from hutong.control.catalog.models import Entry, EntryMove
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.rules import Actor, NotYourRole
from hutong.control.recording import record
from hutong.core import beijing, canonical, identifiers
from hutong.core.errors import Invalid
from hutong.db import database
from hutong.plane import grants, tables
from hutong.plane.definition import Item


class ReasonMissing(Invalid):
    """This step needs a reason."""


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
    actor: Actor,
    now: datetime,
) -> str:
    """Draft an entry of the actor's unit and return its code (SX-05-a)."""
    _editor(actor, provider=actor.org)
    identifiers.check_catalogue_code(code)
    facts = _facts(
        name=name, abstract=abstract, items=items, key=key, format=format, method=method,
        sharing_type=sharing_type, sharing_condition=sharing_condition, sharing_basis=sharing_basis,
        opened=opened, opening_condition=opening_condition, update_cycle=update_cycle, personal=personal,
        suite=suite,
    )  # fmt: skip
    try:
        with transaction.atomic():
            orgs.require_active(actor.org)
            entry = Entry.objects.create(code=code, provider_id=actor.org, entered_at=now, **facts)
            rules.definition(entry)
            fields = {"resource": code, "org": actor.org, "digest": _digest(facts), "by": actor.person}
            record("catalog.entry_drafted", fields, now=now, org=actor.org)
    except IntegrityError:
        raise rules.NameTaken(name=name, code=code) from None
    return code


def edit(code: str, *, changes: Mapping, actor: Actor, now: datetime) -> None:
    """Change what an entry says while it is a draft, returned or being changed (SX-05-b).

    What is published stays as it is: the change waits in the entry's draft until it is published itself.
    """
    try:
        with transaction.atomic():
            entry = _locked(code)
            _editor(actor, provider=entry.provider_id)
            if entry.state not in lifecycle.EDITABLE:
                raise rules.EntryNotEditable(code=code, state=entry.state)
            entry.take_draft()
            before = {name: getattr(entry, name) for name in _FACTS}
            after = _facts(**{**before, **changes})
            for name, value in after.items():
                setattr(entry, name, value)
            rules.definition(entry)
            _keep(entry, after)
            fields = {
                "resource": code, "org": entry.provider_id, "version": entry.version,
                "before": _digest(before), "after": _digest(after), "by": actor.person,
            }  # fmt: skip
            record("catalog.entry_changed", fields, now=now, org=entry.provider_id)
    except IntegrityError:
        raise rules.NameTaken(name=changes.get("name", ""), code=code) from None


def take(code: str, action: str, *, actor: Actor, now: datetime, reason: str = "") -> str:
    """Take one declared step of W1 and return the new state.

    `publish` freezes the definition in the plane, `withdraw` ends what was granted on the resource (SX-06-a).
    Raises EntryCannotMove, NotYourRole, ReasonMissing, NameTaken, and what `plane.tables.publish` raises.
    """
    with transaction.atomic():
        entry = _locked(code)
        move = _declared(entry, action, actor)
        if move.reason and not reason.strip():
            raise ReasonMissing()
        if action == "submit":
            orgs.require_active(entry.provider_id)
        if action == "publish":
            _publish(entry, now=now)
        if action == "revise":
            entry.version += 1
        if action == "withdraw":
            _withdraw(entry, reason=reason, by=actor.person, now=now)
        entry.state, entry.entered_at = move.after, now
        entry.save()
        EntryMove.objects.create(
            entry=entry, action=action, from_state=move.before, to_state=move.after, at=now,
            by=actor.person, by_name=actor.name, org_name=actor.org_name, reason=reason,
        )  # fmt: skip
        fields = {
            "resource": code, "org": entry.provider_id, "version": entry.version, "from_state": move.before,
            "to_state": move.after, "reason": reason or None, "basis": None, "clause": move.clause,
            "by": actor.person,
        }  # fmt: skip
        record("catalog.moved", fields, now=now, org=actor.org, counterpart=entry.provider_id)
    return move.after


def publish(code: str, *, actor: Actor, now: datetime) -> str:
    """Publish a registered entry: its definition is frozen and its holding made (SX-04-a)."""
    return take(code, "publish", actor=actor, now=now)


def _keep(entry: Entry, facts: dict) -> None:
    if entry.published_version is None:
        entry.save()
        return
    if Entry.objects.filter(name=entry.name).exclude(pk=entry.pk).exists():
        raise rules.NameTaken(name=entry.name, code=entry.code)
    entry.draft = facts
    entry.save(update_fields=["draft"])


def _publish(entry: Entry, *, now: datetime) -> None:
    entry.take_draft()
    entry.draft = None
    try:
        entry.save()
    except IntegrityError:
        raise rules.NameTaken(name=entry.name, code=entry.code) from None
    if entry.sharing_type != 3:
        with database.joined(connection) as cur:
            tables.publish(cur, definition=rules.definition(entry), now=now)
    entry.published_version = entry.version
    entry.release_date = beijing.day(now)


def _withdraw(entry: Entry, *, reason: str, by: str, now: datetime) -> None:
    entry.draft = None
    with database.joined(connection) as cur:
        grants.withdraw(cur, code=entry.code, reason=f"信息资源已从目录撤销：{reason}", now=now, by=by)


def _declared(entry: Entry, action: str, actor: Actor) -> lifecycle.Move:
    move = lifecycle.find(entry.state, action)
    if move is None:
        raise rules.EntryCannotMove(code=entry.code, state=entry.state, action=action)
    if not rules.may(move, actor=actor, provider=entry.provider_id):
        raise NotYourRole(role=move.role, person=actor.name)
    return move


def _editor(actor: Actor, *, provider: str) -> None:
    if not rules.is_editor(actor, provider=provider):
        raise NotYourRole(role="provider_editor", person=actor.name)


def _locked(code: str) -> Entry:
    entry = Entry.objects.select_for_update().filter(code=code).first()
    if entry is None:
        raise NoSuchEntry(code=code)
    return entry


_FACTS = (
    "name", "abstract", "items", "key", "format", "method", "sharing_type", "sharing_condition",
    "sharing_basis", "opened", "opening_condition", "update_cycle", "personal", "suite",
)  # fmt: skip


def _facts(**given) -> dict:  # type: ignore[no-untyped-def]
    items = [_plain(item) for item in given["items"]]
    rules.check(
        name=given["name"], abstract=given["abstract"], format=given["format"], method=given["method"],
        sharing_type=given["sharing_type"], sharing_basis=given["sharing_basis"], items=items,
    )  # fmt: skip
    return {**{name: given[name] for name in _FACTS}, "items": items, "key": list(given["key"])}


def _plain(item: Item | Mapping) -> dict:
    raw = asdict(item) if isinstance(item, Item) else dict(item)
    made = asdict(rules.item(raw))
    return {**made, "type": str(made["type"]), "offered": str(made["offered"]),
            "rules": [{**r, "rule": str(r["rule"])} for r in made["rules"]]}  # fmt: skip


def _digest(facts: Mapping) -> str:
    return canonical.digest(dict(facts))
