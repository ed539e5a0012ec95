"""Pages of help in the words of their reader: names as the pages have them, limits as the rulebook has them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from hutong.control.procedures.procedure import installed
from hutong.control.rulebook.queries import DELIVERED, Rulebook
from hutong.core import text
from hutong.core.labels import Both
from hutong.plane.lifecycle import GRANT, SUSPENSION
from hutong.web.help import guide
from hutong.web.help.guide import Element, GuideLine, HelpPage
from hutong.web.shown import Shown
from hutong.web.wording import limits, procedures, reader
from hutong.web.wording.names import named

SUBJECTS: Mapping[str, str] = {
    "start": gettext_noop("登录与账号"),
    "use": gettext_noop("使用数据"),
    "provide": gettext_noop("编目和交付数据"),
    "decide": gettext_noop("办理和审批"),
    "manage": gettext_noop("单位、人员与系统"),
    "evidence": gettext_noop("日志与核验"),
    "public": gettext_noop("关于本平台"),
}
"""Subject → its heading (Chinese)."""
PARTS: Mapping[str, str] = {
    "who": gettext_noop("由谁办理"),
    "needed": gettext_noop("需要准备什么"),
    "steps": gettext_noop("怎样办理"),
    "good": gettext_noop("需要知道的"),
    "limits": gettext_noop("期限和依据"),
    "wrong": gettext_noop("可能遇到的问题"),
}
"""Part of a page → its heading (Chinese)."""

LIVES = {life.name: life for life in (GRANT, SUSPENSION)}
"""The lifecycles that are the plane's own."""


@dataclass(frozen=True, slots=True)
class GuideWords(Shown):
    """A piece of a sentence: its words, whether they are a name on a page, and where they lead."""

    text: str
    named: bool = False
    to: str = ""


@dataclass(frozen=True, slots=True)
class LineShown(Shown):
    """A line of a page of help."""

    words: tuple[GuideWords, ...]
    remedy: tuple[GuideWords, ...]
    clause: str
    code: str


@dataclass(frozen=True, slots=True)
class PartShown(Shown):
    """A part of a page of help, under its heading."""

    kind: str
    heading: str
    lines: tuple[LineShown, ...]


@dataclass(frozen=True, slots=True)
class LinkShown(Shown):
    """A page of help that is led to: title, what it is about, and address."""

    title: str
    summary: str
    address: str


@dataclass(frozen=True, slots=True)
class SubjectShown(Shown):
    """The pages of a subject."""

    heading: str
    pages: tuple[LinkShown, ...]


@dataclass(frozen=True, slots=True)
class CodeShown(Shown):
    """The code of a refusal that is looked for: what it means, and what to do."""

    code: str
    message: str
    advice: str


def subjects(words: str = "") -> list[SubjectShown]:
    """Return every page that has each of the `words` in the reader's language, under the headings of the subjects."""
    wanted = words.casefold().split()
    return _under([page for page in guide.guide().values() if all(word in text_of(page) for word in wanted)])


def near(words: str) -> list[SubjectShown]:
    """Return the pages that have most parts of the `words`, for where none has them all; nothing where none has any.

    Chinese is written without spaces, so a part of it is two characters beside each other; of others it is a word.
    """
    sought = set(_parts_of(words.casefold()))
    has = {page: sum(part in text_of(page) for part in sought) for page in guide.guide().values()}
    most = max(has.values())
    return _under([page for page, many in has.items() if many == most]) if most else []


def _parts_of(words: str) -> Iterator[str]:
    for run in re.findall(r"[\u3400-\u9fff]+|[^\s\u3400-\u9fff]+", words):
        if "\u3400" <= run[0] <= "\u9fff":
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


def _under(found: list[HelpPage]) -> list[SubjectShown]:
    under = {subject: tuple(link(page) for page in found if page.subject == subject) for subject in SUBJECTS}
    return [SubjectShown(gettext(SUBJECTS[subject]), pages) for subject, pages in under.items() if pages]


def of_code(words: str) -> CodeShown | None:
    """Return what the code of a refusal means and what to do, where the words that are looked for are one; else None.

    The message is empty where it cannot be said without what was refused.
    """
    code, said = words.upper(), reader.language()
    texts = text.table().get(code)
    if texts is None:
        return None
    return CodeShown(code, text.refused(code, {}, language=said), texts.get(f"do_{said}", ""))


@reader.once
def text_of(page: HelpPage) -> str:
    """Return what a page is found by, in small letters.

    That are all its words as its reader sees them, what else people look for it by, and the codes of refusals on it.
    """
    codes = (line.code for part in page.parts for line in part.lines if line.code)
    said = (_plain(page, each) for each in page.texts())
    return " ".join([*said, page.also[reader.language()], *codes]).casefold()


def link(page: HelpPage) -> LinkShown:
    """Return what leads to a page."""
    return LinkShown(_plain(page, page.title), _plain(page, page.summary), reverse("help-page", args=[page.name]))


def beside(address: str) -> list[LinkShown]:
    """Return what leads to the pages of help about the page at an address, by the name of that."""
    return [link(page) for page in guide.of_address(address)]


def parts(page: HelpPage, *, book: Rulebook) -> list[PartShown]:
    """Return the parts of a page, with the values of a rulebook."""
    return [
        PartShown(
            part.kind,
            _plain(page, part.heading) if part.heading else gettext(PARTS[part.kind]),
            tuple(_line(page, line, book=book) for line in part.lines),
        )
        for part in page.parts
    ]


def called(element: Element) -> str:
    """Return what something on the pages of the product is called there, in the reader's language."""
    if element.kind == "step":
        life = LIVES[element.words] if element.words in LIVES else installed()[element.words].life
        label = next(move.label for move in life.moves if move.action == element.action)
        return procedures.said("action", label)
    return gettext(element.words).strip()


def _line(page: HelpPage, line: GuideLine, *, book: Rulebook) -> LineShown:
    remedy = tuple(_pieces(page, line.remedy, book=book)) if line.remedy else ()
    return LineShown(tuple(_pieces(page, line.words, book=book)), remedy, line.clause, line.code)


def _pieces(page: HelpPage, text: Both, *, book: Rulebook) -> Iterator[GuideWords]:
    for each, in_braces in guide.pieces(text[reader.language()]):
        yield _meant(page, each, book=book) if in_braces else GuideWords(each)


def _meant(page: HelpPage, name: str, *, book: Rulebook) -> GuideWords:
    if name in page.names:
        return GuideWords(called(page.names[name]), named=True)
    if name.startswith("@"):
        led_to = guide.page(name[1:])
        return GuideWords(_plain(led_to, led_to.title), to=reverse("help-page", args=[led_to.name]))
    if name.startswith("role."):
        return GuideWords(named(name.removeprefix("role."), "role"))
    return GuideWords(limits.value(book.of(name).limit, book.value(name)))


def _plain(page: HelpPage, text: Both) -> str:
    return "".join(piece.text for piece in _pieces(page, text, book=DELIVERED))
