"""The guide as it stands in its files: a page of help a file, in both languages beside each other.

Each `.toml` file under `help/pages` is a page; its name is the page's address::

    subject = "use"                              # the heading it stands under, one of SUBJECTS
    order = 10                                   # its place there
    about = ["applications", "application-new"]  # names of the addresses whose pages lead here
    title = {zh = "提出共享申请", en = "Apply for data"}
    summary = {zh = "…", en = "…"}
    also = {zh = "续期 延期", en = "renew"}        # other words that people look for it by; they are not shown

    [names]                                      # what stands on the pages, as their Chinese words have it
    save = ["button", "保存草稿"]

    [[steps]]
    zh = "点{save}。"
    en = "Press {save}."

In braces stand a name of `[names]`, `@page` (another page of help), `role.…` (a role) or the name of a limit of the
rulebook, whose value is shown. So nothing that the product calls by a name, and no number, is written twice.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from hutong.core.errors import Missing
from hutong.core.labels import Both

SUBJECTS = ("start", "use", "provide", "decide", "manage", "evidence", "public")
"""The subjects, in their order."""
PARTS = ("who", "needed", "steps", "good", "limits", "wrong")
"""The parts that a page has under headings of the house, in their order."""
ELEMENTS = ("menu", "top", "button", "field", "link", "heading", "step", "choice")
"""What something is that stands on a page of the product."""
_BRACES = re.compile(r"\{([^{}]+)\}")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


class NoSuchHelp(Missing):
    """There is no page of help called {page}."""


@dataclass(frozen=True, slots=True)
class Element:
    """Something on the pages of the product: what it is, and its Chinese words; of a step, lifecycle and action."""

    kind: str
    words: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class GuideLine:
    """A sentence or some: the words, what to do where it tells of a trouble, the clause, the code of the refusal."""

    words: Both
    remedy: Both | None = None
    clause: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class GuidePart:
    """A part of a page: one of PARTS, or one with a heading of its own."""

    kind: str
    heading: Both | None
    lines: tuple[GuideLine, ...]


@dataclass(frozen=True, slots=True, eq=False)
class HelpPage:
    """A page of help; there is one of each name."""

    name: str
    subject: str
    order: int
    title: Both
    summary: Both
    also: Both
    about: tuple[str, ...]
    see: tuple[str, ...]
    names: Mapping[str, Element] = field(repr=False)
    parts: tuple[GuidePart, ...] = field(repr=False)

    def texts(self) -> Iterator[Both]:
        """Yield every text of the page."""
        yield from (self.title, self.summary)
        for part in self.parts:
            said = [each for line in part.lines for each in (line.words, line.remedy)]
            yield from filter(None, (part.heading, *said))


@cache
def guide() -> Mapping[str, HelpPage]:
    """Return every page by its name, in the order of the subjects."""
    folder = files(__package__).joinpath("pages")
    found = [
        _page(each.name.removesuffix(".toml"), tomllib.loads(each.read_text(encoding="utf-8")))
        for each in folder.iterdir()
        if each.name.endswith(".toml")
    ]
    found.sort(key=lambda page: (SUBJECTS.index(page.subject), page.order, page.name))
    return {page.name: page for page in found}


def page(name: str) -> HelpPage:
    """Return a page; raises NoSuchHelp."""
    found = guide().get(name)
    if found is None:
        raise NoSuchHelp(page=name)
    return found


@cache
def of_address(address: str) -> tuple[HelpPage, ...]:
    """Return the pages about the page at an address, by the name of that; the one first that is about it first."""
    found = [each for each in guide().values() if address in each.about]
    return tuple(sorted(found, key=lambda each: each.about.index(address)))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text: the words, and what stands in braces, of which the second is true."""
    for number, each in enumerate(_BRACES.split(text)):
        if each:
            yield each, bool(number % 2)


def _page(name: str, said: dict[str, Any]) -> HelpPage:
    assert _NAME.fullmatch(name), name
    own = [GuidePart("own", _both(each), _lines(each["lines"])) for each in said.get("sections", ())]
    housed = {kind: GuidePart(kind, None, _lines(said[kind])) for kind in PARTS if kind in said}
    after = PARTS.index("good")
    return HelpPage(
        name=name,
        subject=said["subject"],
        order=said["order"],
        title=_both(said["title"]),
        summary=_both(said["summary"]),
        also=_both(said["also"]),
        about=tuple(said.get("about", ())),
        see=tuple(said.get("see", ())),
        names={key: Element(*given) for key, given in said.get("names", {}).items()},
        parts=(
            *(housed[kind] for kind in PARTS[:after] if kind in housed),
            *own,
            *(housed[kind] for kind in PARTS[after:] if kind in housed),
        ),
    )


def _lines(said: list[dict[str, Any]]) -> tuple[GuideLine, ...]:
    return tuple(
        GuideLine(
            _both(each),
            Both(each["do_zh"], each["do_en"]) if "do_zh" in each else None,
            each.get("clause", ""),
            each.get("code", ""),
        )
        for each in said
    )


def _both(said: Mapping[str, str]) -> Both:
    return Both(said["zh"], said["en"])
