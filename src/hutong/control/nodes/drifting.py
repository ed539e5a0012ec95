"""Writes of drifts; each step leaves one `nodes.drift_moved` entry (SX-14-a)."""

from datetime import datetime

from django.db import transaction

from hutong.audit import log
from hutong.control.nodes import drifts, rules
from hutong.control.nodes.lifecycle import DRIFT
from hutong.control.nodes.models import FrontEndServer, ServerDrift
from hutong.control.nodes.procedure import SERVER_DRIFTS
from hutong.control.nodes.standing import Standing
from hutong.control.procedures import numbers
from hutong.control.procedures import operations as procedures
from hutong.control.procedures.operations import Grounds
from hutong.control.recording import record
from hutong.control.units import offices
from hutong.control.units.rules import Actor
from hutong.core.workdays import Calendar

PREFIX = "BD"
"""With what the numbers of drifts begin."""


def find(*, now: datetime, calendar: Calendar) -> list[str]:
    """Begin a case for each server that drifts and has none, and return their numbers."""
    return [_found(server, told, now=now, calendar=calendar) for server, told in drifts.to_be_found(now=now)]


def _found(server: FrontEndServer, told: Standing, *, now: datetime, calendar: Calendar) -> str:
    with transaction.atomic():
        no = numbers.following(SERVER_DRIFTS, PREFIX, now=now)
        made = ServerDrift.objects.create(
            no=no, server=server, managed=server.managed, state=DRIFT.start, entered_at=now, found_at=now,
            since_at=told.since_at, digest=told.digest, declared_digest=rules.digest(server.facts),
        )  # fmt: skip
        operator = offices.current().unit_of("operator", region=server.unit.region_code)
        entry = {
            "drift": no, "server": server.no, "unit": server.unit_id, "before": made.declared_digest,
            "after": made.digest, "by": log.PLATFORM,
        }  # fmt: skip
        record("nodes.drift_found", entry, now=now, unit=server.unit_id, counterpart=operator)
        procedures.begin(SERVER_DRIFTS, made, now=now, calendar=calendar)
    return no


def take(
    no: str, action: str, *, actor: Actor, now: datetime, calendar: Calendar, grounds: Grounds,
    meant_for: str | None = None,
) -> str:  # fmt: skip
    """Take one step of a drift and return its state; raises what `procedures.operations.take` raises."""
    with transaction.atomic():
        found: ServerDrift = procedures.locked(SERVER_DRIFTS, no)  # type: ignore[assignment]
        procedures.take(
            SERVER_DRIFTS, found, action, actor=actor, now=now, calendar=calendar, grounds=grounds,
            more={"server": found.server.no, "unit": found.server.unit_id}, meant_for=meant_for,
        )  # fmt: skip
    return found.state
