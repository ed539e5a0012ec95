"""Adding and reading attachments of a case, with a keyring of their own."""

from contextlib import closing

import pytest
from acting import NOW
from attaching import BOUNDS, CASE, LONG_AFTER, WANG, ZHANG

from hutong.audit import purges, retention
from hutong.audit.events import RecordClass
from hutong.control.procedures import attachments, models
from hutong.core.lifecycle import Seat
from hutong.db.database import Database
from hutong.plane.keys import Keyring


@pytest.fixture
def keyring(tmp_path):
    return Keyring.create(tmp_path / "keyring.json")


@pytest.fixture
def add(django_db, keyring):
    def adding(content=b"text", *, name="a.txt", to=CASE, by=ZHANG, bounds=BOUNDS):
        source = [content] if isinstance(content, bytes) else content
        return attachments.add(
            to, name=name, source=source, by=by, record_class=RecordClass.ADMINISTRATION, bounds=bounds,
            keyring=keyring, now=NOW,
        )  # fmt: skip

    return adding


@pytest.fixture
def read(django_db, keyring):
    def reading(attachment, *, of=CASE, by=WANG):
        return attachments.read(of, attachment, by=by, keyring=keyring, now=NOW)

    return reading


@pytest.fixture
def gone(county, add):
    """Let go of what is over before a day, as two persons decide; returns which attachments were there and are not."""

    def going(before, *, record_class=RecordClass.ADMINISTRATION):
        there = {row.name for row in models.Attachment.objects.all()}
        deciding = {"seats": {Seat("operator")}, "now": LONG_AFTER}
        with closing(Database(county.url, role="owner", size=1)) as owner:
            number = retention.request(owner, record_class=record_class, before=before, by="li", **deciding)
            retention.approve(owner, purge=number, by="zhao", **deciding)
            with owner.transaction() as cur:
                removed = attachments.purge(cur, purges.read(cur, purge=number), LONG_AFTER)
        left = {row.name for row in models.Attachment.objects.all()}
        pieces = set(models.AttachmentPiece.objects.values_list("attachment__name", flat=True))
        assert (pieces, removed) == (left, len(there - left))
        return there - left

    return going
