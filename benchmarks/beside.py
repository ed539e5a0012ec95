"""Comparisons of this checkout beside those of another, in paired turns of one run.

Each checkout has a process of its own with a PostgreSQL, a gateway and the same residents; both are asked the same
kinds of claims, three in a hundred of which do not match, one after the other, and who begins changes with each turn.
The load is made by the benchmarks of this checkout, what answers is the `hutong` of each.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import hutong
from benchmarks import asking, county, delivering, load, signing
from benchmarks import place as places

ROOT = Path(__file__).parents[1]
CODE = "bench/international"
FLOOR, OF_FIVE = 0.9, 4
"""A ratio below the floor in so many of five turns fails."""


class Side:
    """One checkout: its process, which answers a line with a line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.about = self._said()

    def run(self, seconds: float) -> dict[str, float]:
        """Run once for so many seconds, and return answers a second and microseconds of processor an answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        found: dict[str, float] = json.loads(self._said())
        return found

    def _said(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("SIDE "):
                return line.removeprefix("SIDE ").strip()
        raise load.RunFailed("the process of a checkout ended")


def compare(other: Path, *, folder: Path, records: int, seconds: float, turns: int) -> bool:
    """Run both in turn, print each ratio, and return whether few enough of them are below the floor."""
    with ExitStack() as stack:
        ours = stack.enter_context(_side(ROOT, folder / "ours", records))
        theirs = stack.enter_context(_side(other.resolve(), folder / "theirs", records))
        print(f"  ours: {ours.about}\n  beside: {theirs.about}", flush=True)
        for each in (ours, theirs):
            each.run(asking.WARM_SECONDS)
        ratios = []
        for turn in range(turns):
            order = (ours, theirs) if turn % 2 == 0 else (theirs, ours)
            runs = {id(each): each.run(seconds) for each in order}
            mine, its = runs[id(ours)], runs[id(theirs)]
            ratios.append(mine["rate"] / its["rate"])
            print(
                f"  turn {turn + 1}: {mine['rate']:,.0f}/s beside {its['rate']:,.0f}/s, {ratios[-1]:.3f}x; processor "
                f"{mine['cost']:.0f} beside {its['cost']:.0f} us an answer, {its['cost'] / mine['cost']:.3f}x",
                flush=True,
            )
    below = sum(ratio < FLOOR for ratio in ratios)
    enough = below * 5 < OF_FIVE * turns
    print(f"  below {FLOOR:g}x in {below} of {turns} turns: {'ok' if enough else 'BELOW THE FLOOR'}", flush=True)
    return enough


@contextmanager
def _side(checkout: Path, folder: Path, records: int) -> Iterator[Side]:
    command = [sys.executable, "-m", "benchmarks.beside", str(folder), str(records)]
    given = {**os.environ, "PYTHONPATH": f"{checkout / 'src'}{os.pathsep}{ROOT}"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Side(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(places.PATIENCE_SECONDS)


def _serve(folder: Path, records: int) -> None:
    """Be the process of one checkout: a run for each line that is read, until there is none."""
    table = county.people(records)
    with places.opened(folder) as place:
        source = county.write(table, folder / "residents.csv")
        places.publish(place, CODE)
        delivering.deliver(place, CODE, source, key="first", rows=records)
        places.grant(place, CODE, county.GRANT)
        places.settle(place)
        with places.gateway(place) as (authority, pid):
            signer = signing.Signer(authority, county.GRANT, key=place.key.private_bytes_raw())
            people = asking.People(table)
            ours = asking.Contender(
                "ours", authority, pid, lambda n: signing.sign(people.claims(n), signer=signer)
            )
            _tell(_commit())
            rate = 20_000.0
            for line in sys.stdin:
                seconds = float(line)
                run = asking.run_once(ours, place, seconds, count=int(rate * seconds * 2) + 5_000)
                rate = run.rate
                _tell(json.dumps({"rate": run.rate, "cost": run.cost}))


def _commit() -> str:
    source = Path(hutong.__file__).parents[2]
    said = subprocess.run(
        ["git", "-C", str(source), "log", "-1", "--format=%h %s"], capture_output=True, text=True, check=False
    )
    return f"{source.name}, {said.stdout.strip()}"


def _tell(what: str) -> None:
    print(f"SIDE {what}", flush=True)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(prog="python -m benchmarks.beside")
    reader.add_argument("folder", type=Path)
    reader.add_argument("records", type=int)
    given = reader.parse_args()
    _serve(given.folder, given.records)
