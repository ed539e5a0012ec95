"""The register of purposes (用途) and matters (办理事项): the codes applications name and systems sign with, in words.

What is applied for has a purpose that is registered here, for a system states it with each use and is held to it
(SX-10-e). No clause asks that of matters: one that is typed and not here is marked as unchecked (未核对) wherever what
is applied for is shown, and in the history of each step that was taken while it was not here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from hutong.control.procedures.queries import PAGE, by_number
from hutong.control.recording import record
from hutong.control.sharing.models import Term
from hutong.core.counting import COUNTED
from hutong.core.errors import Conflicting, Missing

UNCHECKED = "未核对的办理事项"
"""What is remarked of a step that was taken while a matter of its application was not registered."""


class TermTaken(Conflicting):
    """The code {code} is registered already."""


class NoSuchTerm(Missing):
    """There is no registered code {code}."""


@dataclass(frozen=True, slots=True)
class RegisteredTerm:
    """A registered code that forms offer: its kind, its words in both languages, and its number in the register."""

    id: int
    kind: str
    code: str
    name: str
    name_en: str


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


def offered(kind: str, *, code: str) -> bool:
    """Whether a code is registered and forms offer it."""
    return Term.objects.filter(kind=kind, code=code, active=True).exists()


def unchecked(matters: Collection[str]) -> list[str]:
    """Return those of these codes of matters that are not registered, in their order."""
    registered = set(Term.objects.filter(kind="matter", code__in=matters).values_list("code", flat=True))
    return [code for code in dict.fromkeys(matters) if code not in registered]


def remark(matters: Collection[str]) -> str:
    """Return what is remarked of a step about matters that are not registered; nothing where each is."""
    missing = unchecked(matters)
    return f"{UNCHECKED}：{', '.join(missing)}" if missing else ""


def names(kind: str, *, english: bool = False, offered: bool = False) -> dict[str, str]:
    """Return the words of each registered code, by code: of every one, or of those only that forms offer."""
    found = Term.objects.filter(kind=kind).order_by("code")
    if offered:
        found = found.filter(active=True)
    return {term.code: (english and term.name_en) or term.name for term in found}


def listed(
    *, words: str = "", kind: str = "", after: int | None = None, oldest: bool = False, limit: int = PAGE
) -> list[RegisteredTerm]:
    """Return what forms offer, registered last first: those that follow the one with the number `after`.

    Every word of `words` occurs in code or name; `kind` is `purpose` or `matter`, or empty for both.
    """
    rows = by_number(_fitting(words, kind), after=after, oldest=oldest)[:limit]
    return [RegisteredTerm(row.pk, row.kind, row.code, row.name, row.name_en) for row in rows]


def counted(*, words: str = "", kind: str = "", most: int = COUNTED + 1) -> int:
    """Return how many `listed` has, counted up to `most`."""
    return _fitting(words, kind)[:most].count()


def _fitting(words: str, kind: str) -> QuerySet[Term]:
    found = Term.objects.filter(active=True, **({"kind": kind} if kind else {}))
    for word in words.split():
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(name_en__icontains=word))
    return found
