"""The door of an enrolment: the file read, what is done of it and what is wrong with it told to the operator."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from hutong.control.enrolment import file as listing
from hutong.control.enrolment import operations
from hutong.control.enrolment.entries import Fault, Listed, Outcome, Place
from hutong.control.orgs import offices
from hutong.control.orgs.rules import Actor
from hutong.core.errors import Problem
from hutong.core.text import ROLES, Language
from hutong.installation.opening import Installation
from hutong.plane.keys import Keyring

Tell = Callable[[str, Problem], None]
Who = Callable[[], Actor]
"""Asks an officer for name and password, once it is known that there is something to do."""


def run(
    installation: Installation,
    *,
    file: Path,
    check: bool,
    language: Language,
    console: Console,
    fault: Tell,
    username: str,
    who: Who,
) -> bool:
    """Enrol what `file` lists, or with `check` say what would be done; return whether all of it was sound.

    Every fault is told with its place before anybody is asked who they are and anything is written; one that comes up
    later stops there, and what was committed stays. On a platform without officers the system administrator `username`
    of the file begins it; later `who` is asked. Raises EnrolmentUnreadable, EnrolmentNotText and what `who` and `enrol`
    raise.
    """
    entries, faults = listing.read(file)
    keyring, now = Keyring.load(installation.keyring_path), installation.clock()
    if not faults:
        rehearsed, faults = operations.rehearse(entries, keyring=keyring, now=now, by=username)
    for each in faults:
        fault(_where(each, language), each.problem)
    if faults:
        _say(console, _WORDS[language]["none"])
        return False
    words = _WORDS[language]
    outcomes = rehearsed if check else _enrolled(entries, username=username, who=who, keyring=keyring, now=now)
    systems = _show(outcomes, words, console)
    if check:
        _say(console, words["checked"])
        return True
    if lacking := offices.lacking():
        names = [ROLES[role] if language == "zh" else role for role in lacking]
        _say(console, words["lacking"].format(offices=words["and"].join(names)))
    if systems:
        keys = {"log": installation.log_signer.verifier, "key": installation.reply_public_key}
        _say(console, words["pin"].format(**keys))
    return True


def _enrolled(
    entries: Sequence[Listed], *, username: str, who: Who, keyring: Keyring, now: datetime
) -> Iterator[Outcome]:
    if operations.begun():
        return operations.enrol(entries, keyring=keyring, now=now, actor=who())
    return operations.begin(entries, username=username, keyring=keyring, now=now)


def _show(outcomes: Iterable[Outcome], words: dict[str, str], console: Console) -> int:
    """Print what became of each as it comes, and return how many systems are new."""
    counts, systems = {"new": 0, "changed": 0, "same": 0}, 0
    for outcome in outcomes:
        systems += outcome.section == "systems" and outcome.what == "new"
        counts[outcome.what] += 1
        line = f"{outcome.section} {outcome.id} {outcome.name}"
        if outcome.what != "same":
            _say(console, words[outcome.what].format(line=line, fields=" ".join(outcome.changed)).rstrip())
        if outcome.kept:
            _say(console, words["kept"].format(line=line, fields=" ".join(outcome.kept)))
        if outcome.password:
            _say(console, words["password"].format(password=outcome.password))
    _say(console, words["sum"].format(**counts))
    return systems


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _where(fault: Fault, language: Language) -> str:
    words = _WORDS[language]
    told = words["and"].join(words["hang"].format(section=section, count=count) for section, count in fault.hanging)
    return _place(fault.place, words) + (words["hanging"].format(told=told) if told else "")


def _place(place: Place, words: dict[str, str]) -> str:
    told = words["place"].format(section=place.section, entry=place.entry) if place.entry else place.section
    return told + (words["line"].format(line=place.line) if place.line else "") + (place.field and f" {place.field}")


_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "new": "+ 登记 {line}",
        "changed": "~ 变更 {line}：{fields}",
        "kept": "! 与已登记的不一致，此处不能变更，未改动 {line}：{fields}",
        "password": "  口令 {password}（只显示这一次，请当面交给本人）",
        "sum": "登记 {new} 项，变更 {changed} 项，无变化 {same} 项。",
        "checked": "以上仅为检查，没有保存任何改动。",
        "none": "没有保存任何改动。",
        "pin": "请告知新系统的使用方：\n  HUTONG_CLIENT_PLATFORM_KEY={key}\n  HUTONG_CLIENT_LOG={log}",
        "lacking": "! 尚无单位承担职责：{offices}。须由其办理的事项没有去处，请在 [[offices]] 中确定。",
        "place": "{section} 第 {entry} 条",
        "line": "（第 {line} 行）",
        "hanging": "；{told} 登记在该单位名下，改正后方能登记",
        "hang": "{section} {count} 条",
        "and": "、",
    },
    "en": {
        "new": "+ enrolled {line}",
        "changed": "~ changed {line}: {fields}",
        "kept": "! registered otherwise, cannot be changed here, left as it is: {line}: {fields}",
        "password": "  password {password} (shown this once; hand it over in person)",
        "sum": "Enrolled {new}, changed {changed}, unchanged {same}.",
        "checked": "This was a check; nothing was kept.",
        "none": "Nothing was kept.",
        "pin": "Tell the new systems' consumers:\n  HUTONG_CLIENT_PLATFORM_KEY={key}\n  HUTONG_CLIENT_LOG={log}",
        "lacking": "! No unit holds these offices: {offices}. Their cases wait for nobody; see [[offices]].",
        "place": "{section} entry {entry}",
        "line": " (line {line})",
        "hanging": "; of this unit are {told}, which wait for it",
        "hang": "{count} of {section}",
        "and": ", ",
    },
}
