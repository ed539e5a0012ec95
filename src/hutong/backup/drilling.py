"""A drill: the platform is taken to be lost, and comes back from the second place and two passphrases alone.

Into a folder of its own, on a server of its own, and nothing of it is served or signed. What came back is measured and
proven: its keys, the evidence log to its last checkpoint, a comparison of before the fault, and one that is answered
now. Then all of it goes. SX-11-c: the drill of the disaster recovery, with its record.
"""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from math import ceil
from pathlib import Path

import psycopg

from hutong.audit import epochs, export, keychain, verify
from hutong.audit.faults import Fault
from hutong.backup import drill_folders, drill_reports, evidence, place, proving, recovery, restoring
from hutong.backup.place import BackupPlace, Clock
from hutong.backup.restoring import RestorePlan
from hutong.core import beijing, text
from hutong.core.errors import Problem, Unavailable
from hutong.core.labels import Language, label
from hutong.core.lifecycle import Seat
from hutong.db import logins
from hutong.db.database import Database
from hutong.db.embedded import LOGIN, Server
from hutong.installation import keys, opening
from hutong.plane import rulebook
from hutong.plane.keys import Keyring
from hutong.settings import Settings, read

BY = "drill"
"""Who is entered, in the log of a platform that goes again, for what a drill does."""


class LogFaulty(Unavailable):
    """The evidence log that came back has {count} faults; the first: {first}"""


class SignedNotReturned(Unavailable):
    """The platform noted {signed} signed entries of the log as safe, and {stored} came back: {lost} are lost."""


class DrillCutOff(Unavailable):
    """The machine did not let this stage be done: {reason}"""


_OF_THE_MACHINE = (OSError, psycopg.Error, subprocess.SubprocessError)
"""What a disk without room and a database that ended say."""
_NOTHING_YET = (proving.NothingCompared, proving.NoGrantToTry)
"""What a platform says that has not answered yet: it lost nothing of it."""


@dataclass(frozen=True, slots=True)
class DrillStage:
    """One stage: its code (`drilling.<code>`), how long it took, and what came of it."""

    code: str
    seconds: float
    problem: Problem | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it succeeded, or there was nothing yet that it could be tried on."""
        return self.problem is None or isinstance(self.problem, _NOTHING_YET)

    def named(self, language: Language) -> str:
        """Return what it is called."""
        return label(f"drilling.{self.code}", language=language)

    def told(self, language: Language) -> str:
        """Return what came of it, in a sentence."""
        if self.problem is not None:
            return text.say(self.problem, language=language).message
        came = "stalled" if self.facts.get("stalled") else "done"
        return label(f"drilling.{self.code}_{came}", language=language, **self.facts)


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What a drill measured; None where it did not come so far. Moments are those of the machine's own clock."""

    fault_at: datetime
    """From when on the platform was taken to be lost: the moment the drill began."""
    stages: tuple[DrillStage, ...]
    hutong: str
    machine: str
    set_number: int | None = None
    set_ended_at: datetime | None = None
    read_back_at: datetime | None = None
    log_until: datetime | None = None
    """Up to when all that was committed came back."""
    restore_seconds: float | None = None
    """From the fault until PostgreSQL answered with all there is."""
    rto_seconds: float | None = None
    """From the fault until all was verified and a comparison was answered; what people do besides is not in it."""
    signed_size: int | None = None
    """How many entries of the evidence log were signed, as far as is known, and how many of that epoch came back."""
    stored_size: int | None = None
    entries: int | None = None
    checkpoint_size: int | None = None
    checkpoint_root: str = ""
    verified: bool = False
    compare: Mapping[str, str | int] | None = None
    postgres: str = ""
    platform: str = ""
    """Whose backups they were."""
    keyring: Keyring | None = field(default=None, repr=False)
    """The keys that came back, by which its report is authenticated; None where there are none."""

    @property
    def rpo_seconds(self) -> int | None:
        """How much of what was committed last would be lost: from there to the fault."""
        return None if self.log_until is None else max(ceil((self.fault_at - self.log_until).total_seconds()), 0)

    @property
    def passed(self) -> bool:
        """Whether every stage succeeded and the log was verified."""
        return self.verified and all(each.ok for each in self.stages)

    def plain(self, *, language: Language = "zh") -> dict[str, object]:
        """Return it as values of JSON, its stages in the words of a language."""
        told: dict[str, object] = {
            "fault_at": self.fault_at.isoformat(), "set_number": self.set_number,
            "set_ended_at": self.set_ended_at and self.set_ended_at.isoformat(),
            "read_back_at": self.read_back_at and self.read_back_at.isoformat(),
            "log_until": self.log_until and self.log_until.isoformat(), "rpo_seconds": self.rpo_seconds,
            "restore_seconds": self.restore_seconds and round(self.restore_seconds, 1),
            "rto_seconds": self.rto_seconds and round(self.rto_seconds, 1), "entries": self.entries,
            "signed_size": self.signed_size, "stored_size": self.stored_size,
            "checkpoint_size": self.checkpoint_size, "checkpoint_root": self.checkpoint_root,
            "verified": self.verified, "compare": self.compare and dict(self.compare),
            "steps": [
                {"code": each.code, "name": each.named(language), "seconds": round(each.seconds, 1), "ok": each.ok,
                 "told": each.told(language)} for each in self.stages
            ],
            "postgres": self.postgres, "hutong": self.hutong, "machine": self.machine,
            "platform": self.platform,
        }  # fmt: skip
        return told if self.keyring is None else drill_reports.authenticated(told, keyring=self.keyring)


class _Stop(Exception):
    """A stage failed without which the next ones are none."""


class _Course:
    """A drill on its way: its stages, and what was measured so far."""

    def __init__(self, clock: Clock, told: Callable[[DrillStage], object]) -> None:
        self.clock, self._told = clock, told
        self.stages: list[DrillStage] = []
        self.found: dict[str, object] = {}

    @contextmanager
    def stage(self, code: str, *, needed: bool = False, opens: bool = False) -> Iterator[dict[str, object]]:
        """Time a stage and keep what came of it; raises _Stop where one that is `needed` fails.

        Where one fails that `opens` the drill there is none, and why is raised.
        """
        facts: dict[str, object] = {}
        began, problem = self.clock(), None
        try:
            yield facts
        except Problem as failed:
            problem = failed
        except _OF_THE_MACHINE as fault:
            problem = DrillCutOff(reason=reason(fault))
        if problem is not None and opens:
            raise problem
        self.add(DrillStage(code, max((self.clock() - began).total_seconds(), 0.0), problem, facts))
        if problem is not None and needed:
            raise _Stop

    def add(self, stage: DrillStage) -> None:
        """Keep a stage that is over, and tell of it."""
        self.stages.append(stage)
        self._told(stage)


def drill(
    root: Path, folder: Path, *, notes: Path, passphrases: Callable[[tuple[str, str]], Mapping[str, str]], clock: Clock,
    machine: str, wrapped: Path | None = None, told: Callable[[DrillStage], object] = repr, durable: bool = True,
) -> DrillReport:  # fmt: skip
    """Bring a platform back into `folder`, which is not there yet, prove and measure it, and take it away again.

    `root` is the second place, `wrapped` a recovery copy from elsewhere, `notes` where it is noted which drills are
    under way (`drill_folders`); `passphrases` asks both officers for theirs, before the clock is started. Nothing is
    read of the platform's own folder. `told` hears of each stage. What fails is a stage of the report; raises what
    finding the place and opening the recovery copy do, for then there was no drill, FolderInUse and DrillFolderOpen.
    """
    at = place.find(root)
    copy = recovery.read(wrapped or at.folder / recovery.FILE)
    given = passphrases(copy.officers)
    arrived = _arrived(at)
    course, fault_at = _Course(clock, told), clock()
    with course.stage("keys", opens=True) as facts:
        content = recovery.opened(copy, passphrases=given)
        keyring = recovery.keyring(content, path=str(copy.path))
        facts.update(one=copy.officers[0], other=copy.officers[1], at=beijing.shown(copy.wrapped_at))
    with drill_folders.made(folder, notes=notes):
        settings = read({}, data=folder)
        try:
            _rehearse(course, settings, at, content, fault=Loss(fault_at, arrived), durable=durable)
        except _OF_THE_MACHINE as fault:
            course.add(DrillStage("folder", 0.0, DrillCutOff(reason=reason(fault))))
    return DrillReport(
        fault_at, tuple(course.stages), version("hutong"), machine, keyring=keyring,
        **course.found,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """When the platform was taken to be lost, and what its backup place said then of how far its log had come."""

    at: datetime
    arrived_at: datetime | None
    """All that was committed before was there; None where nothing was noted."""

    def until(self, plan: RestorePlan) -> datetime:
        """Return up to when all that was committed counts as saved: what arrived after the loss does not."""
        came = [plan.chosen.ended_at, *([self.arrived_at] if self.arrived_at else [])]
        return min(max(came), plan.until, self.at)


def _arrived(at: BackupPlace) -> datetime | None:
    """Return how far the log had come; that the platform wrote it is seen once its keys are there."""
    try:
        found = at.archived()
    except place.PlaceUnreadable:
        return None
    return found.at if found else None


def _rehearse(
    course: _Course, settings: Settings, at: BackupPlace, content: Mapping[str, bytes], *, fault: Loss, durable: bool
) -> None:
    """Do all that a drill does in its folder, as far as it comes."""
    with restoring.alone(settings), suppress(_Stop):
        with course.stage("set", needed=True) as facts:
            plan = restoring.believed(restoring.plan(at, moment=None, number=None), content)
            restoring.put_keys_back(settings, content, plan)
            # With the note beside them, which stops whoever would sign.
            evidence.copy_heads(settings, at, until=beijing.shown(plan.until))
            facts.update(number=plan.chosen.number, at=beijing.shown(plan.chosen.ended_at))
            course.found.update(
                set_number=plan.chosen.number, set_ended_at=plan.chosen.ended_at, platform=plan.owner["platform"]
            )  # fmt: skip
        settings = keys.named(settings)
        server = _bring_back(course, settings, plan, fault=fault, durable=durable)
        try:
            _prove(course, settings, server, fault_at=fault.at)
        finally:
            server.stop()


def _bring_back(course: _Course, settings: Settings, plan: RestorePlan, *, fault: Loss, durable: bool) -> Server:
    """Return the running server of the database that came back."""
    with course.stage("restore", needed=True) as facts:
        server, brought, size = restoring.bring_back(settings, plan, durable=durable)
        answers_at = course.clock()
        course.found.update(
            read_back_at=answers_at, restore_seconds=(answers_at - fault.at).total_seconds(),
            postgres=str(plan.chosen.postgres),
        )  # fmt: skip
        facts.update(mib=size >> 20, segments=brought.segments)
    with course.stage("log") as facts:
        found = evidence.read(settings, server, plan.archived)
        course.found.update(signed_size=found.signed, stored_size=found.stored)
        if brought.broken_at is not None:
            raise restoring.LogBroken(segment=brought.broken_at)
        if found.noted > found.stored:  # a head may be ahead of what was saved, what was noted to be saved not
            raise SignedNotReturned(signed=found.noted, stored=found.stored, lost=found.noted - found.stored)
        until = fault.until(plan)
        course.found["log_until"] = until
        seconds = ceil((fault.at - until).total_seconds())
        with evidence.as_owner(server) as cur:
            minutes = rulebook.number(cur, "backup.behind_minutes", day=beijing.day(fault.at))
        # It may be that nothing was wrong with the place and the platform stood still; who drills knows which.
        facts.update(until=beijing.shown(until), seconds=seconds, minutes=minutes, stalled=seconds > minutes * 60)
    return server


def _prove(course: _Course, settings: Settings, server: Server, *, fault_at: datetime) -> None:
    """Hold what came back to what it has to be."""
    now = opening.own_clock(settings)()
    addresses = server.admit(keys.logins(settings))
    files, keyring = keys.log_files(settings), Keyring.load(settings.keys / keys.KEYRING)
    with course.stage("held") as facts:
        if wanting := evidence.keys_wanting(settings, server):
            raise restoring.KeysWanting(wanting=", ".join(wanting))
        facts["count"] = len(keyring.ids)
    with course.stage("verify") as facts:
        facts.update(_verified(course, settings, addresses[logins.COMMAND], now=now))
    with course.stage("prove") as facts, psycopg.connect(server.superuser_url(LOGIN)) as connection:
        proven = proving.prove(connection.cursor(), files=files)
        course.found["compare"] = {"entry": proven.entry, "index": proven.index, "verdict": proven.result}
        facts.update(entry=proven.entry, index=proven.index, size=proven.size)
    asking = Database(addresses[logins.GATEWAY], role="plane", size=1, statement_seconds=export.STATEMENT_SECONDS)
    with course.stage("answer") as facts, closing(asking) as db:
        answered = proving.ask(db, keyring=keyring, now=now)
        facts.update(grant=answered.grant, verdict=answered.verdict)
        course.found["rto_seconds"] = (course.clock() - fault_at).total_seconds()
    course.found.setdefault("rto_seconds", (course.clock() - fault_at).total_seconds())


def _verified(course: _Course, settings: Settings, url: str, *, now: datetime) -> dict[str, object]:
    """Export the log that came back and verify it as a stranger does, by the recovered public key."""
    files, folder = keys.log_files(settings), settings.data / "evidence"
    first, *later = files.vkeys
    with closing(Database(url, role="auditor", size=1, statement_seconds=export.STATEMENT_SECONDS)) as db:
        with db.transaction() as cur:
            course.found["entries"] = proving.entries(cur)
        head = export.export(
            db, folder, now=now, by=BY, seats={Seat("auditor")}, vkey=first, later_vkeys=later
        )
        with db.transaction() as cur:
            chain = keychain.published(cur, epochs.current(cur), vkeys=files.vkeys)
    report = verify.verify(folder, now=now, vkey=str(chain.newest))
    course.found.update(checkpoint_size=head.size, checkpoint_root=head.root.hex(), verified=report.sound)
    if not report.sound:
        raise LogFaulty(count=report.faults_found, first=_said(report.faults[0]))
    return {"entries": report.entries, "size": head.size}


def _said(fault: Fault) -> str:
    return fault.say(language="zh")


def reason(fault: Exception) -> str:
    """Return what the machine said, in a line."""
    said = getattr(fault, "strerror", None) or str(fault).strip() or type(fault).__name__
    return f"{said.splitlines()[0]} ({name})" if (name := getattr(fault, "filename", None)) else said.splitlines()[0]
