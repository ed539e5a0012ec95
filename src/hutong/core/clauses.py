"""How a clause is cited: its regulation and article, as people know them, and what it says (`docs/clauses.tsv`).

A clause has an id of ours, `SX-08-f`: a text, an article, a part of it. Articles and numbered items are the source's;
the letters are ours and nobody cites them. The words are quoted: where the regulation says 区 of a county's own, so
does the quotation. Where the texts are silent a rule of the platform's own is cited as one; a standard by its name.
"""

import re
from collections.abc import Mapping

from hutong.core.labels import Both, label, subject_of
from hutong.core.text import Language

TEXTS: Mapping[str, Both] = {
    "SX": Both("《公共信息平台管理办法》", "County Platform Measures"),
    "AG": Both("《公共资源交易平台招标代理机构考核管理办法》", "Measures on the assessment of tender agencies"),
    "HN": Both("《海南省公共信息资源管理办法》", "Hainan measures on public information resources"),
    "PS": Both("《公共服务平台管理制度》", "Rules of the public service platform"),
    "ZJ": Both(
        "《浙江省公共信用信息平台网络安全管理暂行办法》", "Zhejiang measures on the security of the credit platform"
    ),
    "SD": Both(
        "《山东省公共资源交易平台系统运行管理办法（试行）》", "Shandong measures on the systems of trading platforms"
    ),
    "PT": Both("《公共资源交易平台管理暂行办法》", "Measures on public resource trading platforms (Order 39)"),
    "SP": Both("《四平市公共数据和一网通办管理办法（试行）》", "Siping measures on public data and one-stop service"),
}
"""The regulations by the first letters of their clauses; those of articles, which the text on sharing (IS) has not."""
SHARING = Both("信息共享平台的管理制度", "On managing an information-sharing platform")
"""The text that has sections instead of articles."""
OWN = Both("平台规定", "Rule of the platform")
"""What was decided where the texts are silent (`D-24`), and the practice of offices (`P-4`)."""

_CLAUSE = re.compile(r"(SX|AG|HN|PS|ZJ|SD|PT|SP)-(\d\d)(?:-(?:\((.)\)|\w+(?:\.\.\w+)?))?")
_SECTION = re.compile(r"IS-(\d)(?:\.(\d))?(?:-[a-z])?")
_OWN = re.compile(r"[DP]-\d+")
_DIGITS = "〇一二三四五六七八九十"


def cited(clause: str, *, language: Language) -> str:
    """Return a clause as people cite it, a standard by its name; nothing for what is not known."""
    if found := _CLAUSE.fullmatch(clause):
        text, article, item = found[1], int(found[2]), found[3]
        if not article:  # the text as a whole
            return TEXTS[text][language]
        if language == "zh":
            return f"{TEXTS[text].zh}第{numeral(article)}条" + (f"第（{item}）项" if item else "")
        return f"{TEXTS[text].en}, article {article}" + (f" ({_DIGITS.index(item)})" if item else "")
    if found := _SECTION.fullmatch(clause):
        if language == "zh":
            return f"{SHARING.zh}第{numeral(int(found[1]))}部分" + (f"第{found[2]}点" if found[2] else "")
        return f"{SHARING.en}, section {found[1]}" + (f".{found[2]}" if found[2] else "")
    named = _label(clause, language)
    return OWN[language] if named and _OWN.fullmatch(clause) else named


def words(clause: str | None, *, language: Language) -> str:
    """Return what a clause says; nothing for a standard, and for a clause that nothing follows."""
    return _label(clause, language) if clause and _says_more(clause) else ""


def numeral(number: int) -> str:
    """Return 1 to 99 as Chinese writes it, as articles are numbered."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _says_more(clause: str) -> bool:
    return any(form.fullmatch(clause) for form in (_CLAUSE, _SECTION, _OWN))


def _label(clause: str, language: Language) -> str:
    return label(f"clauses.{clause}", language=language) if clause in subject_of("clauses") else ""
