"""Keep the doors of one machine open: start them, start again what falls, stop all on request."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class Doors:
    """Child processes by name. A child that ends is started again, after a pause that doubles."""

    commands: Mapping[str, Sequence[str]]
    environ: Mapping[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _pause: dict[str, float] = field(default_factory=dict)
    _again_at: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """Start every door."""
        for name in self.commands:
            self._start(name)

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "hutong.cli", *self.commands[name]]
        self._running[name] = subprocess.Popen(command, env={**os.environ, **self.environ}, stdin=subprocess.DEVNULL)

    def tend(self) -> None:
        """Look once round the doors and start again what has fallen and has waited long enough."""
        for name, process in list(self._running.items()):
            if process.poll() is None:
                continue
            now = time.monotonic()
            if name not in self._again_at:
                pause = self._pause.get(name, 0.5)
                self._pause[name] = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._again_at[name] = now + pause
                log.warning("door.fell", door=name, status=process.returncode, again_in_seconds=pause)
            elif now >= self._again_at.pop(name):
                self._start(name)

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
        """Ask every door to stop and wait; one that does not is ended."""
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

    def process(self, name: str) -> subprocess.Popen[bytes]:
        """Return the running process of door `name`."""
        return self._running[name]
