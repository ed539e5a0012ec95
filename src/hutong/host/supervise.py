"""Keep the doors of one machine open: start them, start again what falls, stop all on request.

Nothing outlives those who look after it: a door ends with its supervisor, a server's worker with its door.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from hutong.core.errors import Problem
from hutong.db.embedded import Server
from hutong.messages import logger

LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A door that stood so long before it fell is started again without a longer pause."""

CHORE_SECONDS = 10.0
"""How often it is seen to what stands beside the doors."""

SUPERVISOR = "HUTONG_SUPERVISOR"
"""Names the process a door ends with."""
ALONE_SECONDS = 5.0
"""How long one whose supervisor is gone may take to end by itself."""


@dataclass(slots=True)
class Doors:
    """Child processes by name. A child that ends is started again, after a pause that doubles until it stands.

    So is the embedded PostgreSQL, where `server` names one.
    """

    commands: Mapping[str, Sequence[str]]
    environ: Mapping[str, str]
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What is in the environment of one child alone, by its name."""
    become: Callable[[str, Sequence[str]], Sequence[str]] | None = None
    """Makes of a child's name and command the command that runs it as its own system user."""
    chores: list[Callable[[], object]] = field(default_factory=list)
    """What is done now and then beside the doors."""
    server: Server | None = None
    steady_seconds: float = STEADY_SECONDS
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _pause: dict[str, float] = field(default_factory=dict)
    _again_at: dict[str, float] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _chores_at: float = 0.0
    _reviving: threading.Thread | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, names: Iterable[str] | None = None) -> None:
        """Start every door, or those of `names`."""
        for name in self.commands if names is None else names:
            self._start(name)

    def _start(self, name: str) -> None:
        command: Sequence[str] = [sys.executable, "-m", "hutong.cli", *self.commands[name]]
        if self.become is not None:
            command = self.become(name, command)
        self._began[name] = time.monotonic()
        environ = {**_inherited(), **self.environ, **self.own.get(name, {}), SUPERVISOR: str(os.getpid())}
        # A group of its own, so that what a killed door leaves behind can be ended with it.
        self._running[name] = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, process_group=0)

    def tend(self) -> None:
        """Look once round the doors and start again what has fallen and has waited long enough."""
        self._tend_server()
        self._do_chores()
        for name, process in list(self._running.items()):
            if process.poll() is None:
                continue
            now = time.monotonic()
            if name not in self._again_at:
                _end_rest(process)
                stood = now - self._began[name] >= self.steady_seconds
                pause = 0.5 if stood else self._pause.get(name, 0.5)
                self._pause[name] = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._again_at[name] = now + pause
                logger.warning("door.fell", door=name, status=process.returncode, again_in_seconds=pause)
            elif now >= self._again_at[name]:
                del self._again_at[name]
                self._start(name)

    def _do_chores(self) -> None:
        if time.monotonic() < self._chores_at:
            return
        self._chores_at = time.monotonic() + CHORE_SECONDS
        for chore in self.chores:
            try:
                chore()
            except OSError as fault:  # a full disk, for example: the doors are looked after all the same
                logger.warning("chore.failed", reason=str(fault))

    def _tend_server(self) -> None:
        if self.server is None or self.server.pid is not None:
            return
        if self._reviving is None or not self._reviving.is_alive():
            logger.warning("database.fell")
            # Beside the doors: recovery can take minutes, and they are looked after meanwhile.
            self._reviving = threading.Thread(target=self._revive, args=(self.server,), name="revive")
            self._reviving.start()

    def _revive(self, server: Server) -> None:
        try:
            server.revive()
        except (Problem, OSError, subprocess.SubprocessError) as problem:
            logger.error("database.did_not_start", reason=str(problem))
            self._stopping.wait(5)

    def renew(self, names: Iterable[str]) -> None:
        """Have the servers of these doors begin new processes (SIGHUP); those that answer now end their requests."""
        for name in names:
            process = self._running.get(name)
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGHUP)

    def wait(self) -> None:
        """Tend the doors until SIGTERM or SIGINT, then stop them."""
        asked: list[int] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda caught, _: asked.append(caught))
        while not asked:
            self.tend()
            time.sleep(0.3)
        self.stop()

    def stop(self, *, patience_seconds: float = 20) -> None:
        """Ask every door to stop and wait; one that does not is ended. A second time there is nothing to do."""
        self._stopping.set()
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + patience_seconds
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _end_rest(process)
        self._running.clear()
        if self._reviving is not None:
            self._reviving.join()

    def process(self, name: str) -> subprocess.Popen[bytes]:
        """Return the running process of door `name`."""
        return self._running[name]


def _inherited() -> dict[str, str]:
    """Return what every child may know of our environment: no secret of one of them."""
    return {name: value for name, value in os.environ.items() if name not in ("HUTONG_WEB_SECRET", "PGPASSWORD")}


def _end_rest(door: subprocess.Popen[bytes]) -> None:
    """End what a door that has ended left behind: it would hold its port and answer on, looked after by nobody."""
    with suppress(ProcessLookupError):
        os.killpg(door.pid, signal.SIGKILL)


def end_with(parent: int) -> None:
    """Let this process end when its parent `parent` has ended, however that ended; gracefully, where it can.

    A thread asks who the parent is: that works on every Unix, and whichever thread of the parent started us.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.25)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ALONE_SECONDS)
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()
