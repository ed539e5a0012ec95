"""Writes of the rulebook: a change by the authority is a version of its own, and one entry."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction

from hutong.control.recording import record
from hutong.control.rulebook import queries, rules
from hutong.control.rulebook.models import Version
from hutong.core import beijing, defaults, limits
from hutong.core.errors import Judging
from hutong.core.limits import Value
from hutong.db import database, locks
from hutong.plane import rulebook as plane


def change(
    values: Mapping[str, Value],
    *,
    from_date: date,
    reason: str,
    actor: rules.Decider,
    now: datetime,
    region: str = "",
    seen: int | None = None,
    judging: Judging | None = None,
) -> int:
    """Change values from a day on, and return the number of the version this made (SX-17).

    `region` is a code of six digits, or empty for all that have nothing of their own. `reason` names the decision it
    follows. `seen` is the version whose values were looked at: what is given as it was then is not meant to be changed.
    Deadlines that are set already keep the version they were computed by. `judging` is that of
    `rules.check_change`. Raises RulebookNotYours,
    NoSuchRulebookVersion, what `rules.check_change` raises, and LimitBeyondWhole where a part would be more than its
    whole: from that day on, on a later day for which something is decided already, or in a region that has values of
    its own. Raises what `_check_seen` does, where somebody changed the same since it was looked at.
    """
    rules.check_may_change(actor, region=region)
    if seen is not None:
        looked_at = queries.at(seen, region).values()
        values = {name: value for name, value in values.items() if name not in looked_at or looked_at[name] != value}
    with transaction.atomic():
        _one_at_a_time()
        if seen is not None:
            _check_seen(seen, values, from_date=from_date, region=region, reason=reason, actor=actor)
        before = queries.in_force(from_date, region).values()
        changed = rules.check_change(
            values, before=before, region=region, from_date=from_date, reason=reason, today=beijing.day(now),
            judging=judging,
        )  # fmt: skip
        number = Version.objects.count() + 1
        told = {"number": number, "region": region, "from_date": from_date, "changed": changed}
        told["reason"] = reason.strip()
        digest = hashlib.sha256(queries.body(**told)).hexdigest()
        Version.objects.create(**told, digest=digest, made_at=now, made_by=actor.officer, made_by_name=actor.name)
        for book in queries.from_day_on(from_date):
            limits.check_parts(defaults.LIMITS.values(), book.values())
        with database.joined(connection) as cur:
            plane.keep(cur, changed if not region else {}, version=number, from_date=from_date)
        fields = {
            "version": number, "region": region or None, "from_date": from_date.isoformat(),
            "before": {name: before[name] for name in changed}, "after": changed,
            "reason": reason.strip(), "digest": digest, "by": actor.officer,
        }  # fmt: skip
        record("rulebook.changed", fields, now=now)
    return number


def _check_seen(
    seen: int, values: Mapping[str, Value], *, from_date: date, region: str, reason: str, actor: rules.Decider
) -> None:
    """Refuse what was changed since it was looked at; raises RulebookChangedAlready and RulebookChanged."""
    for made in Version.objects.filter(number__gt=seen, region__in={"", region}).order_by("number"):
        told = {"version": made.number, "officer": made.made_by_name, "moment": beijing.shown(made.made_at)}
        same = (made.made_by, made.region, made.from_date, made.reason) == (
            actor.officer, region, from_date, reason.strip(),
        )  # fmt: skip
        if same and made.changed == dict(values):
            raise rules.RulebookChangedAlready(**told)
        if both := sorted(set(made.changed) & set(values)):
            raise rules.RulebookChanged(parameter=both[0], **told)


def _one_at_a_time() -> None:
    with connection.cursor() as cur:
        locks.take(cur, "hutong.rulebook")
