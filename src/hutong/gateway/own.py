"""What a system may ask about itself: its grants, and the records of the log it is a party of."""

from dataclasses import asdict
from typing import Any

from hutong.audit import log, reading
from hutong.core.errors import Problem
from hutong.gateway import callers, parsing, shapes
from hutong.gateway.auth import Call
from hutong.gateway.state import Gateway
from hutong.plane import grants, suspensions, tables
from hutong.plane.suspensions import Suspension


def read_grants(call: Call) -> Call:
    """Return the call, which asks for all of its system's grants; raises ParameterUnreadable."""
    parsing.check_no_parameters(call.request.query)
    return call


def own_grants(gateway: Gateway, call: Call) -> dict[str, Any]:
    """Return the grants of the calling system, and of what each is suspended; that it read them is entered."""
    with gateway.db.transaction() as cur:
        refused = callers.spend_or_refuse(cur, gateway, call)
        listed = [] if refused else grants.of_consumer(cur, consumer=call.caller.unit)
        own = [grant for grant in listed if grant.system == call.caller.system]
        if refused is None:
            seen = {"by": call.caller.system, "unit": call.caller.unit, "grants": len(own)}
            log.append(cur, [log.LogEntry("plane.grants_read", call.received_at, seen, call.caller.unit)])
        store = tables.these(cur, versions={(grant.code, grant.version) for grant in own})
        found = suspensions.of_grants(cur, nos=[grant.no for grant in own])
    if refused:
        raise refused
    return {"grants": [_told(grant, store[grant.code, grant.version], found[grant.no]) for grant in own]}


def _told(grant: grants.Grant, store: tables.Store, found: list[Suspension]) -> dict[str, Any]:
    """Return a grant as it is told: with the names of its resource and of its items in the version it names.

    `suspended` says of what a suspension stands, the unit, the system or the grant; not why. `as_of` is the last
    delivery that reached the version, where none does any more; `last_day` its last day, where a newer one is there.
    """
    definition = store.definition
    codes = {*grant.items, *grant.conditions, *grant.row_filter}
    names = {item.code: item.name for item in definition.items if item.code in codes}
    standing = sorted({str(each.kind) for each in found if each.stands})
    told = {"suspended": standing, "name": definition.name, "names": names}
    known = asdict(grant)
    return {"resource": known.pop("code"), **known, **told, "as_of": store.as_of, "last_day": store.ends_on}


def read_record(call: Call) -> tuple[Call, int]:
    """Return the call and the id of the entry it asks for; raises ParameterUnreadable."""
    return call, parsing.parameters(call.request.query, shapes.RecordIn).entry


def record(gateway: Gateway, asked: tuple[Call, int]) -> shapes.RecordOut:
    """Return the record of an entry whose party the caller's unit is; that it was read is entered.

    Raises NoSuchRecord, entered too.
    """
    call, entry = asked
    reader = reading.Reader(by=call.caller.system, unit=call.caller.unit)
    missing: Problem | None = None
    with gateway.db.transaction() as cur:
        refused = callers.spend_or_refuse(cur, gateway, call)
        if refused is None:
            try:
                found = reading.read(cur, entry_id=entry, reader=reader, now=call.received_at)
            except reading.NoSuchRecord as problem:
                missing = problem  # the nonce stays spent
                callers.enter_refused(cur, gateway, call, problem)
    if refused or missing:
        raise refused or missing  # type: ignore[misc]  # one of them is there
    told = found.record, found.unit, found.counterpart, sorted(found.others), found.salt.hex(), found.leaf.decode()
    return shapes.RecordOut(found.entry_id, found.event, *told)
