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


def register(kind: str, *, code: str, name: str, name_en: str = "", now: datetime, by: str) -> None:
    """Register the words of a `purpose` or a `matter`, in English too where there are any; raises TermTaken."""
    try:
        with transaction.atomic():
            Term.objects.create(kind=kind, code=code, name=name, name_en=name_en)
            fields = {"kind": kind, "code": code, "name": name, "name_en": name_en, "by": by}
            record("sharing.term_registered", fields, now=now)
    except IntegrityError:
        raise TermTaken(code=code) from None


def change(
    kind: str, *, code: str, name: str, now: datetime, by: str, name_en: str = "", active: bool | None = None
) -> list[str]:
    """Change the words, and whether forms offer it; return the names of the fields that changed. Raises NoSuchTerm."""
    with transaction.atomic():
        term = Term.objects.select_for_update().filter(kind=kind, code=code).first()
        if term is None:
            raise NoSuchTerm(code=code)
        former = {"name": term.name, "name_en": term.name_en, "active": term.active}
        wanted = {"name": name, "name_en": name_en, "active": term.active if active is None else active}
        changed = [field for field in wanted if wanted[field] != former[field]]
        if changed:
            for field in changed:
                setattr(term, field, wanted[field])
            term.save(update_fields=changed)
            before, after = ({field: values[field] for field in changed} for values in (former, wanted))
            fields = {"kind": kind, "code": code, "before": before, "after": after, "by": by}
            record("sharing.term_changed", fields, now=now)
    return changed


def known(kind: str, *, code: str) -> bool:
    """Whether a code is registered, offered or not."""
    return Term.objects.filter(kind=kind, code=code).exists()


def names(kind: str, *, english: bool = False, offered: bool = False) -> dict[str, str]:
    """Return the words of each registered code, by code: of every one, or of those only that forms offer."""
    found = Term.objects.filter(kind=kind).order_by("code")
    if offered:
        found = found.filter(active=True)
    return {term.code: (english and term.name_en) or term.name for term in found}
