"""`python -m benchmarks`: Hutong beside its peers, on this machine, in one run.

Options: --records (default 2,000,000), --rows (delivery, default 1,000,000), --seconds (of the runs over
HTTP), --rounds, --only asking|delivering|memory|rules|desk|subjects (repeatable), --folder. `memory` measures the
full-size loads (of --memory-rows, default 2,000,000; half as many of Excel, at most 1,000,000); it is not part of a run
without --only.
`--only asking --beside FOLDER` runs comparisons of this checkout and of another in that folder in paired turns
(--turns, default 5), prints their ratios and fails where four of five are below 0.9.
`desk` (of --cases, default 1,000,000) and `subjects` (of --entries, default 5,000,000) are neither; they have no peer,
and need none of theirs.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks import asking, beside, county, delivering, desk, load, machine, memory, rules, subjects
from benchmarks import place as places
from benchmarks.load import Run
from benchmarks.place import Place

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-bench" / "bin" / "python"
RULE_ROWS, SLOW_RULE_ROWS = 1_000_000, 100_000
MAIN, NATIONAL = "bench/international", "bench/national"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; a figure without a floor stands beside the others for information."""

    what: str
    ours: str
    peer: str
    ratio: float
    floor: float | None = None
    aim: float | None = None

    def shown(self) -> list[str]:
        if self.floor is None or self.aim is None:
            return [self.what, self.ours, self.peer, f"{self.ratio:.2f}x", "", ""]
        word = (
            "aim met" if self.ratio >= self.aim else "ok" if self.ratio >= self.floor else "BELOW THE FLOOR"
        )
        return [
            self.what,
            self.ours,
            self.peer,
            f"{self.ratio:.2f}x",
            f"{self.floor:g}x / {self.aim:g}x",
            word,
        ]


def main() -> None:
    """Measure what was asked for and print the table."""
    given = _arguments()
    if given.beside is not None:
        _beside(given)
        return
    peers = {} if given.only and set(given.only) <= {"desk", "subjects"} else _peers()
    parts: dict[str, Callable[[Place, argparse.Namespace], list[Line]]] = {
        "rules": _rules,
        "delivering": _delivering,
        "asking": _asking,
        "memory": _memory,
        "desk": _desk,
        "subjects": _subjects,
    }
    lines: list[Line] = []
    about = machine.describe(peers=peers)
    about.append(machine.busy())
    print("\n".join(about), flush=True)
    for name, measure in parts.items():
        if name not in (given.only or ("rules", "delivering", "asking")):
            continue
        print(f"{name} ...", flush=True)
        with places.opened(given.folder) as place:
            found = measure(place, given)
        if found:
            print(_table([line.shown() for line in found]), flush=True)
        lines += found
    if lines:
        print(_table([["what", "Hutong", "peer", "ratio", "floor / aim", ""], *(line.shown() for line in lines)]))
    print("\n".join(about))


def _beside(given: argparse.Namespace) -> None:
    about = [*machine.describe(peers={}), machine.busy()]
    print("\n".join(about), flush=True)
    enough = beside.compare(
        given.beside, folder=given.folder, records=given.records, seconds=given.seconds, turns=given.turns
    )
    print("\n".join([*about, machine.busy()]))
    if not enough:
        raise SystemExit(1)


def _asking(place: Place, given: argparse.Namespace) -> list[Line]:
    table = county.people(given.records)
    source = county.write(table, place.folder / "residents.csv")
    for code, suite in ((MAIN, "international"), (NATIONAL, "national")):
        places.publish(place, code, suite=suite, limited=code == MAIN)
        passed = delivering.deliver(place, code, source, key="first", rows=given.records)
        print(f"  {given.records:,} records held ({suite}) in {passed:.0f} s", flush=True)
    places.grant(place, MAIN, county.GRANT)
    places.settle(place)
    with asking.opened(place, table, source, PEERS, code=MAIN, others=[("sm", NATIONAL)]) as contenders:
        runs = asking.measure(contenders, place=place, seconds=given.seconds, rounds=given.rounds)
        middle = {name: load.middle(each) for name, each in runs.items()}
        ours = ("ed25519", "hmac", "limited", "sm")
        asking.check_entries(place, answers=sum(middle[name].answers for name in ours))
    for name, run in middle.items():
        shares = ", ".join(f"{program} {share:.2f}" for program, share in run.shares.items())
        print(f"  {name}: {run.cost:.0f} us of processor an answer; cores used: {shares}")

    def line(what: str, ours: str, peer: str, floor: float | None = None, aim: float | None = None) -> Line:
        ratio = middle[ours].rate / middle[peer].rate
        return Line(what, _run(middle[ours]), f"{peer} {_run(middle[peer])}", ratio, floor, aim)

    def cost(what: str, ours: str, peer: str) -> Line:
        mine, theirs = middle[ours].cost, middle[peer].cost
        return Line(what, f"{mine:.0f} us", f"{peer} {theirs:.0f} us", theirs / mine)

    records = f"{given.records:,} records, {load.CONNECTIONS} connections"
    return [
        line(f"1 compare, Ed25519, audited; {records}", "ed25519", "datasette", 2, 4),
        line("2 compare, bound HMAC profile, audited", "hmac", "datasette", 5, 9),
        line("3 compare, Ed25519, audited", "ed25519", "plain, asgi", 0.8, 1.5),
        line("  the same, beside SELECT through RSGI", "ed25519", "plain, rsgi"),
        line("  the same, bound HMAC profile", "hmac", "plain, asgi"),
        line("  the same, Ed25519, records sealed with SM3", "sm", "datasette"),
        cost("  processor time an answer, Ed25519", "ed25519", "datasette"),
        cost("  the same, HMAC", "hmac", "datasette"),
        cost("  the same, Ed25519", "ed25519", "plain, asgi"),
        line("  compare under a row filter, beside a grant without", "limited", "ed25519"),
        cost("  processor time of the same", "limited", "ed25519"),
    ]


def _delivering(place: Place, given: argparse.Namespace) -> list[Line]:
    rows = given.rows
    table = county.people(rows)
    source = county.write(table, place.folder / "residents.csv")
    turned = county.write(table.take(list(range(rows - 1, -1, -1))), place.folder / "turned.csv")
    taken: dict[str, list[float]] = {}

    def took(what: str, seconds: float) -> None:
        taken.setdefault(what, []).append(seconds)

    def peer(way: str) -> None:
        seconds = delivering.dlt(place, PEERS, source, way=way, times=2, rows=rows)
        for time, each in enumerate(seconds):
            took(f"{way} {time}", each)
        print(f"  dlt ({way}): " + ", ".join(f"{each:.1f} s" for each in seconds), flush=True)

    def new(code: str, suite: str) -> None:
        places.publish(place, code, suite=suite)
        places.settle(place)
        seconds, stages = delivering.timed(place, code, source, key="first", rows=rows)
        took(suite, seconds)
        told = ", ".join(f"{stage} {each:.1f} s" for stage, each in stages.items())
        print(f"  {suite}: {seconds:.1f} s ({told})", flush=True)

    peer("rows")
    new(NATIONAL, "national")
    for number in range(given.rounds):
        peer("arrow")
        new(f"{MAIN}{number}", "international")
        places.settle(place)
        for what, file in (("again", source), ("turned", turned)):
            took(what, delivering.deliver(place, f"{MAIN}{number}", file, key=what, rows=rows))
    middle = {what: statistics.median(seconds) for what, seconds in taken.items()}

    def line(
        what: str, ours: str, way: str, time: int, floor: float | None = None, aim: float | None = None
    ) -> Line:
        mine, theirs = middle[ours], middle[f"{way} {time}"]
        shown = f"dlt ({way}) {rows / theirs:,.0f} rows/s, {theirs:.1f} s"
        return Line(what, f"{rows / mine:,.0f} rows/s, {mine:.1f} s", shown, theirs / mine, floor, aim)

    return [
        line(f"4 delivery of {rows:,} new rows", "international", "rows", 0, 1, 2),
        line("  the same, the peer's fastest way", "international", "arrow", 0, 1, 2),
        line("  the same, national suite (SM3, SM4)", "national", "rows", 0),
        line("5 the same snapshot, the very same file", "again", "rows", 1, 5, 10),
        line("  the same, the peer's fastest way", "again", "arrow", 1, 5, 10),
        line("  the same rows in another order", "turned", "rows", 1, 5, 10),
        line("  the same, the peer's fastest way", "turned", "arrow", 1, 5, 10),
    ]


def _rules(place: Place, given: argparse.Namespace) -> list[Line]:
    many, few = min(given.rows, RULE_ROWS), min(given.rows, SLOW_RULE_ROWS)
    large, made = rules.damage(county.people(many))
    small, _ = rules.damage(county.people(few))
    source = county.write(large, place.folder / "rules.csv")
    slow = county.write(small, place.folder / "rules_small.csv")
    mine = min(rules.ours(source) for _ in range(3))
    theirs = min(rules.frictionless(PEERS, slow, place.folder) for _ in range(2))
    assert mine[1:] == (many, made), mine
    assert theirs[1:] == (few, made), theirs
    ours, peer = mine[1] / mine[0], theirs[1] / theirs[0]
    return [
        Line(
            f"6 quality rules alone, {many:,} rows (the peer: {few:,})",
            f"{ours:,.0f} rows/s",
            f"frictionless {peer:,.0f} rows/s",
            ours / peer,
            8,
            20,
        )
    ]


def _memory(place: Place, given: argparse.Namespace) -> list[Line]:
    rows = given.memory_rows
    table = county.people(rows)
    lines = []
    for number, (kind, count) in enumerate(
        [("csv", rows), ("parquet", rows), ("arrow", rows), ("xlsx", min(rows // 2, 1_000_000))]
    ):
        code = f"bench/memory{number}"
        places.publish(place, code)
        source = memory.write(table.slice(0, count), place.folder / f"residents.{kind}")
        for key in ("first", "turned"):
            passed, most = memory.peak(place, code, source, key=key, rows=count)
            lines.append(
                Line(
                    f"{count:,} rows of {kind}, {key}, {passed:.0f} s",
                    f"{most / 2**20:,.0f} MiB at most",
                    "1 GiB",
                    memory.MOST / most,
                    1,
                    1,
                )
            )
            if key == "first":
                turned = table.slice(0, count).take(list(range(count - 1, -1, -1)))
                source = memory.write(turned, source)
        source.unlink()
    return lines


def _desk(place: Place, given: argparse.Namespace) -> list[Line]:
    began = perf_counter()
    differing, told = desk.fill(place, cases=given.cases)
    print(f"  {given.cases:,} cases in {perf_counter() - began:.0f} s: {', '.join(told)}", flush=True)
    print(f"  of a sample {differing} have other turns than the mechanism computes", flush=True)
    rows = [["officer", "page", "at once", "p50 ms", "p95 ms", "p99 ms", "Python ms", "PostgreSQL ms", "pages", ""]]
    rows += [times.shown() for times in desk.measure(place, seconds=given.seconds)]
    print(_table(rows), flush=True)
    return []


def _subjects(place: Place, given: argparse.Namespace) -> list[Line]:
    print(f"  {subjects.room(place.folder, entries=given.entries)}", flush=True)
    began = perf_counter()
    size = subjects.fill(place, entries=given.entries)
    print(f"  {given.entries:,} uses in {perf_counter() - began:.0f} s: {size}", flush=True)
    lines = []
    for who, times in subjects.measure(place, entries=given.entries).items():
        floors = (1, 1) if who == "a person" else (None, None)
        shown = f"p50 {times.p50 * 1000:.1f} ms, p95 {times.p95 * 1000:.1f} ms"
        what = f"the uses of {who}, {times.uses:,.0f} of {given.entries:,}"
        ratio = subjects.MOST_SECONDS / times.p95
        lines.append(Line(what, shown, f"{subjects.MOST_SECONDS * 1000:.0f} ms", ratio, *floors))
    return lines


def _run(run: Run) -> str:
    return f"{run.rate:,.0f}/s p50 {run.p50:.1f} p99 {run.p99:.1f} ms (wrk {run.shares['wrk']:.0%})"


def _table(rows: list[list[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(["", *lines, ""])


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m benchmarks")
    reader.add_argument("--records", type=int, default=2_000_000)
    reader.add_argument("--rows", type=int, default=1_000_000)
    reader.add_argument("--memory-rows", type=int, default=2_000_000)
    reader.add_argument("--cases", type=int, default=1_000_000)
    reader.add_argument("--entries", type=int, default=5_000_000)
    reader.add_argument("--seconds", type=float, default=10)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--beside", type=Path)
    reader.add_argument("--turns", type=int, default=5)
    parts = ("asking", "delivering", "memory", "rules", "desk", "subjects")
    reader.add_argument("--only", action="append", choices=parts)
    reader.add_argument(
        "--folder", type=Path, default=Path(__file__).parent / "results" / f"place-{os.getpid()}"
    )
    given = reader.parse_args()
    if given.beside is not None and given.only != ["asking"]:
        reader.error("--beside goes with --only asking")
    return given


def _peers() -> dict[str, str]:
    """Return the peers' versions; makes their venv where it is missing."""
    if not PEERS.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS.parents[1]], check=True)
        (PEERS.parents[1] / ".gitignore").write_text("*\n")
        pip = [PEERS, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", Path(__file__).with_name("requirements.txt")], check=True)
    asked = "from importlib.metadata import version as v; print(*(v(n) for n in ('datasette','dlt','frictionless')))"
    said = subprocess.run([PEERS, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(("datasette", "dlt", "frictionless"), said, strict=True))


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
