"""What is done again and again, and how often: one literal table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hutong.audit import aside, refusals, retention, rollups, runs
from hutong.db.database import Database
from hutong.plane import emptying, grants
from hutong.plane.answer import disclosing, feeds, limits, mismatches, rounds


@dataclass(frozen=True, slots=True)
class Pass:
    """One scheduled pass: its code (labels `tasks`), how often it runs, and its function of (db, now): what it did."""

    name: str
    every: timedelta
    run: Callable[[Database, datetime], object]


def _months(db: Database, now: datetime) -> object:
    with db.transaction() as cur:
        return retention.ensure_months(cur, now=now)


def _settle(db: Database, now: datetime) -> None:
    with db.transaction() as cur:
        retention.settle_subjects(cur)


def _sum_up(db: Database, now: datetime) -> None:
    rollups.sum_up(db)


SCHEDULE = (
    Pass("sort_subjects", timedelta(seconds=5), _settle),
    Pass("sum_uses", timedelta(minutes=1), _sum_up),
    Pass("tell_of_leaves_aside", timedelta(minutes=1), lambda db, now: aside.settle(db, now=now)),
    Pass("enter_refusals", timedelta(minutes=1), lambda db, now: refusals.enter_many(db, now=now)),
    Pass("expire_grants", timedelta(minutes=1), lambda db, now: grants.expire(db, now=now)),
    Pass("forget_nonces", timedelta(minutes=1), lambda db, now: rounds.forget_nonces(db, now=now)),
    Pass("forget_spent", timedelta(hours=1), lambda db, now: limits.forget(db, now=now)),
    Pass("forget_mismatches", timedelta(hours=1), lambda db, now: mismatches.forget(db, now=now)),
    Pass("forget_disclosed", timedelta(hours=1), lambda db, now: disclosing.forget(db, now=now)),
    Pass("prune_feeds", timedelta(hours=1), lambda db, now: feeds.prune(db, now=now)),
    Pass("empty_former_versions", timedelta(hours=1), lambda db, now: emptying.empty_formers(db, now=now)),
    Pass("empty_withdrawn_resources", timedelta(hours=1), lambda db, now: emptying.empty_withdrawn(db, now=now)),
    Pass("make_months", timedelta(hours=12), _months),
    Pass("forget_runs", timedelta(hours=12), lambda db, now: runs.forget(db, now=now)),
)
