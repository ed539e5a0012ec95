"""Requests of programs that were answered, by the key each was given: what is sent again is not done again."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from hutong.control.rulebook import queries as rulebook
from hutong.control.units.models import AnsweredRequest
from hutong.core import beijing, canonical
from hutong.core.errors import Invalid
from hutong.db import locks


class KeyMisshaped(Invalid):
    """The key of a request has 1 to 200 letters that can be read."""


class KeyUsedOtherwise(Invalid):
    """The key {key} was given to another request before."""


def once(
    token: str, key: str, *, said: Mapping[str, Any], shown: str, do: Callable[[], Mapping[str, Any]], now: datetime
) -> Mapping[str, Any]:
    """Return what `do` returns, or what it returned before for the same key of a token, in one transaction.

    `said` is what the request says; of it a digest is kept by the token as it was `shown`, which is kept nowhere, for
    it may say somebody's number, and that is found again from a plain digest. Two at once with one key are done one
    after the other. Raises KeyMisshaped and KeyUsedOtherwise.
    """
    if not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise KeyMisshaped
    digest = hmac.new(shown.encode(), canonical.digest(said).encode(), sha256).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, f"hutong.answered.{token}.{key}")
        before = AnsweredRequest.objects.filter(token=token, key=key).first()
        if before is None:
            answer = do()
            AnsweredRequest.objects.create(token_id=token, key=key, digest=digest, answer=answer, at=now)
            return answer
    if before.digest != digest:
        raise KeyUsedOtherwise(key=key)
    return before.answer


def forget_past(*, now: datetime) -> int:
    """Drop the answers that are kept no longer by the rulebook in force, and return how many."""
    kept = timedelta(hours=rulebook.in_force(beijing.day(now)).number("token.answer_hours"))
    gone, _ = AnsweredRequest.objects.filter(at__lte=now - kept).delete()
    return gone
