"""Comparisons 4 and 5: a snapshot of new rows, and the same again, beside dlt merging the same file."""

import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import place as places
from benchmarks.place import Place
from hutong.plane.delivery import ledger, loading


def deliver(place: Place, code: str, source: Path, *, key: str, rows: int) -> float:
    """Deliver a snapshot as a provider does and return the seconds until its receipt."""
    return timed(place, code, source, key=key, rows=rows)[0]


def timed(place: Place, code: str, source: Path, *, key: str, rows: int) -> tuple[float, dict[str, float]]:
    """Deliver a snapshot; return the seconds until its receipt and those of each stage on the way."""
    manifest = ledger.Manifest(
        code=code, key=key, kind="snapshot", rows=rows, sha256=places.sha256(source), format="csv"
    )
    stages: dict[str, float] = {}
    last = began = time.perf_counter()

    def progress(stage: str, _: int) -> None:
        nonlocal last
        moment = time.perf_counter()
        stages[stage] = stages.get(stage, 0.0) + moment - last
        last = moment

    receipt = loading.load(
        place.db,
        source=source,
        manifest=manifest,
        keyring=place.keyring,
        now=datetime.now(UTC),
        by="bench",
        progress=progress,
    )
    passed = time.perf_counter() - began
    assert (receipt.state, receipt.accepted, receipt.rejected) == ("loaded", rows, 0), receipt
    return passed, stages


def dlt(place: Place, python: Path, source: Path, *, way: str, times: int, rows: int) -> list[float]:
    """Let dlt merge `source` so many times and return the seconds of each."""
    script = Path(__file__).parent / "peers" / "dlt_merge.py"
    command = [python, script, source, place.tcp_less_url, f"bench_{way}", way, str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))[7:])
    assert found["rows"] == rows, found
    seconds: list[float] = found["seconds"]
    return seconds
