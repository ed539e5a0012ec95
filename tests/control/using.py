"""Uses of a small county, month by month, and what sums them."""

from datetime import UTC, datetime

from acting import NOW, County, catalogued
from django.db import transaction

from hutong.audit import rollups, tree
from hutong.audit.events import USAGE
from hutong.control.recording import record
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database

OTHER = "308001/000001"


def three_months(county: County) -> County:
    """Return the county after three months of use: 40 answers and 4 refusals of its resource, 3 answers of another."""
    catalogued([{"code": OTHER, "name": "婚姻登记信息", "provider_id": county.civil}])
    for month in (1, 2, 3):
        with transaction.atomic():
            for number in range(10 * month if month < 3 else 10):
                use(county, datetime(2026, month, 1, number % 24, tzinfo=UTC))
            for _ in range(2 if month > 1 else 0):
                use(county, datetime(2026, month, 1, tzinfo=UTC), result="QUOTA_SPENT")
    with transaction.atomic():
        for _ in range(3):
            use(county, NOW, resource=OTHER, asks=county.police, provider=county.civil)
    summed(county)
    return county


def use(county: County, moment: datetime, *, asks: str = "", provider: str = "", **facts: object) -> None:
    asks, provider = asks or county.civil, provider or county.police
    known = {**dict.fromkeys(USAGE), "unit": asks, "resource": county.code, "result": "OK", **facts}
    record("plane.compared", known, now=moment, unit=asks, counterpart=provider)


def summed(county: County) -> None:
    signer = LogSigner.from_seed("log.county.example", bytes(range(32)))
    for role, work in (
        ("logkeeper", lambda db: tree.integrate(db, now=NOW, signer=signer)), ("owner", rollups.sum_up),
    ):  # fmt: skip
        db = Database(county.url, role=role, size=1)
        work(db)
        db.close()
