"""What goes wrong below us and is nobody's mistake in the code, told as what it is: no database, no room, no right."""

import errno
import sys

from hutong.core.errors import Exhausted, Invalid, Problem, Refused, Unavailable

_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


class DatabaseOutOfReach(Unavailable):
    """The database cannot be reached: {reason}"""


class LockedByOthers(Unavailable):
    """Another command, door or session of the database has in use at this moment what is needed here: {reason}"""


class DatabaseAddressUnreadable(Invalid):
    """The database's address HUTONG_DATABASE_URL cannot be read."""


class DatabaseFull(Exhausted):
    """The database has no room left: {reason}"""


class DiskFull(Exhausted):
    """There is no room left on the disk: {path}."""


class NotAllowedHere(Refused):
    """{path} cannot be read or written by this user: {reason}."""


class PlatformNotInstalled(Unavailable):
    """This is done by the platform, which is not installed here: {module} is missing."""


class FileFault(Unavailable):
    """{path} cannot be used: {reason}."""


def known(fault: BaseException) -> Problem | None:
    """Return the expected failure that `fault`, or what caused it, amounts to; None where it is a fault of ours."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, OSError):
        return _of_system(fault)
    if isinstance(fault, ModuleNotFoundError) and fault.name and fault.name.partition(".")[0] != "hutong":
        return PlatformNotInstalled(module=fault.name)
    # A consumer's client runs without the driver; then no failure can be the driver's.
    found = _of_database(fault) if "psycopg" in sys.modules else None
    return found or (known(fault.__cause__) if fault.__cause__ else None)


def interrupted(fault: BaseException | None) -> bool:
    """Return whether `fault` came of Ctrl-C: what was being done then may have failed in its own words."""
    while fault is not None and not isinstance(fault, KeyboardInterrupt):
        fault = fault.__cause__ or fault.__context__
    return fault is not None


def _of_database(fault: BaseException) -> Problem | None:
    import psycopg  # it is loaded, or nobody asks

    if isinstance(fault, psycopg.errors.QueryCanceled):
        from hutong.db.database import TakesTooLong  # with the driver, which is there

        return TakesTooLong()
    if _locked(fault):
        return LockedByOthers(reason=_line(fault))
    if isinstance(fault, psycopg.errors.DiskFull):
        return DatabaseFull(reason=_line(fault))
    if isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseOutOfReach(reason=_line(fault))
    if isinstance(fault, psycopg.ProgrammingError) and fault.sqlstate is None:  # not said by a server
        return DatabaseAddressUnreadable()  # its message would quote the address, with the password
    return None


def _locked(fault: BaseException) -> bool:
    """Return whether a fault came of what others do in the database at this moment."""
    import psycopg  # as above

    errors = psycopg.errors
    if isinstance(fault, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure):
        return True
    # Of two who change the same right or role at once PostgreSQL fails one, by its words alone.
    return isinstance(fault, errors.InternalError_) and "concurrently updated" in str(fault)


def _of_system(fault: OSError) -> Problem:
    reason = fault.strerror or str(fault)
    facts = {"path": fault.filename or reason, "reason": reason}
    if fault.errno in _FULL:
        return DiskFull(**facts)
    return NotAllowedHere(**facts) if fault.errno in _NOT_ALLOWED else FileFault(**facts)


def _line(fault: BaseException) -> str:
    return str(fault).strip().partition("\n")[0] or type(fault).__name__
