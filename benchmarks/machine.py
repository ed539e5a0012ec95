"""What the machine is, and which share of it each program takes."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def describe(*, peers: Mapping[str, str]) -> list[str]:
    """Return what has to be known of the machine and the versions to read the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    ours = [f"{name} {version(name)}" for name in ("granian", "psycopg", "cryptography", "pyarrow")]
    return [
        f"processor: {_model()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}",
        f"python {platform.python_version()}, {', '.join(ours)}",
        f"peers: {', '.join(f'{name} {number}' for name, number in peers.items())}",
    ]


def busy() -> str:
    """Return how busy the machine is before anything is measured; with others at work no figure is good."""
    load = os.getloadavg()[0]
    warning = "; OTHERS ARE AT WORK, DO NOT TRUST THE FIGURES" if load > 0.3 else ""
    return f"load before the start: {load:.2f}{warning}"


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found.extend(int(child) for child in task.read_text().split())
    return found


def seconds(pid: int) -> float:
    """Return the processor seconds a process and its descendants have used so far."""
    total = 0
    for each in family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(") ")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        total += sum(int(fields[place]) for place in (11, 12, 13, 14))
    return total / _TICK


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.machine()
