"""What else happens when a change is published and when an entry is withdrawn, besides the step itself."""

import hashlib
from datetime import date

from django.db import connection

from hutong.control.calendars.queries import calendar as whole_calendar
from hutong.control.catalog import last_days, rules
from hutong.control.catalog.lifecycle import ENTRY
from hutong.control.catalog.models import Change, Entry, Version
from hutong.control.catalog.procedure import ENTRIES
from hutong.control.procedures import operations as procedures
from hutong.control.procedures import turns
from hutong.control.procedures.procedure import Taking
from hutong.control.recording import record
from hutong.control.rulebook import queries as rulebooks
from hutong.core import beijing, workdays
from hutong.core.errors import Judging
from hutong.core.workdays import Calendar
from hutong.db import database
from hutong.plane import grants, tables
from hutong.plane.definition import Definition


def number(change: Change) -> int:
    """Return the number of the version that a change leads to."""
    return change.base.number + 1 if change.base else 1


def definition(change: Change) -> Definition:
    """Return the definition that a change leads to; raises FormStays, and what `soundness.check` raises."""
    judging = Judging()
    made = judged(change, judging=judging)
    judging.end()
    return made


def judged(change: Change, *, judging: Judging) -> Definition:
    """Return the definition that a change leads to; what is wrong with it is kept in `judging`."""
    if change.base:
        with judging.of():
            rules.check_form(change.base, change, code=change.entry.code)
    return rules.definition(
        change, code=change.entry.code, provider=change.provider_id, number=number(change), judging=judging
    )


def withdrawn(reason: str) -> str:
    """Return why a grant, or a change under way, ends with its entry."""
    return f"信息资源已从目录撤销：{reason}"


def publish(change: Change, step: Taking, *, calendar: Calendar) -> None:
    """Make the next version of the entry from a change, and let the plane keep what the entry says now."""
    entry, before = change.entry, change.entry.current
    version = _version(change, step)
    _tell_plane(change, before=before, step=step, calendar=calendar)
    entry.name, entry.current = change.name, version
    if before is None:
        procedures.take(
            ENTRIES, entry, "publish", actor=step.actor, now=step.now, calendar=calendar,
            more={"version": version.number}, looked_at=True,
        )  # fmt: skip
    else:
        entry.save()
        procedures.put_on_desks(ENTRIES, entry)
        turns.reconsider(ENTRY.name, entry.code)


def withdraw(entry: Entry, step: Taking) -> None:
    """End what was granted on a resource that leaves the catalogue."""
    with database.joined(connection) as cur:
        grants.withdraw(cur, code=entry.code, reason=withdrawn(step.reason), now=step.now, by=step.actor.officer)


def _version(change: Change, step: Taking) -> Version:
    day = beijing.day(step.now)
    body = rules.body(
        change, code=change.entry.code, provider=change.provider_id, number=number(change), release_date=day.isoformat()
    )
    version = Version.objects.create(
        entry=change.entry, number=number(change), change=change, digest=hashlib.sha256(body).hexdigest(),
        published_at=step.now, published_by=step.actor.officer, published_by_name=step.actor.name, release_date=day,
        **rules.facts_of(change),
    )  # fmt: skip
    fields = {
        "resource": change.entry.code, "version": version.number, "change": change.no, "digest": version.digest,
        "by": step.actor.officer,
    }  # fmt: skip
    record("catalog.version_published", fields, now=step.now, unit=change.provider_id)
    return version


def _first_due(change: Change, *, today: date, calendar: Calendar) -> date | None:
    """Return the last day of the first delivery (P-9); None where the calendar of its year is not loaded."""
    days = rulebooks.in_force(today, region=change.provider.region_code).number("delivery.first_days")
    try:
        return workdays.add_workdays(today, days, calendar=whole_calendar(calendar)).day
    except workdays.YearNotLoaded:
        return None


def _tell_plane(change: Change, *, before: Version | None, step: Taking, calendar: Calendar) -> None:
    code, shared_before = change.entry.code, before is not None and before.sharing_type != rules.NOT_SHARED
    with database.joined(connection) as cur:
        if change.sharing_type != rules.NOT_SHARED:
            made = definition(change)
            due = _first_due(change, today=beijing.day(step.now), calendar=calendar)
            tables.publish(cur, definition=made, now=step.now, first_due_date=due)
            last_days.end_formers(
                cur, made, region=change.provider.region_code, now=step.now, by=step.actor.officer, calendar=calendar
            )
            if before is not None and not shared_before:
                grants.readmit(cur, code=code)
        elif shared_before:
            reason = f"信息资源改为不予共享：{change.sharing_basis}"
            grants.withdraw(cur, code=code, reason=reason, now=step.now, by=step.actor.officer)
