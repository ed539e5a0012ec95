"""The whole main job through the real doors, each step told with its count and its time."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hutong.audit import export, verify
from hutong.client import Context, Hutong, Refusal
from hutong.client.keys import load as load_key
from hutong.db.database import Database
from hutong.demo import fill
from hutong.demo.fill import DEVICE, MATTER, PURPOSE, SYSTEM, USER, Filled
from hutong.installation import Installation
from hutong.plane.definition import Mode


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
        table = Table("步骤", "结果", "用时（秒）", title="主流程")
        for name, told, seconds in self.rows:
            table.add_row(name, told, f"{seconds:.2f}")
        console.print(table)


def client(installation: Installation, filled: Filled, *, user: str = USER, device: str = DEVICE) -> Hutong:
    """Return the consumer's client, with everything it pins."""
    settings = installation.settings
    return Hutong(
        f"http://{settings.host}:{settings.gateway_port}",
        keyid=SYSTEM,
        key=load_key(filled.folder / f"{SYSTEM}.key"),
        context=Context(user, device, PURPOSE, MATTER),
        log_verifier=installation.log_signer.verifier,
        platform_key=installation.reply_public_key,
        store=filled.folder / "client.json",
        now=installation.clock,
    )


def walk(installation: Installation, filled: Filled, *, console: Console) -> None:
    """Compare, query, subscribe, be refused, prove, export and verify; raises StepFailed naming the step."""
    steps = Walk()
    for receipt, seconds in filled.deliveries:
        counts = f"报送 {receipt.sent} 接收 {receipt.accepted} 退回 {receipt.rejected}"
        steps.rows.append((f"交付 {receipt.code}", counts, seconds))
    with client(installation, filled) as hutong:
        leaf = _compare(steps, hutong, filled)
        _query(steps, hutong, filled)
        _follow(steps, hutong, filled)
        _refused(steps, installation, filled)
        with steps.step("证明：回执已入树") as tell:
            proven = hutong.prove(leaf, wait_seconds=30)
            tell(f"叶子序号 {proven.index}，检查点 {proven.checkpoint.size} 条")
    shutil.rmtree(filled.folder / "export", ignore_errors=True)  # of the walk before
    _export(steps, installation, filled.folder / "export")
    steps.show(console)


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise StepFailed(what)


def _compare(steps: Walk, hutong: Hutong, filled: Filled) -> str:
    people = filled.people.slice(0, 50).to_pylist()
    with steps.step("比对：50 人姓名、出生日期") as tell:
        claims = [
            ((each["resident_number"],), {"name": each["name"], "birth_date": str(each["birth_date"])})
            for each in people
        ]
        told = hutong.compare(filled.grants[Mode.COMPARE], claims)
        _must(told.verdicts == [{"name": "match", "birth_date": "match"}] * len(people), "比对应全部一致")
        tell(f"{len(people)} 条一致")
    with steps.step("比对：不符者与不存在者不可区分") as tell:
        number = people[0]["resident_number"]
        absent = fill.counties.make_residents(1, seed=9, region="110101").column("resident_number")[0].as_py()
        told = hutong.compare(
            filled.grants[Mode.COMPARE], [((number,), {"name": "不是此人"}), ((absent,), {"name": "不是此人"})]
        )
        _must(told.verdicts == [{"name": "mismatch"}] * 2, "不符与不存在应同为不一致")
        tell("2 条不一致")
    return told.leaf


def _query(steps: Walk, hutong: Hutong, filled: Filled) -> None:
    with steps.step("查询：一户之人") as tell:
        household = filled.people.column("household")[0].as_py()
        page = hutong.query(filled.grants[Mode.QUERY], [("household", household)], items=["street", "address"])
        count = filled.people.column("household").to_pylist().count(household)
        _must(len(page.rows) == count, f"应查得 {count} 人，实得 {len(page.rows)} 人")
        tell(f"{count} 条")


def _follow(steps: Walk, hutong: Hutong, filled: Filled) -> None:
    with steps.step("订阅：企业全量与变化") as tell:
        taken = {each.id for page in hutong.follow(filled.grants[Mode.SUBSCRIBE]) for each in page if each.op == "put"}
        again = sum(len(page) for page in hutong.follow(filled.grants[Mode.SUBSCRIBE]))
        _must(again == 0, "再次跟随应无新变化")
        tell(f"{len(taken)} 条" if taken else "上次之后无变化")


def _refused(steps: Walk, installation: Installation, filled: Filled) -> None:
    with steps.step("拒绝：未登记的设备") as tell, client(installation, filled, device="unknown-device") as other:
        try:
            other.query(filled.grants[Mode.QUERY], [("household", "x")])
        except Refusal as refusal:
            tell(str(refusal.facts["code"]))
        else:
            raise StepFailed("未登记的设备应被拒绝")


def _export(steps: Walk, installation: Installation, folder: Path) -> None:
    auditor = Database(installation.database_url, role="auditor", size=1)
    try:
        with steps.step("导出存证日志") as tell:
            vkey = installation.log_signer.verifier
            export.export(auditor, folder, now=installation.clock(), by="auditor", vkey=vkey)
            tell(folder.name)
    finally:
        auditor.close()
    with steps.step("离线核验") as tell:
        report = verify.verify(folder, vkey=installation.log_signer.verifier)
        _must(not report.faults, f"核验发现问题：{report.faults[:3]}")
        tell("无差错")
