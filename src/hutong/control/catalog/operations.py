"""Writes of the catalogue; the actor is an `orgs.rules.Actor`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from hutong.control.catalog import rules
from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.catalog.models import Entry
from hutong.control.catalog.procedure import ENTRIES
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.orgs import operations as orgs
from hutong.control.orgs.rules import Actor
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.procedure import Also, Taking
from hutong.control.procedures.rules import NotYourRole
from hutong.control.recording import record
from hutong.core import beijing, canonical, identifiers
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import grants, tables
from hutong.plane.definition import Item


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
            entry = Entry.objects.create(
                code=code, provider_id=actor.org, state=ENTRY.start, entered_at=now, **facts
            )
            rules.definition(entry)
            fields = {"resource": code, "org": actor.org, "digest": _digest(facts), "by": actor.person}
            record("catalog.entry_drafted", fields, now=now, org=actor.org)
            procedures.put_on_desks(ENTRIES, entry)
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
            if entry.state not in ENTRY.editable:
                raise rules.EntryNotEditable(code=code, state=ENTRY.states[entry.state].name)
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
            procedures.put_on_desks(ENTRIES, entry)
    except IntegrityError:
        raise rules.NameTaken(name=changes.get("name", ""), code=code) from None


def take(
    code: str,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    calendar: Calendar,
    reason: str = "",
    opinion: str = "",
    agrees: bool = True,
) -> str:
    """Take one step of W1 and return the state the entry is in. Years loaded into the platform join `calendar`.

    `publish` freezes the definition in the plane; `withdraw` and `stop` end what was granted on the resource (SX-06-a),
    and so does publishing that it is not shared any more.
    Raises what `procedures.operations.take` raises, NameTaken, and what `plane.tables.publish` raises.
    """
    with transaction.atomic():
        entry = _locked(code)
        if action == "submit":
            orgs.require_active(entry.provider_id)
        looked_at = action in _LOOKED_AT
        if looked_at:
            _wait_for_delivery(code)
        procedures.take(
            ENTRIES, entry, action, actor=actor, now=now, calendar=calendar, also=_ALSO,
            grounds=procedures.Grounds(reason=reason, opinion=opinion, agrees=agrees),
            more={"version": entry.version + (action == "revise")}, looked_at=looked_at,
        )  # fmt: skip
    return entry.state


_LOOKED_AT = frozenset({"publish", "withdraw", "stop"})
"""Steps that change what applications look at: whether and how the resource is shared, and what it is called."""


def _wait_for_delivery(code: str) -> None:
    """Let a delivery of the resource come to its end first: nobody else's step has to wait for it with this one."""
    with database.joined(connection) as cur:
        tables.hold(cur, code=code)


def _keep(entry: Entry, facts: dict) -> None:
    if entry.published_version is None:
        entry.save()
        return
    if Entry.objects.filter(name=entry.name).exclude(pk=entry.pk).exists():
        raise rules.NameTaken(name=entry.name, code=entry.code)
    entry.draft = facts
    entry.save(update_fields=["draft"])


def _publish(entry: Entry, step: Taking) -> None:
    before = entry.sharing_type if entry.published_version is not None else None
    entry.take_draft()
    entry.draft = None
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError:
        raise rules.NameTaken(name=entry.name, code=entry.code) from None
    with database.joined(connection) as cur:
        if entry.sharing_type != 3:
            tables.publish(cur, definition=rules.definition(entry), now=step.now)
            if before == 3:
                grants.readmit(cur, code=entry.code)
        elif before is not None and before != 3:
            reason = f"信息资源改为不予共享：{entry.sharing_basis}"
            grants.withdraw(cur, code=entry.code, reason=reason, now=step.now, by=step.actor.person)
    entry.published_version = entry.version
    entry.release_date = beijing.day(step.now)


def _revise(entry: Entry, step: Taking) -> None:
    entry.version += 1


def _withdraw(entry: Entry, step: Taking) -> None:
    entry.draft = None
    if entry.published_version is not None:
        with database.joined(connection) as cur:
            reason = f"信息资源已从目录撤销：{step.reason}"
            grants.withdraw(cur, code=entry.code, reason=reason, now=step.now, by=step.actor.person)


_ALSO: Also = {"publish": _publish, "revise": _revise, "withdraw": _withdraw, "stop": _withdraw}
"""Action → what happens with it, besides that the entry moves."""


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
