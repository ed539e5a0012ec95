"""Whether the data of an application are supplied: by the version that a grant on its resource would be opened on.

Applications are about what was published last, and a grant is opened on the newest version that has data: as long as
that is an earlier one, and does not have what is applied for, the data are still to be supplied (SX-08-c).
"""

from collections.abc import Sequence

from django.db import connection, transaction

from hutong.control.sharing import rules
from hutong.control.sharing.models import Application
from hutong.core.errors import Refused
from hutong.db import database
from hutong.plane import grants, tables
from hutong.plane.definition import Definition, Mode


def supplied(applications: Sequence[Application]) -> frozenset[str]:
    """Return the numbers of the supplied applications: a statement, and one for each resource that lags behind."""
    return frozenset(no for no, fault in _faults(applications).items() if fault is None)


def require(application: Application) -> None:
    """Return if its data are supplied; raises DataNotSupplied, or VersionNotSupplied."""
    if fault := _faults([application])[application.no]:
        raise fault


def _faults(applications: Sequence[Application]) -> dict[str, Refused | None]:
    """Return by number why the data of an application are not supplied, None where they are."""
    with transaction.atomic(savepoint=False), database.joined(connection) as cur:  # also for who only reads
        there = tables.opened_on(cur, codes=sorted({application.entry.code for application in applications}))
        opened = {code: version.definition for code, version in there.items()}
        read = {code: tables.definition(cur, code=code) for code in _lagging(applications, opened)}
    return {each.no: _fault(each, opened=opened.get(each.entry.code), read=read) for each in applications}


def _lagging(applications: Sequence[Application], opened: dict[str, Definition]) -> set[str]:
    return {
        each.entry.code
        for each in applications
        if each.entry.code in opened and opened[each.entry.code].version != _published(each)
    }


def _published(application: Application) -> int:
    assert application.entry.current is not None, f"{application.entry.code} was applied for and never published"
    return application.entry.current.number


def _fault(application: Application, *, opened: Definition | None, read: dict[str, Definition]) -> Refused | None:
    code = application.entry.code
    if opened is None:
        return grants.DataNotSupplied(code=code)
    newest = _published(application)
    if opened.version == newest:
        return None
    use = grants.FittedUse(
        Mode(application.mode), application.items, application.conditions, application.need, application.row_filter
    )
    named = grants.unfit(use, read=read[code], opened=opened)
    if not named:
        return None
    return rules.VersionNotSupplied(code=code, version=opened.version, newest=newest, items=named)
