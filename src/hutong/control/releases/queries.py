"""Reads of releases."""

import difflib
import hashlib
from dataclasses import dataclass

from hutong.control.releases.models import Release
from hutong.control.releases.rules import NoSuchRelease, Sentence
from hutong.core import canonical


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A sentence of two releases that are compared: in which of them it stands."""

    sentence: Sentence
    how: str
    """`same`, `gone` (in the earlier alone) or `new` (in the later alone)."""


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """One release as its page has it, beside another where one is asked for."""

    release: Release
    whole: bool
    """Whether its body is the very one that its digest was made of."""
    newest: int
    """The number of the newest of its kind."""
    sentences: list[Sentence]
    other: Release | None
    compared: list[ComparedLine]


def page(kind: str, number: int, *, beside: int | None) -> ReleasePage:
    """Return a release, compared with the one `beside` where that is named; raises NoSuchRelease."""
    found, last = release(kind, number), newest(kind)
    other = release(kind, beside) if beside else None
    return ReleasePage(
        found, is_whole(found), last.number if last else number, sentences(found), other,
        compared(found, other) if other else [],
    )  # fmt: skip


def newest(kind: str) -> Release | None:
    """Return the newest release of a kind; None where there is none."""
    return Release.objects.filter(kind=kind).order_by("-number").first()


def release(kind: str, number: int) -> Release:
    """Return one release; raises NoSuchRelease."""
    found = Release.objects.filter(kind=kind, number=number).first()
    if found is None:
        raise NoSuchRelease(release_kind=kind, number=number)
    return found


def sentences(of: Release) -> list[Sentence]:
    """Return what a release says."""
    return [Sentence(each["clause"], each["zh"], each["en"]) for each in canonical.loads(of.body)]


def is_whole(of: Release) -> bool:
    """Whether a release's body is the very one that its digest was made of."""
    return hashlib.sha256(of.body.encode()).hexdigest() == of.digest


def compared(one: Release, other: Release) -> list[ComparedLine]:
    """Return the sentences of two releases in order, each with where it stands; the lower number is the earlier."""
    earlier, later = sorted((one, other), key=lambda each: each.number)
    before, after = sentences(earlier), sentences(later)
    found: list[ComparedLine] = []
    for what, a, b, c, e in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [ComparedLine(each, "same") for each in after[c:e]]
            continue
        found += [ComparedLine(each, "gone") for each in before[a:b]]
        found += [ComparedLine(each, "new") for each in after[c:e]]
    return found
