"""Writes of releases: one release is one transaction and one entry (architecture 3.11)."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction

from hutong.control.recording import record
from hutong.control.releases import queries, rules
from hutong.control.releases.models import Release
from hutong.control.releases.rules import Releasing, Sentence
from hutong.core import beijing, canonical
from hutong.core.errors import Judging
from hutong.db import locks


def release(
    kind: str, *, title: str, sentences: Sequence[Sentence], reason: str, actor: Releasing, now: datetime,
    seen: int | None = None, judging: Judging | None = None,
) -> int:  # fmt: skip
    """Publish sentences under the next number of a kind, for good, and return that number.

    `seen` is the number of the release before, as the page showed it; 0 where there was none. What the same form of
    the same officer released already is released once. Raises ReleaseNotYours,
    ReleaseIncomplete, ReleaseSaysTheSame and ReleasedMeanwhile.
    """
    judging = judging or Judging()
    rules.check_may_release(actor)
    judging.lacks({"title": title, "reason": reason}, ("title", "reason"), rules.ReleaseIncomplete)
    body = canonical.dumps([asdict(each) for each in sentences]).decode()
    digest = hashlib.sha256(body.encode()).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, f"hutong.release.{kind}")
        before = queries.newest(kind)
        if before is not None and before.digest == digest:
            if (before.released_by, before.number - 1) == (actor.officer, seen):
                return before.number  # by the same form, sent a second time
            judging.add(rules.ReleaseSaysTheSame(number=before.number))
        judging.end()
        if before is not None and seen is not None and before.number != seen:
            raise rules.ReleasedMeanwhile(number=before.number, officer=before.released_by_name)
        number = before.number + 1 if before else 1
        Release.objects.create(
            kind=kind, number=number, title=title.strip(), released_date=beijing.day(now), body=body, digest=digest,
            reason=reason.strip(), released_at=now, released_by=actor.officer, released_by_name=actor.name,
        )  # fmt: skip
        told = {
            "release_kind": kind, "number": number, "title": title.strip(), "digest": digest, "reason": reason.strip(),
            "by": actor.officer,
        }  # fmt: skip
        record("releases.released", told, now=now)
    return number
