"""Forms that were not carried out, kept a short while for who typed them: enciphered, bounded, for nobody else.

What stands here is what the pages gave, unreadable without their key. A form is found by its token and its officer.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from hutong.control.rulebook import queries as rulebook
from hutong.control.units.models import KeptForm, Officer
from hutong.core import beijing
from hutong.core.errors import Gone, TooLarge
from hutong.db import locks


class KeptFormGone(Gone):
    """What was typed is kept no longer."""


class FormTooLarge(TooLarge):
    """What was typed has {size} bytes; {most} are kept."""


@dataclass(frozen=True, slots=True)
class FormBounds:
    """How much is kept and how long, by the rulebook: bytes of a form, forms of an officer and of all."""

    size: int
    each: int
    all: int
    refused: timedelta
    ended: timedelta


def bounds(now: datetime) -> FormBounds:
    """Return how much is kept and how long, by the rulebook in force."""
    book = rulebook.in_force(beijing.day(now))
    return FormBounds(
        size=book.number("login.form_kilobytes") * 1000,
        each=book.number("login.forms"),
        all=book.number("login.all_forms"),
        refused=timedelta(minutes=book.number("login.form_minutes")),
        ended=timedelta(hours=book.number("login.form_hours")),
    )


def keep(token: str, sealed: bytes, *, username: str, until_at: datetime, now: datetime) -> None:
    """Keep a form of an officer under a token until a moment; raises FormTooLarge.

    The oldest of the same officer give way to it, and of all together those that would go first.
    """
    room = bounds(now)
    if len(sealed) > room.size:
        raise FormTooLarge(size=len(sealed), most=room.size)
    with transaction.atomic():
        with connection.cursor() as cur:
            locks.take(cur, "hutong.kept_forms")
        KeptForm.objects.filter(until_at__lte=now).delete()
        officer = Officer.objects.get(user__username=username)
        _make_way(KeptForm.objects.filter(officer=officer).order_by("-at", "-pk"), room.each)
        _make_way(KeptForm.objects.order_by("-until_at", "-pk"), room.all)
        KeptForm.objects.create(pk=_digest(token), officer=officer, at=now, until_at=until_at, sealed=sealed)


def read(token: str, *, username: str, now: datetime) -> bytes:
    """Return what was kept under a token for an officer; raises KeptFormGone, also where it is another's."""
    found = KeptForm.objects.filter(pk=_digest(token), officer__user__username=username, until_at__gt=now).first()
    if found is None:
        raise KeptFormGone
    return bytes(found.sealed)


def forget(token: str, *, username: str) -> None:
    """Forget what was kept under a token for an officer, if it is there."""
    KeptForm.objects.filter(pk=_digest(token), officer__user__username=username).delete()


def forget_all(username: str) -> None:
    """Forget every form of an officer, as of one who was stopped."""
    KeptForm.objects.filter(officer__user__username=username).delete()


def forget_past(*, now: datetime) -> int:
    """Drop what is kept no longer, and return how many forms."""
    gone, _ = KeptForm.objects.filter(until_at__lte=now).delete()
    return gone


def _make_way(found, most: int) -> None:  # type: ignore[no-untyped-def]
    """Drop what is too many, once one more comes, of forms in the order in which they stay."""
    beyond = list(found.values_list("pk", flat=True)[most - 1 :])
    KeptForm.objects.filter(pk__in=beyond).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
