"""A drill's report is believed if who wrote it had the platform's keys, and if the platform's own log bears it out.

Its keys are there during a drill alone because two officers opened their recovery copy: with one of them, made for this
and nothing else, the report is authenticated (HMAC-SHA-256). Who looks after the platform's own key file could do so,
too; what it says of a set, a checkpoint and a comparison has to be true all the same.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from psycopg import Cursor

from hutong.audit import backups, checkpoint, proofs
from hutong.core import canonical
from hutong.core.errors import Conflicting, Problem, Refused
from hutong.plane.keys import Keyring

USE = "drill"
"""What the key is for, of all that are derived from a root secret."""
KEY, CODE = "key_id", "mac"
"""Where a report says under which root secret it was authenticated, and by what."""
STAGES = ("keys", "set", "restore", "log", "held", "verify", "prove", "answer")
"""What a drill does that comes to its end, in this order."""
LARGEST = 2**62
COMPARED = "plane.compared"


class ReportNotAuthentic(Refused):
    """The report was not written by a drill that had this platform's keys, or was changed since; nothing was filed."""

    clause = "SX-11-c"


class ReportNotBorneOut(Conflicting):
    """The report says {field} {value}, and this platform knows nothing of it; nothing was filed."""

    clause = "SX-11-c"


def authenticated(report: Mapping[str, object], *, keyring: Keyring) -> dict[str, object]:
    """Return a report of plain values with what authenticates it, by the keys that came back in the drill."""
    told = {**report, KEY: keyring.current}
    return {**told, CODE: _code(told, keyring)}


def check_authentic(report: Mapping[str, object], *, keyring: Keyring) -> str:
    """See that a report was written by who had the platform's keys, and return its code; raises ReportNotAuthentic."""
    code = report.get(CODE)
    told = {name: value for name, value in report.items() if name != CODE}
    try:
        if isinstance(code, str) and hmac.compare_digest(code.encode(), _code(told, keyring).encode()):
            return code
    except (Problem, ValueError, RecursionError):  # a key that is not there, a lone surrogate
        pass
    raise ReportNotAuthentic


def check_borne_out(cur: Cursor, report: Mapping[str, Any]) -> None:
    """See that the platform knows the set of a report, its checkpoint and its comparison, and that no stage is missing.

    Where a drill that failed did not come so far it says nothing of them. Raises ReportNotBorneOut.
    """
    _check_stages(report)
    number, ended_at = report.get("set_number"), report.get("set_ended_at")
    if number is not None or ended_at is not None:
        moment = _moment(ended_at)
        known = _whole(number) and moment and backups.was_taken(cur, number=number, ended_at=moment)
        _see("set_number", number, known)
    size, root = report.get("checkpoint_size"), report.get("checkpoint_root")
    if size is not None or root or report.get("verified"):
        _see("checkpoint_size", size, _whole(size) and checkpoint.was_signed(cur, size=size, root=str(root)))
    if (told := report.get("compare")) is not None:
        _see("compare", told, isinstance(told, Mapping) and _was_compared(cur, told))


def _check_stages(report: Mapping[str, Any]) -> None:
    """See that what was done is what a drill does, as far as it came; one that passed came to its end."""
    steps = report.get("steps")
    told = steps if isinstance(steps, Sequence) and not isinstance(steps, str) else []
    codes = [each.get("code") if isinstance(each, Mapping) else None for each in told]
    failed = any(not isinstance(each, Mapping) or each.get("ok") is not True for each in told)
    done = [code for code in codes if code != "folder"]  # told where it was in the way
    in_order = tuple(done) == (STAGES[: len(done)] if failed else STAGES)
    _see("steps", ", ".join(map(str, codes)) or "-", in_order)


def _was_compared(cur: Cursor, told: Mapping[str, Any]) -> bool:
    if not _whole(told.get("entry")):
        return False
    found = proofs.placed(cur, entry=told["entry"])
    if found is None or found.event != COMPARED:
        return False
    record: dict[str, Any] = canonical.loads(found.record)
    return (found.index, record.get("result")) == (told.get("index"), told.get("verdict"))


def _see(field: str, value: object, known: object) -> None:
    if not known:
        raise ReportNotBorneOut(field=field, value=str(value)[:60])


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _code(told: Mapping[str, object], keyring: Keyring) -> str:
    key = keyring.platform(USE, key_id=str(told.get(KEY)))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hmac.digest(key, text.encode(), "sha256").hex()
