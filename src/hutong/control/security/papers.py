"""What a restore drill says of itself, in words: on its page, and as the papers that are reported.

The record (恢复演练记录) is a workbook to be read, printed and signed; the measures go with it as a table for programs.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

from hutong.control.security.measures import DrillMeasures, DrillStep, read
from hutong.control.security.models import Drill
from hutong.core import beijing, canonical, spreadsheet
from hutong.core.labels import Language, label
from hutong.plane.answer.verdicts import Verdict

ZH: Language = "zh"
"""The language of what is filed."""
_SURROUNDINGS = ("postgres", "hutong", "machine")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record: its heading, and what it says as label and value."""

    heading: str
    told: tuple[tuple[str, str], ...]


def sections(drill: Drill, *, language: Language) -> tuple[Section, ...]:
    """Return what a drill says of itself, in the order of its record, without its steps."""
    found, speak = measured(drill), _Speaker(language)
    return (
        Section(speak("about"), tuple(_about(drill, speak))),
        Section(speak("outcome"), tuple(_outcome(drill, found, speak))),
        *([Section(speak("surroundings"), tuple(_surroundings(found, speak)))] if found else []),
    )


def measured(drill: Drill) -> DrillMeasures | None:
    """Return what was measured of a drill; None where nothing was."""
    return read(drill.measures) if drill.measures else None


def steps(drill: Drill) -> tuple[DrillStep, ...]:
    """Return the steps of a drill as they were measured."""
    found = measured(drill)
    return found.steps if found else ()


def result(drill: Drill, *, language: Language) -> str:
    """Return what came of a drill, in a word."""
    return label(f"drill.{_RESULTS[drill.passed]}", language=language)


def span(seconds: int | None, *, language: Language) -> str:
    """Return a time as people tell it."""
    if seconds is None:
        return label("drill.unknown", language=language)
    whole, rest = divmod(seconds, 60)
    above, whole = divmod(whole, 60)
    code = "hours" if above else "minutes" if whole else "few_seconds"
    return label(f"drill.{code}", language=language, hours=above, minutes=whole, seconds=rest)


def scope(found: DrillMeasures) -> str:
    """Return what a drill was about that nobody had planned."""
    number = "—" if found.set_number is None else found.set_number
    return label("drill.from_set", language=ZH, number=number)


def rehearsed_by(drill: Drill) -> str:
    """Return by what a plan was rehearsed, as the step says that writes it down."""
    said = result(drill, language=ZH)
    return label("drill.rehearsed", language=ZH, no=drill.no, result=f"{said}（{drill.failed_with}）"
                 if drill.failed_with else said)  # fmt: skip


def digest(drill: Drill) -> str | None:
    """Return the digest of what was measured, as entries have it; None where nothing was."""
    return canonical.digest(_whole(drill.measures)) if drill.measures else None


def made(drill: Drill, *, by: str, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield the papers of a drill as name and bytes: the record as a workbook, the measures as CSV."""
    yield f"{label('drill.title', language=ZH)} {drill.no}.xlsx", record(drill, by=by, now=now)
    yield f"{label('drill.data', language=ZH)} {drill.no}.csv", data(drill)


def data(drill: Drill) -> bytes:
    """Return what was measured as CSV: name, what it is called, value; a line for each, and for each step."""
    lines, written = io.StringIO(), dict(drill.measures)
    writer = csv.writer(lines)

    def write(row: tuple[str, str, object]) -> None:
        name, called, value = row
        typed = isinstance(value, str) and name != "checkpoint_root"
        writer.writerow((name, called, spreadsheet.text(value) if typed else value))

    write(("name", label("drill.told", language=ZH), "value"))
    write(("passed", label("drill.result", language=ZH), drill.passed))
    write(("failed_with", label("drill.failed_with", language=ZH), drill.failed_with))
    for name, value in written.items():
        if name not in ("steps", "compare"):
            called = name if name == "checkpoint_size" or name == "checkpoint_root" else label(
                f"drill.{name}", language=ZH)  # fmt: skip
            write((name, called, value))
    for name, value in (written.get("compare") or {}).items():
        write((f"compare.{name}", label("drill.compare", language=ZH), value))
    for number, step in enumerate(steps(drill), start=1):
        for name, value in (("name", step.name), ("seconds", step.seconds), ("ok", step.ok), ("told", step.told)):
            write((f"steps.{number}.{name}", label("drill.step", language=ZH), value))
    return b"\xef\xbb\xbf" + lines.getvalue().encode()


def record(drill: Drill, *, by: str, now: datetime) -> bytes:
    """Return the record of a drill: one page of A4, in Chinese."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        book.set_properties({"title": f"{label('drill.title', language=ZH)} {drill.no}", "created": now})
        _write(book, drill, by=by, now=now)
    return sink.getvalue()


def moment(at: datetime | None, *, language: Language) -> str:
    """Return a moment by the clock of Beijing, to the second."""
    if at is None:
        return label("drill.unknown", language=language)
    return f"{at.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M:%S}"


_RESULTS = {True: "passed", False: "failed", None: "open"}


class _Speaker:
    """What says the labels of drills in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, code: str, **facts: object) -> str:
        return label(f"drill.{code}", language=self.language, **facts)

    def moment(self, code: str, at: datetime | None) -> tuple[str, str]:
        return self(code), moment(at, language=self.language)

    def span(self, code: str, seconds: int | None) -> tuple[str, str]:
        return self(code), span(seconds, language=self.language)


def _about(drill: Drill, speak: _Speaker) -> Iterator[tuple[str, str]]:
    yield speak("no"), drill.no
    yield speak("unit"), drill.unit.name
    yield speak("planned_date"), f"{drill.planned_date}"
    yield speak("scope"), drill.scope
    plan = drill.plan
    yield speak("plan"), (
        speak("plan_version", title=plan.title, version=plan.version, no=plan.no) if plan else speak("without_plan")
    )
    yield speak("set_number"), speak("unknown") if drill.set_number is None else f"{drill.set_number}"
    yield speak.moment("set_ended_at", drill.set_ended_at)
    yield speak.moment("read_back_at", drill.read_back_at)


def _outcome(drill: Drill, found: DrillMeasures | None, speak: _Speaker) -> Iterator[tuple[str, str]]:
    yield speak("result"), result(drill, language=speak.language)
    if drill.failed_with:
        yield speak("failed_with"), drill.failed_with
    if found is None:
        return
    yield speak.moment("fault_at", found.fault_at)
    yield speak.moment("log_until", found.log_until)
    yield speak.span("rpo_seconds", found.rpo_seconds)
    yield speak.span("rto_seconds", found.rto_seconds)
    yield speak.span("restore_seconds", found.restore_seconds)
    size, root = f"{found.checkpoint_size or 0:,}", found.checkpoint_root or "—"
    yield speak("verified"), (
        speak("log_verified", size=size, root=root) if found.verified else speak("log_unverified")
    )
    yield speak("entries"), speak("unknown") if found.entries is None else f"{found.entries:,}"
    if found.stored_size is not None:
        signed = max(found.signed_size or 0, found.stored_size)
        yield speak("signed_size"), speak("signed_beside", signed=f"{signed:,}", stored=f"{found.stored_size:,}")
    yield speak("compare"), _compared(found, speak)


def _compared(found: DrillMeasures, speak: _Speaker) -> str:
    if found.compare is None:
        return speak("compare_none")
    if not found.compare["verdict"]:
        return speak("compare_shown", entry=found.compare["entry"])
    verdict = str(found.compare["verdict"])
    said = label(f"drill.verdict.{verdict}", language=speak.language) if verdict in list(Verdict) else verdict
    return speak("compare_proven", entry=found.compare["entry"], verdict=said)


def _surroundings(found: DrillMeasures, speak: _Speaker) -> Iterator[tuple[str, str]]:
    for name in _SURROUNDINGS:
        yield speak(name), getattr(found, name) or speak("unknown")
    if found.apart_seconds is not None:
        real = found.fault_at - timedelta(seconds=found.apart_seconds)
        yield speak("clock"), speak("clock_apart", at=moment(real, language=speak.language))


def _whole(value: object) -> object:
    """Return plain values as digests are made of them: seconds with a part as text, for canonical JSON has no such."""
    if isinstance(value, Mapping):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(each) for each in value]
    return f"{value}" if isinstance(value, float) else value


_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
_WIDTHS = (20, 34, 14, 34)
_LINE = 18
"""Points of a line of text, by which the height of a row is reckoned."""


def _write(book: Any, drill: Drill, *, by: str, now: datetime) -> None:
    speak = _Speaker(ZH)
    sheet = book.add_worksheet(speak("title"))
    plain = book.add_format({**_FONT, "border": 1})
    named = book.add_format({**_FONT, "border": 1, "bg_color": "#F2F2F2"})
    heading = book.add_format({**_FONT, "bold": True})
    title = book.add_format({**_FONT, "font_name": "黑体", "font_size": 18, "align": "center"})
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 3, speak("title"), title)
    sheet.set_row(0, 36)
    row = 1
    for part in sections(drill, language=ZH):
        sheet.merge_range(row, 0, row, 3, part.heading, heading)
        sheet.set_row(row, 24)
        for name, value in part.told:
            row += 1
            sheet.write_string(row, 0, name, named)
            sheet.merge_range(row, 1, row, 3, "", plain)
            sheet.write_string(row, 1, value, plain)
            sheet.set_row(row, _height(value, width=sum(_WIDTHS[1:])))
        row += 1
    sheet.merge_range(row, 0, row, 3, speak("process"), heading)
    row = _write_steps(sheet, row + 1, steps(drill), plain, named, speak)
    sheet.merge_range(row, 0, row, 3, speak("recorded", by=by, at=moment(now, language=ZH)), heading)
    sheet.set_row(row, 30)


def _write_steps(
    sheet: Any, row: int, done: Sequence[DrillStep], plain: object, named: object, speak: _Speaker
) -> int:
    """Write the table of steps from a row on, and return the row below it."""
    if not done:
        sheet.merge_range(row, 0, row, 3, speak("without_steps"), plain)
        return row + 1
    for column, code in enumerate(("step", "told", "seconds", "result")):
        sheet.write_string(row, column, speak(code), named)
    for step in done:
        row += 1
        sheet.write_string(row, 0, step.name, plain)
        sheet.write_string(row, 1, step.told, plain)
        sheet.write_number(row, 2, step.seconds, plain)
        sheet.write_string(row, 3, speak("ok" if step.ok else "not_ok"), plain)
        sheet.set_row(row, max(_height(step.told, width=_WIDTHS[1]), _height(step.name, width=_WIDTHS[0])))
    return row + 1


def _height(text: str, *, width: int) -> int:
    """Return how high a row is that shows a text in a column so many Latin letters wide."""
    letters = sum(1 + (letter >= "\u2e80") for letter in text)
    return _LINE * max(1, -(-letters // max(width - 2, 1)), text.count("\n") + 1)
