"""What the gateway counts for Prometheus: over all its processes where they share a folder, else for one."""

from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from hutong.audit import waiting
from hutong.audit.waiting import LogState
from hutong.backup import standing
from hutong.core.errors import Problem
from hutong.installation.watching import DATABASE, WANTING, MachineState

LOG = {
    "waiting_entries": "Entries that wait to be placed in the log",
    "waiting_seconds": "For how long the oldest of them has waited",
    "stopped": "Whether the log is not signed until somebody decides",
    "ahead": "How many entries wait for a moment that has not come, as a clock that was ahead wrote them",
    "aside": "How many leaves lie aside that nobody may place in the log",
    "failing": "Whether placing entries in the log fails and is tried again",
}
"""What is measured of the log."""


MACHINE = {
    "disk_free_bytes": ("Bytes an ordinary process may still write to a disk, by what lies there", ["disk"]),
    "disk_bytes": ("Bytes of a disk, by what lies there", ["disk"]),
    "certificate_ends_seconds": ("When a certificate that is shown ends, in seconds since 1970", ["name"]),
    "clock_apart_seconds": ("By how much the clock is certainly ahead of another one", ["source"]),
    "machine_wanting": ("Whether something is wanting of the machine, by the code of what /health says", ["code"]),
    "backup_wanting": ("Whether something is wanting of the backups, by the code of what /health says", ["code"]),
}
"""What is measured of the machine: words, labels."""


class Measures:
    """Counters of one process; `folder` is where it finds those of the others."""

    def __init__(self, *, folder: Path | None = None) -> None:
        self._folder = folder
        self._registry = own = CollectorRegistry()
        self._replies = Counter("hutong_replies", "Replies by place and status", ["place", "status"], registry=own)
        self._lists = Counter("hutong_lists", "Lists answered", ["kind"], registry=own)
        self._questions = Counter("hutong_questions", "Questions answered", ["kind"], registry=own)
        self._waiting = Gauge(
            "hutong_waiting", "Questions not taken yet", ["kind"], registry=own, multiprocess_mode="livesum"
        )

        self._log = {
            name: Gauge(f"hutong_log_{name}", said, registry=own, multiprocess_mode="mostrecent")
            for name, said in LOG.items()
        }

        self._machine = {
            name: Gauge(f"hutong_{name}", said, labels, registry=own, multiprocess_mode="mostrecent")
            for name, (said, labels) in MACHINE.items()
        }

        said = "By how much the clock is before the latest moment it has shown"
        self._behind = Gauge("hutong_clock_behind_seconds", said, registry=own, multiprocess_mode="mostrecent")

    def log(self, state: LogState) -> None:
        """Measure how the log fares."""
        values = {
            "waiting_entries": state.entries,
            "waiting_seconds": state.seconds,
            "stopped": state.state == waiting.STOPPED,
            "ahead": state.ahead,
            "aside": state.aside,
            "failing": state.state == waiting.FAILS,
        }
        self._behind.set(state.behind)
        for name, value in values.items():
            self._log[name].set(float(value))

    def machine(self, seen: MachineState) -> None:
        """Measure the machine a process stands on."""
        for disk in seen.disks:
            for contents in disk.contents:
                self._machine["disk_free_bytes"].labels(contents).set(disk.free)
                self._machine["disk_bytes"].labels(contents).set(disk.size)
        for certificate in seen.certificates:
            self._machine["certificate_ends_seconds"].labels(certificate.name).set(certificate.ends_at.timestamp())
        self._machine["clock_apart_seconds"].labels(DATABASE).set(seen.apart)
        wanting = {each.code for each in seen.problems}
        for code in WANTING:  # what is wanting no more, too: another process may have measured it
            self._machine["machine_wanting"].labels(code).set(code in wanting)

    def backups(self, problems: Sequence[Problem]) -> None:
        """Measure what is wanting of the backups."""
        wanting = {each.code for each in problems}
        for code in standing.WANTING:
            self._machine["backup_wanting"].labels(code).set(code in wanting)

    def answered(self, place: str, status: int, *, count: int = 1) -> None:
        """Count so many replies."""
        self._replies.labels(place, str(status)).inc(count)

    def listed(self, kind: str, *, questions: int, waiting: int) -> None:
        """Count one list of `questions`; `waiting` are those that came too late for it."""
        self._lists.labels(kind).inc()
        self._questions.labels(kind).inc(questions)
        self._waiting.labels(kind).set(waiting)

    def text(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        if self._folder is None:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared, path=str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(shared)
