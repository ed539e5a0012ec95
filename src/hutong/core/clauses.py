"""How a clause is cited: its regulation and article, as people know them, and what it says (`docs/clauses.tsv`).

A clause has an id of ours, `SX-08-f`: a text, an article, a part of it. Articles and numbered items are the source's;
the letters are ours and nobody cites them. The words are quoted: where a regulation calls its own area 区 in one
article and 县 in another, the quotation says what the area is here, in the brackets of what is not the source's. Where
the texts are silent a rule of the platform's own is cited as one; a standard by its name.
"""

import re

from hutong.core.labels import Language, label, subject_of

_CLAUSE = re.compile(r"(SX|AG|HN|PS|ZJ|SD|PT|SP)-(\d\d)(?:-(?:\((.)\)|\w+(?:\.\.\w+)?))?")
_SECTION = re.compile(r"IS-(\d)(?:\.(\d))?(?:-[a-z])?")
_OWN = re.compile(r"[DP]-\d+")
_OWN_AREA = re.compile(r"\[([区县])\]")
"""How a quotation marks what its source calls its own area."""
_DIGITS = "〇一二三四五六七八九十"


def cited(clause: str, *, language: Language) -> str:
    """Return a clause as people cite it, a standard by its name; nothing for what is not known."""
    if found := _CLAUSE.fullmatch(clause):
        return _of_article(found[1], int(found[2]), item=found[3], language=language)
    if found := _SECTION.fullmatch(clause):
        return _of_section(int(found[1]), point=found[2], language=language)
    named = _label(clause, language)
    return label("citations.own", language=language) if named and _OWN.fullmatch(clause) else named


def words(clause: str | None, *, language: Language, area: str = "县") -> str:
    """Return what a clause says; nothing for a standard, and for a clause that nothing follows.

    `area` is what the platform's own area is: 县, 区, 市 or 旗, as `area_of` tells.
    """
    if not clause or not _says_more(clause):
        return ""
    return _OWN_AREA.sub(lambda found: found[1] if found[1] == area else f"［{area}］", _label(clause, language))


def area_of(name: str) -> str:
    """Return what an area is, by the end of its name; 县 where that tells nothing."""
    return name[-1] if name.endswith(("县", "区", "市", "旗")) else "县"


def numeral(number: int) -> str:
    """Return 1 to 99 as Chinese writes it, as articles are numbered."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _of_article(text: str, article: int, *, item: str | None, language: Language) -> str:
    named = label(f"citations.text.{text}", language=language)
    if not article:  # the text as a whole
        return named
    facts = {"text": named, "numeral": numeral(article), "number": article}
    if item:
        return label("citations.item", language=language, **facts, item=item, place=_DIGITS.index(item))
    return label("citations.article", language=language, **facts)


def _of_section(section: int, *, point: str | None, language: Language) -> str:
    named = label("citations.text.IS", language=language)
    form = "citations.point" if point else "citations.section"
    return label(form, language=language, text=named, numeral=numeral(section), number=section, point=point)


def _says_more(clause: str) -> bool:
    return any(form.fullmatch(clause) for form in (_CLAUSE, _SECTION, _OWN))


def _label(clause: str, language: Language) -> str:
    return label(f"clauses.{clause}", language=language) if clause in subject_of("clauses") else ""
