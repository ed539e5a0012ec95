"""The register of purposes (用途) and matters (办理事项): the codes applications name and systems sign with, in words.

No clause asks that only registered codes be applied for, so one that is not here is shown as it is.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from hutong.control.recording import record
from hutong.control.sharing.models import Term
from hutong.core.errors import Conflicting, Missing


class TermTaken(Conflicting):
    """The code {code} is registered already."""


class NoSuchTerm(Missing):
    """There is no registered code {code}."""


def register(kind: str, *, code: str, name: str, now: datetime, by: str) -> None:
    """Register the words of a `purpose` or a `matter`; raises TermTaken."""
    try:
        with transaction.atomic():
            Term.objects.create(kind=kind, code=code, name=name)
            record("sharing.term_registered", {"kind": kind, "code": code, "name": name, "by": by}, now=now)
    except IntegrityError:
        raise TermTaken(code=code) from None


def change(kind: str, *, code: str, name: str, now: datetime, by: str, active: bool | None = None) -> list[str]:
    """Change the words, and whether forms offer it; return the fields that became others. Raises NoSuchTerm."""
    with transaction.atomic():
        term = Term.objects.select_for_update().filter(kind=kind, code=code).first()
        if term is None:
            raise NoSuchTerm(code=code)
        held = {"name": term.name, "active": term.active}
        wanted = {"name": name, "active": term.active if active is None else active}
        changed = [field for field in wanted if wanted[field] != held[field]]
        if changed:
            term.name, term.active = name, wanted["active"]
            term.save(update_fields=["name", "active"])
            before, after = ({field: values[field] for field in changed} for values in (held, wanted))
            fields = {"kind": kind, "code": code, "before": before, "after": after, "by": by}
            record("sharing.term_changed", fields, now=now)
    return changed


def known(kind: str, *, code: str) -> bool:
    """Whether a code is registered, offered or not."""
    return Term.objects.filter(kind=kind, code=code).exists()


def names(kind: str) -> dict[str, str]:
    """Return the words of every registered code, also of those no longer offered."""
    return dict(Term.objects.filter(kind=kind).values_list("code", "name"))


def offered(kind: str) -> list[tuple[str, str]]:
    """Return code and words of those that forms offer, by code."""
    return list(Term.objects.filter(kind=kind, active=True).order_by("code").values_list("code", "name"))
