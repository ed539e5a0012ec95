"""Whether the data of an application are supplied: by the version that a grant on its resource would be opened on.

Applications are about what was published last, and a grant is opened on the newest version that has data: as long as
that is an earlier one, and does not have what is applied for, the data are still to be supplied (SX-08-c).
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from hutong.control.sharing import rules
from hutong.control.sharing.models import Application
from hutong.core.errors import Refused
from hutong.db import database
from hutong.plane import grants, tables
from hutong.plane.definition import Definition, Mode


class ApplicationAbout(NamedTuple):
    """An application by its number, and what it is about: a resource, and the version published of it last."""

    no: str
    code: str
    version: int


def supplied(applications: Sequence[ApplicationAbout]) -> frozenset[str]:
    """Return the numbers of the supplied applications: one statement where no resource lags behind."""
    return frozenset(no for no, fault in _faults(applications).items() if fault is None)


def require(application: Application) -> None:
    """Return if its data are supplied; raises DataNotSupplied, or VersionNotSupplied."""
    assert application.entry.current is not None, f"{application.entry.code} was applied for and never published"
    about = ApplicationAbout(application.no, application.entry.code, application.entry.current.number)
    if fault := _faults([about])[about.no]:
        raise fault


def _faults(applications: Sequence[ApplicationAbout]) -> dict[str, Refused | None]:
    """Return by number why the data of an application are not supplied, None where they are."""
    with transaction.atomic(savepoint=False), database.joined(connection) as cur:  # also for who only reads
        there = tables.opened_on(cur, codes=sorted({each.code for each in applications}))
        opened = {code: version.definition for code, version in there.items()}
        behind = [each for each in applications if each.code in opened and opened[each.code].version != each.version]
        read = {code: tables.definition(cur, code=code) for code in {each.code for each in behind}}
    uses = _uses([each.no for each in behind])
    return {
        each.no: _fault(each, uses.get(each.no), opened=opened.get(each.code), read=read.get(each.code))
        for each in applications
    }


def _uses(numbers: Sequence[str]) -> dict[str, grants.FittedUse]:
    """Return what these applications ask for, by number."""
    rows = Application.objects.filter(no__in=numbers) if numbers else ()
    return {
        row.no: grants.FittedUse(Mode(row.mode), row.items, row.conditions, row.need, row.row_filter) for row in rows
    }


def _fault(
    about: ApplicationAbout, use: grants.FittedUse | None, *, opened: Definition | None, read: Definition | None
) -> Refused | None:
    code, newest = about.code, about.version
    if opened is None:
        return grants.DataNotSupplied(code=code)
    if opened.version == newest:
        return None
    assert use is not None, f"{about.no} lags behind"
    assert read is not None, f"{code} lags behind"
    named = grants.unfit(use, read=read, opened=opened)
    if not named:
        return None
    return rules.VersionNotSupplied(code=code, version=opened.version, newest=newest, items=named)
