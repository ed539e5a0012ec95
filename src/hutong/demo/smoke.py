"""The whole main job through the real doors, each step told with its count and its time."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hutong.audit import export, verify
from hutong.client import Context, Hutong, Refusal, keys
from hutong.db.database import Database
from hutong.demo import fill
from hutong.demo.fill import Filled
from hutong.demo.founding import DEVICE, MATTER, PURPOSE, SYSTEM, USER
from hutong.installation.opening import Installation
from hutong.plane.definition import Mode
from hutong.terminal.speaking import language, say


class StepFailed(Exception):
    """A step of the smoke walk did not do what it must."""


@dataclass(slots=True)
class Walk:
    """The steps walked so far: what, how many, how long."""

    rows: list[tuple[str, str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Time a step; it tells its count through what is yielded."""
        told: list[str] = []
        start = time.perf_counter()
        yield told.append
        self.rows.append((name, told[-1] if told else "", time.perf_counter() - start))

    def show(self, console: Console) -> None:
        """Print the steps as a table."""
        heads = (say(f"demo.smoke.head.{head}") for head in ("step", "result", "seconds"))
        table = Table(*heads, title=say("demo.smoke.title"))
        for name, told, seconds in self.rows:
            table.add_row(name, told, f"{seconds:.2f}")
        console.print(table)


def client(installation: Installation, filled: Filled, *, user: str = USER, device: str = DEVICE) -> Hutong:
    """Return the consumer's client, with everything it pins."""
    settings = installation.settings
    return Hutong(
        f"http://{settings.host}:{settings.gateway_port}",
        keyid=SYSTEM,
        key=keys.load(filled.folder / f"{SYSTEM}.key"),
        context=Context(user, device, PURPOSE, MATTER),
        log_verifier=installation.log_verifier,
        platform_key=installation.reply_public_key,
        bookmarks=filled.folder / "client.json",
        now=installation.clock,
    )


def walk(installation: Installation, filled: Filled, *, console: Console) -> None:
    """Compare, query, subscribe, be refused, prove, export and verify; raises StepFailed naming the step."""
    steps = Walk()
    for receipt, seconds in filled.deliveries:
        counts = {"sent": receipt.sent, "taken": receipt.accepted, "not": receipt.rejected}
        told = say("demo.smoke.counts", **counts)
        steps.rows.append((say("demo.smoke.step.deliver", code=receipt.code), told, seconds))
    with client(installation, filled) as hutong:
        leaf = _compare(steps, hutong, filled)
        _query(steps, hutong, filled)
        _follow(steps, hutong, filled)
        _refused(steps, installation, filled)
        with steps.step(say("demo.smoke.step.prove")) as tell:
            proven = hutong.prove(leaf, wait_seconds=30)
            told = "demo.smoke.leaf"
            tell(say(told, index=proven.index, size=proven.checkpoint.size))
    shutil.rmtree(filled.folder / "export", ignore_errors=True)  # of the walk before
    _export(steps, installation, filled.folder / "export")
    steps.show(console)


def _must(true: bool, what: str, **facts: object) -> None:
    if not true:
        raise StepFailed(say(what, **facts))


def _compare(steps: Walk, hutong: Hutong, filled: Filled) -> str:
    people = filled.people.slice(0, 50).to_pylist()
    with steps.step(say("demo.smoke.step.compare")) as tell:
        claims = [
            ((each["resident_number"],), {"name": each["name"], "birth_date": str(each["birth_date"])})
            for each in people
        ]
        told = hutong.compare(filled.grants[Mode.COMPARE], claims)
        agree = [{"name": "match", "birth_date": "match"}] * len(people)
        _must(told.verdicts == agree, "demo.smoke.must.agree")
        tell(say("demo.smoke.agree", count=len(people)))
    with steps.step(say("demo.smoke.step.absent")) as tell:
        number = people[0]["resident_number"]
        absent = fill.counties.make_residents(1, seed=9, region="110101").column("resident_number")[0].as_py()
        told = hutong.compare(
            filled.grants[Mode.COMPARE], [((number,), {"name": "不是此人"}), ((absent,), {"name": "不是此人"})]
        )
        _must(told.verdicts == [{"name": "mismatch"}] * 2, "demo.smoke.must.differ")
        tell(say("demo.smoke.differ"))
    return told.leaf


def _query(steps: Walk, hutong: Hutong, filled: Filled) -> None:
    with steps.step(say("demo.smoke.step.query")) as tell:
        household = filled.people.column("household")[0].as_py()
        page = hutong.query(filled.grants[Mode.QUERY], [("household", household)], items=["street", "address"])
        count = filled.people.column("household").to_pylist().count(household)
        found = "demo.smoke.must.found"
        _must(len(page.rows) == count, found, count=count, got=len(page.rows))
        tell(say("demo.smoke.records", count=count))


def _follow(steps: Walk, hutong: Hutong, filled: Filled) -> None:
    with steps.step(say("demo.smoke.step.subscribe")) as tell:
        taken = {each.id for page in hutong.follow(filled.grants[Mode.SUBSCRIBE]) for each in page if each.op == "put"}
        again = sum(len(page) for page in hutong.follow(filled.grants[Mode.SUBSCRIBE]))
        _must(again == 0, "demo.smoke.must.be_current")
        tell(say("demo.smoke.records" if taken else "demo.smoke.no_change", count=len(taken)))


def _refused(steps: Walk, installation: Installation, filled: Filled) -> None:
    step = steps.step(say("demo.smoke.step.refuse"))
    with step as tell, client(installation, filled, device="unknown-device") as other:
        try:
            other.query(filled.grants[Mode.QUERY], [("household", "x")])
        except Refusal as refusal:
            tell(str(refusal.facts["code"]))
        else:
            raise StepFailed(say("demo.smoke.must.refuse"))


def _export(steps: Walk, installation: Installation, folder: Path) -> None:
    from hutong.control.units import queries as members  # Django is set up once the county is filled

    actor = members.actor("auditor", now=installation.clock())
    auditor = Database(installation.database_url, role="auditor", size=1)
    try:
        with steps.step(say("demo.smoke.step.export")) as tell:
            vkey, *later = installation.log_keys.vkeys
            now, seats = installation.clock(), actor.platform_seats
            export.export(auditor, folder, now=now, by=actor.officer, seats=seats, vkey=vkey, later_vkeys=later)
            tell(folder.name)
    finally:
        auditor.close()
    with steps.step(say("demo.smoke.step.verify")) as tell:
        report = verify.verify(folder, now=datetime.now(UTC), vkey=installation.log_verifier)
        faults = [fault.say(language=language()) for fault in report.faults[:3]]
        _must(not faults, "demo.smoke.must.verify", faults=" ".join(faults))
        tell(say("demo.smoke.no_fault"))
