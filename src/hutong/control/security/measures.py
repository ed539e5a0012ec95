"""What a restore drill measured, read from plain values and written as such: pure functions of what was reported.

`hutong drill` reports so, and so does the form at the desk; what one of them does not know is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil

from hutong.core.blanks import is_blank
from hutong.core.errors import Invalid

LONGEST = 10 * 366 * 86_400
"""Seconds that may lie between two moments of a drill."""
FARTHEST = 1000 * 366 * 86_400
"""Seconds that a training clock may be apart from the machine's."""
RECKONED = range(1900, 9000)
"""In which the moments of a drill lie, whatever clock they are of: what is reckoned from them is a moment, too."""
LARGEST = 2**62
"""Entries that a log has, at most."""
ROUNDED = 1
"""By how many seconds what was measured may be too long: they are rounded up."""
STEPS, LETTERS = 100, 1000
"""How many steps a drill has at most, and letters what is told of one."""


class MeasureUnreadable(Invalid):
    """The drill's report cannot be taken: {field} cannot be {value}."""

    clause = "SX-11-c"


class DrillAhead(Invalid):
    """The drill's report tells of {moment}, which is still to come."""

    clause = "SX-11-c"


class DrillIncomplete(Invalid):
    """The drill lacks {fields}."""

    clause = "SX-11-c"


@dataclass(frozen=True, slots=True)
class DrillStep:
    """A step of a drill: what was done, in how many seconds, whether it succeeded, and what is told of it."""

    name: str
    seconds: float
    ok: bool
    told: str = ""


@dataclass(frozen=True, slots=True)
class DrillMeasures:
    """What was measured of a drill; None where it is not known."""

    fault_at: datetime
    """From when the platform was taken to be lost."""
    set_number: int | None = None
    set_ended_at: datetime | None = None
    """The backup set, when it was finished, and when it was read back."""
    read_back_at: datetime | None = None
    log_until: datetime | None = None
    """Up to when everything was there again."""
    rpo_seconds: int | None = None
    restore_seconds: int | None = None
    rto_seconds: int | None = None
    """How much time was lost, how long restoring took, and how long it took until the platform answered."""
    signed_size: int | None = None
    """How many entries of the evidence log were known to be signed, and how many of them came back."""
    stored_size: int | None = None
    entries: int | None = None
    checkpoint_size: int | None = None
    checkpoint_root: str = ""
    verified: bool = False
    """Whether the evidence log was verified up to its last checkpoint, which is named by its size and root."""
    compare: Mapping[str, object] | None = None
    """The comparison that was proven: `entry`, `index`, `verdict`; None where none was."""
    steps: tuple[DrillStep, ...] = ()
    postgres: str = ""
    hutong: str = ""
    machine: str = ""
    apart_seconds: int | None = None
    """By how much these moments, which are of a training clock, are later than the machine's that measured them."""
    mac: str = ""
    """What authenticates the report it was read from; empty for what an officer wrote down."""

    def plain(self) -> dict[str, object]:
        """Return it as JSON keeps it; `read` reads the same from it."""
        told = asdict(self)
        moments = {name: value.isoformat() for name, value in told.items() if isinstance(value, datetime)}
        return {**told, **moments, "steps": [asdict(step) for step in self.steps]}

    @property
    def failed_with(self) -> str:
        """What did not succeed, as it was told; empty where everything did."""
        told = [f"{step.name}：{step.told}" if step.told else step.name for step in self.steps if not step.ok]
        return "；".join([*told, *([] if self.verified else [LOG_UNVERIFIED])])


LOG_UNVERIFIED = "使用日志未能校验到最后一个检查点"
"""What a drill says of itself whose log was not verified."""
NEEDED = ("set_number", "set_ended_at", "log_until", "rpo_seconds", "restore_seconds", "rto_seconds")
"""What a drill that passed was to measure."""


def read(report: Mapping[str, object]) -> DrillMeasures:
    """Return what a report measured; moments are ISO 8601 with their offset, seconds are rounded up.

    Raises MeasureUnreadable, and DrillIncomplete for one without the moment of the fault.
    """
    fault_at = _moment(report, "fault_at")
    if fault_at is None:
        raise DrillIncomplete(fields="fault_at")
    log_until, set_ended_at = _moment(report, "log_until"), _moment(report, "set_ended_at")
    if set_ended_at is not None and set_ended_at > fault_at:
        raise MeasureUnreadable(field="set_ended_at", value=set_ended_at.isoformat())
    rpo = _whole(report, "rpo_seconds")
    if rpo is None and log_until is not None:
        rpo = max(ceil((fault_at - log_until).total_seconds()), 0)  # the log may be streamed on while one drills
    if rpo is not None and rpo > LONGEST:
        raise _unreadable("log_until", report.get("log_until"))
    return DrillMeasures(
        fault_at=fault_at, set_number=_whole(report, "set_number"), set_ended_at=set_ended_at,
        read_back_at=_moment(report, "read_back_at"), log_until=log_until,
        rpo_seconds=rpo, restore_seconds=_whole(report, "restore_seconds"),
        rto_seconds=_whole(report, "rto_seconds"), entries=_whole(report, "entries", top=LARGEST),
        signed_size=_whole(report, "signed_size", top=LARGEST), stored_size=_whole(report, "stored_size", top=LARGEST),
        checkpoint_size=_whole(report, "checkpoint_size", top=LARGEST),
        checkpoint_root=_text(report, "checkpoint_root"), verified=_truth(report, "verified"),
        compare=_compare(report), steps=_steps(report), postgres=_text(report, "postgres"),
        hutong=_text(report, "hutong"), machine=_text(report, "machine"), apart_seconds=_apart(report),
        mac=_text(report, "mac"),
    )  # fmt: skip


def backup_set(facts: Mapping[str, object], *, now: datetime) -> tuple[int, datetime]:
    """Return the number of a backup set and when it was finished.

    Raises DrillIncomplete, MeasureUnreadable and DrillAhead.
    """
    number, ended_at = _whole(facts, "set_number"), _past(facts, "set_ended_at", now=now)
    lacking = [name for name, value in (("set_number", number), ("set_ended_at", ended_at)) if value is None]
    if number is None or ended_at is None:
        raise DrillIncomplete(fields=", ".join(lacking))
    return number, ended_at


def read_back(facts: Mapping[str, object], *, since: datetime | None, now: datetime) -> datetime:
    """Return when a backup set was read back, which was finished at `since`.

    Raises DrillIncomplete, MeasureUnreadable and DrillAhead.
    """
    found = _past(facts, "read_back_at", now=now)
    if found is None:
        raise DrillIncomplete(fields="read_back_at")
    if since is not None and found < since:
        raise MeasureUnreadable(field="read_back_at", value=found.isoformat())
    return found


def check_passed(measures: DrillMeasures) -> None:
    """Refuse to call a drill passed that did not measure what it is for; raises DrillIncomplete."""
    if lacking := [name for name in NEEDED if getattr(measures, name) is None]:
        raise DrillIncomplete(fields=", ".join(lacking))


def _moment(report: Mapping[str, object], name: str) -> datetime | None:
    value = report.get(name)
    if isinstance(value, str) and not is_blank(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _unreadable(name, value) from None
    if value in (None, ""):
        return None
    if not isinstance(value, datetime) or value.tzinfo is None or value.year not in RECKONED:
        raise _unreadable(name, value)
    return value


def _past(report: Mapping[str, object], name: str, *, now: datetime) -> datetime | None:
    found = _moment(report, name)
    if found is not None and found > now:
        raise DrillAhead(moment=found.isoformat())
    return found


def _whole(report: Mapping[str, object], name: str, *, top: int = LONGEST) -> int | None:
    value = report.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= top:
        raise _unreadable(name, value)
    return ceil(value)


def _apart(report: Mapping[str, object]) -> int | None:
    value = report.get("apart_seconds")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or abs(value) > FARTHEST):
        raise _unreadable("apart_seconds", value)
    return value


def _truth(report: Mapping[str, object], name: str) -> bool:
    value = report.get(name, False)
    if not isinstance(value, bool):
        raise _unreadable(name, value)
    return value


def _text(report: Mapping[str, object], name: str) -> str:
    value = report.get(name) or ""
    if not isinstance(value, str) or len(value) > LETTERS or "\0" in value:
        raise _unreadable(name, value)
    return value


def _compare(report: Mapping[str, object]) -> dict[str, object] | None:
    value = report.get("compare")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise _unreadable("compare", value)
    told = {name: value.get(name) for name in ("entry", "index", "verdict")}
    if not all(isinstance(each, str | int) and len(str(each)) <= LETTERS for each in told.values()):
        raise _unreadable("compare", value)
    return told


def _steps(report: Mapping[str, object]) -> tuple[DrillStep, ...]:
    value = report.get("steps") or ()
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > STEPS:
        raise _unreadable("steps", value)
    return tuple(_step(each) for each in value)


def _step(value: object) -> DrillStep:
    """Return a step: a mapping by name, or the name, seconds, success and words in this order."""
    names = ("name", "seconds", "ok", "told")
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == len(names):
        value = dict(zip(names, value, strict=True))
    if not isinstance(value, Mapping):
        raise _unreadable("steps", value)
    name, told = _text(value, "name"), _text(value, "told")
    seconds = value.get("seconds")
    fits = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST
    if not fits or is_blank(name):
        raise _unreadable("steps", value)
    return DrillStep(name, round(float(seconds), 3), _truth(value, "ok"), told)  # type: ignore[arg-type]


def _unreadable(name: str, value: object) -> MeasureUnreadable:
    said = str(value)
    return MeasureUnreadable(field=name, value=said if len(said) <= 60 else f"{said[:60]}…")


def moments(found: DrillMeasures, *, now: datetime) -> tuple[datetime, datetime, datetime]:
    """Return when a drill had its set, had it read back, and was over; raises DrillAhead."""
    over = found.fault_at + timedelta(seconds=found.rto_seconds or found.restore_seconds or 0)
    if over - timedelta(seconds=ROUNDED) > now:
        raise DrillAhead(moment=over.isoformat())
    return found.set_ended_at or found.fault_at, found.read_back_at or found.fault_at, min(over, now)
