"""What an enrolment file says, from units to matters, as plain values or as faults with their places.

The file is TOML; `example.toml` beside this module shows every field.
"""

import base64
import binascii
import io
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from hutong.control.enrolment.enrolled import (
    Enrolled,
    EnrolledDevice,
    EnrolledOffice,
    EnrolledOfficer,
    EnrolledRole,
    EnrolledSystem,
    EnrolledTerm,
    EnrolledUnit,
    EnrolledUser,
    EnrolmentFault,
    FilePosition,
    Listed,
    identity,
)
from hutong.core import beijing, bounds
from hutong.core.errors import Conflicting, Invalid, Malformed, Problem

SECTIONS = ("units", "offices", "officers", "systems", "users", "devices", "purposes", "matters")
"""In the order in which they are enrolled: who is named comes before who names."""
_KNOWN = ", ".join(SECTIONS)


class EnrolmentUnreadable(Malformed):
    """The enrolment file {file} cannot be read as TOML: it is wrong on line {line}, at column {column}."""


class EnrolmentNotText(Malformed):
    """The enrolment file {file} is not in UTF-8: line {line} has other bytes."""


class SectionUnknown(Invalid):
    """There is no section {section}; there are {known}, each entry under [[…]]."""


class FieldUnknown(Invalid):
    """There is no field {field}; there are {known}."""


class FieldMissing(Invalid):
    """The field {field} is missing or empty."""


class FieldMisshaped(Invalid):
    """The field {field} does not have the form {wanted}."""


class EntryTwice(Conflicting):
    """{id} stands in the file twice; the other is on line {other}."""


class SecretFileUnfit(Invalid):
    """The file {path} holds no secret that can be used: it must exist and be readable by its owner alone."""


class SecretFileAway(Invalid):
    """The field {field} names a file beside this one; a file that is sent on a page has none beside it."""


class _Unfit(Exception):
    """A value does not have the form wanted."""


class _Away(Exception):
    """A value names a file, and nothing lies beside what is read."""


def _text(limit: int) -> Callable[[Any, Path | None], str]:
    def read(value: Any, _: Path | None) -> str:
        if not isinstance(value, str) or not value.isprintable() or len(value.strip()) > limit:
            raise _Unfit
        return value.strip()

    return read


def _matching(pattern: str) -> Callable[[Any, Path | None], str]:
    def read(value: Any, _: Path | None) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise _Unfit
        return value

    return read


def _words(value: Any, _: Path | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Unfit
    if any(len(each) > bounds.LONGEST or bounds.UNUSABLE.search(each) for each in value):
        raise _Unfit
    return tuple(value)


def _roles(value: Any, _: Path | None) -> tuple[str | EnrolledRole, ...]:
    if not isinstance(value, list):
        raise _Unfit
    return tuple(each if isinstance(each, str) else _role(each) for each in value)


def _role(value: Any) -> EnrolledRole:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str) or not value.keys() <= _ROLE:
        raise _Unfit
    first, last = (value.get(name) for name in ("from", "until"))
    if not all(day is None or (isinstance(day, date) and not isinstance(day, datetime)) for day in (first, last)):
        raise _Unfit
    return EnrolledRole(value["role"], first, last)


_ROLE = {"role", "from", "until"}


def _number(value: Any, _: Path | None) -> int:
    if type(value) is not int or not 0 <= value <= 5:
        raise _Unfit
    return value


def _day(value: Any, _: Path | None) -> date:
    if not isinstance(value, date) or isinstance(value, datetime) or value.year not in beijing.YEARS:
        raise _Unfit
    return value


def _key(value: Any, _: Path | None) -> bytes:
    if not isinstance(value, str) or len(decoded := _decoded(value)) != 32:
        raise _Unfit
    return decoded


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise _Unfit from None


def _password(value: Any, beside: Path | None) -> str:
    return _kept(value, beside).rstrip("\r\n")


def _secret(value: Any, beside: Path | None) -> bytes:
    if len(decoded := _decoded(_kept(value, beside))) < 16:
        raise _Unfit
    return decoded


def _kept(value: Any, beside: Path | None) -> str:
    if not isinstance(value, str):
        raise _Unfit
    if beside is None:
        raise _Away
    path = beside / value
    try:
        if path.stat().st_mode & 0o077:
            raise SecretFileUnfit(path=str(path))
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise SecretFileUnfit(path=str(path)) from None


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field is read, an example of it, whether it must be there, and what it fills."""

    read: Callable[[Any, Path | None], Any]
    example: str
    needed: bool = True
    fills: str = ""


_ID = _Field(_matching(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}"), '"window-07"')
_UNIT = _Field(_text(200), '"示范县公安局"')
_NAME = _Field(_text(100), '"示范县公安局"')
_REGION = _Field(_matching(r"\d{6}|"), '"330523"', needed=False)
_STATE = _Field(_matching("active|stopped"), '"active"', needed=False)
_NAMED = {"id": _ID, "unit": _UNIT, "name": _NAME, "state": _STATE}
_TERM = {
    "code": _Field(_ID.read, '"residence-permit"'),
    "name": _Field(_text(200), '"办理居住证"'),
    "name_en": _Field(_text(200), '"Residence permits"', needed=False),
    "state": _STATE,
}

_FIELDS: dict[str, dict[str, _Field]] = {
    "units": {
        "credit_code": _Field(_text(18), '"11330523002600019A"'),
        "name": _Field(_text(200), '"示范县公安局"'),
        "kind": _Field(_text(30), '"organ"', needed=False),
        "region_code": _REGION,
        "competent": _Field(_text(200), '"示范县人民政府办公室"', needed=False),
        "state": _STATE,
        "reason": _Field(_text(200), '"县委编办〔2026〕3号"', needed=False),
    },
    "offices": {
        "role": _Field(_text(30), '"authority"'),
        "unit": _UNIT,
        "region": _REGION,
        "reason": _Field(_text(200), '"县委编办〔2026〕3号"', needed=False),
    },
    "officers": {
        "username": _Field(_matching(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,149}"), '"police.editor"'),
        "name": _NAME,
        "unit": _UNIT,
        "roles": _Field(
            _roles, '["provider_editor", {role = "consumer", from = 2026-07-01, until = 2026-12-31}]', needed=False
        ),
        "password_file": _Field(_password, '"police.editor.password"', needed=False, fills="password"),
        "state": _STATE,
    },
    "systems": {
        **_NAMED,
        "mlps_level": _Field(_number, "2"),
        "mlps_until": _Field(_day, "2027-12-31"),
        "public_key": _Field(_key, '"Base64 (32 bytes)"', needed=False),
        "old_key_until": _Field(_day, "2026-12-31", needed=False),
        "secret_file": _Field(_secret, "Base64 (16 bytes …)", needed=False, fills="secret"),
        "profiles": _Field(_words, '["rfc9421"]', needed=False),
    },
    "users": {**_NAMED, "department": _Field(_text(100), '"户籍科"', needed=False)},
    "devices": _NAMED,
    "purposes": _TERM,
    "matters": _TERM,
}
_MAKE: dict[str, Callable[..., Enrolled]] = {
    "units": EnrolledUnit, "offices": EnrolledOffice, "officers": EnrolledOfficer, "systems": EnrolledSystem,
    "users": EnrolledUser, "devices": EnrolledDevice, "purposes": partial(EnrolledTerm, "purpose"),
    "matters": partial(EnrolledTerm, "matter"),
}  # fmt: skip


def example() -> str:
    """Return a commented enrolment file that can be enrolled as it stands."""
    return (files(__package__) / "example.toml").read_text(encoding="utf-8")


def read(file: Path) -> tuple[list[Listed], list[EnrolmentFault]]:
    """Return the entries of an enrolment file in the order of `SECTIONS`, and every fault with its place.

    Files named in it are looked for beside it. Raises EnrolmentUnreadable and EnrolmentNotText.
    """
    return said(file.read_bytes(), name=file.name, beside=file.parent)


def said(
    content: bytes, *, name: str, beside: Path | None = None
) -> tuple[list[Listed], list[EnrolmentFault]]:
    """Return what `read` does of the content of a file with this name; without `beside` it may name no other file.

    Raises EnrolmentUnreadable and EnrolmentNotText.
    """
    text, told = _parsed(content, name)
    entries: list[Listed] = []
    faults = [
        EnrolmentFault(FilePosition(each), SectionUnknown(section=each, known=_KNOWN))
        for each in told
        if each not in SECTIONS
    ]
    for section in SECTIONS:
        given = told.get(section, [])
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            faults.append(EnrolmentFault(FilePosition(section), SectionUnknown(section=f"[{section}]", known=_KNOWN)))
            continue
        lines, seen = _lines(text, section), dict[tuple[str, str], int]()
        for number, raw in enumerate(given, 1):
            place = FilePosition(section, number, lines[number - 1] if len(lines) == len(given) else 0)
            made, wrong = _entry(place, raw, beside)
            faults += wrong
            if made is None:
                continue
            key = (
                made.unit if isinstance(made, EnrolledUser | EnrolledDevice) else "",
                identity(made),
            )  # a unit names its own
            if key in seen:
                faults.append(EnrolmentFault(place, EntryTwice(id=identity(made), other=seen[key])))
            seen.setdefault(key, place.line)
            entries.append((place, made))
    return entries, faults


def _parsed(content: bytes, name: str) -> tuple[str, dict[str, Any]]:
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline=None).read()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as fault:
        raise EnrolmentNotText(file=name, line=fault.object.count(b"\n", 0, fault.start) + 1) from None
    except ValueError as fault:
        raise EnrolmentUnreadable(file=name, **_position(str(fault), text)) from None


def _position(fault: str, text: str) -> dict[str, int]:
    """Return line and column that a sentence of the TOML parser ends in; nothing where it knows of none."""
    if found := re.search(r"\(at line (\d+), column (\d+)\)$", fault):
        return {"line": int(found[1]), "column": int(found[2])}
    if fault.endswith("(at end of document)"):
        return {"line": text.count("\n") + 1, "column": len(text) - text.rfind("\n")}
    return {}


def _lines(text: str, section: str) -> list[int]:
    head = re.compile(rf"\s*\[\[\s*{section}\s*\]\]")
    return [number for number, line in enumerate(text.splitlines(), 1) if head.match(line)]


def _entry(
    place: FilePosition, raw: dict[str, Any], beside: Path | None
) -> tuple[Enrolled | None, list[EnrolmentFault]]:
    fields, values = _FIELDS[place.section], dict[str, Any]()
    faults = list(_misfits(place, raw, fields, beside, values))
    return (None, faults) if faults else (_MAKE[place.section](**values), [])


def _misfits(
    place: FilePosition, raw: dict[str, Any], fields: dict[str, _Field], beside: Path | None, values: dict[str, Any]
) -> Iterator[EnrolmentFault]:
    """Fill `values` with what can be read and yield what cannot."""

    def fault(name: str, problem: Problem) -> EnrolmentFault:
        return EnrolmentFault(FilePosition(place.section, place.entry, place.line, name), problem)

    for name in raw:
        if name not in fields:
            yield fault(name, FieldUnknown(field=name, known=", ".join(fields)))
    for name, known in fields.items():
        if name not in raw or (isinstance(raw[name], str) and not raw[name].strip()):
            if known.needed:
                yield fault(name, FieldMissing(field=name))
            continue
        try:
            values[known.fills or name] = known.read(raw[name], beside)
        except _Away:
            yield fault(name, SecretFileAway(field=name))
        except _Unfit:
            yield fault(name, FieldMisshaped(field=name, wanted=known.example))
        except Problem as problem:
            yield fault(name, problem)
