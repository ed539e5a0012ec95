"""A file handed in at the command line: its manifest is made here, its receipt printed."""

import hashlib
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from hutong.core import text
from hutong.db.database import Database
from hutong.installation import address
from hutong.installation.opening import Installation
from hutong.plane import tables
from hutong.plane.delivery import ledger, loading, merging, reading, rejections
from hutong.plane.keys import Keyring
from hutong.terminal import speaking
from hutong.terminal.speaking import language, say


def deliver(
    installation: Installation,
    *,
    resource: str,
    file: Path,
    key: str | None,
    changes: bool,
    confirm: bool,
    console: Console,
) -> loading.DeliveryReceipt:
    """Load `file` into `resource` for the operator, show how far it is, print the receipt and return it.

    `key` is the provider's own name for the delivery; without one the file's digest is, so that the same file
    is never loaded twice. Raises what `plane.loading.load` raises.
    """
    begun = installation.clock()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say("交付入库 / delivering"), total=None)

        def tell(stage: str, rows: int) -> None:
            bar.update(task, description=say(_STAGES.get(stage, stage)), completed=rows)

        receipt = hand_in(
            installation,
            resource=resource,
            file=file,
            key=key,
            changes=changes,
            by="operator",
            confirmed_by="operator" if confirm else None,
            progress=tell,
        )
    show(receipt, console=console, begun=begun)
    if receipt.rejected:
        _show_rejected(installation, receipt, console=console)
    return receipt


def hand_in(
    installation: Installation,
    *,
    resource: str,
    file: Path,
    key: str | None,
    by: str,
    changes: bool = False,
    confirmed_by: str | None = None,
    progress: loading.Progress | None = None,
) -> loading.DeliveryReceipt:
    """Make the manifest of `file` from the file itself, load it into `resource` and return the receipt.

    For a file that lies here; a provider elsewhere says itself what it sends. Raises what `plane.loading.load` raises.
    """
    db = Database(installation.database_url, role="plane", size=2)
    try:
        with db.transaction() as cur:
            definition = tables.version(cur, code=resource).definition
            ledger.admit(cur, code=resource)
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        read = reading.blocks(file, definition=definition, changes=changes)
        manifest = loading.Manifest(
            code=resource,
            key=key or digest[:32],
            kind="changes" if changes else "snapshot",
            rows=sum(block.batch.num_rows + len(block.unreadable) for block in read),
            sha256=digest,
        )
        return loading.load(
            db,
            source=file,
            manifest=manifest,
            keyring=Keyring.load(installation.keyring_path),
            now=installation.clock(),
            by=by,
            progress=progress,
            confirmed_by=confirmed_by,
            spool=installation.settings.spool,
        )
    finally:
        db.close()


_STAGES = {
    "read": "读取 / read",
    "prepared": "检查与密封 / checked and sealed",
    "copied": "写入 / written",
    "merged": "合并 / merged",
}


_HELD = (
    "批次 {key} 已暂存，尚未入库。{why}确认无误后加 --confirm 重新提交。"
    " / Delivery {key} is held and not loaded. {why} If it is right, send it again with --confirm."
)
_LOADED = (
    "批次 {key} {state}：报送 {sent} 行，接收 {accepted} 行，退回 {rejected} 行；"
    "新增 {inserted}，更新 {updated}，删除 {deleted}。"
    " / Delivery {key} {state}: {sent} rows sent, {accepted} taken, {rejected} rejected;"
    " {inserted} inserted, {updated} updated, {deleted} deleted."
)
_NOW = "已入库 / is loaded"


def show(receipt: loading.DeliveryReceipt, *, console: Console, begun: datetime) -> None:
    """Print the receipt of a delivery begun at a moment, as an officer reads it."""
    if receipt.state == "held":
        waits = merging.waiting(receipt.reason or "", held=receipt.held_rows, removed=receipt.removed_rows)
        line = say(_HELD, key=receipt.key, why=text.say(waits, language=language()).message)
    else:
        before = receipt.loaded_at is not None and receipt.loaded_at < begun
        line = say(
            _LOADED,
            key=receipt.key,
            state=say("此前已经入库，未重复入库 / was loaded before and is not loaded twice" if before else _NOW),
            sent=receipt.sent,
            accepted=receipt.accepted,
            rejected=receipt.rejected,
            inserted=receipt.inserted,
            updated=receipt.updated,
            deleted=receipt.deleted,
        )
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _show_rejected(installation: Installation, receipt: loading.DeliveryReceipt, *, console: Console) -> None:
    """Print the first rejected rows of a delivery as its provider's officers see all of them, and where they do."""
    db = Database(installation.database_url, role="plane")
    try:
        with db.transaction() as cur:
            definition = tables.version(cur, code=receipt.code, version=receipt.version).definition
            found = rejections.rejected(cur, code=receipt.code, key=receipt.key, provider=definition.provider)
    finally:
        db.close()
    heads = ("文件第几行 / row", "信息项 / item", "规则 / rule", "原因 / why")
    table = Table(*map(say, heads), title=say("退回的行 / Rejected rows"), title_justify="left")
    items = {item.code: item for item in definition.items}
    for each in rejections.told(found[:_SHOWN], items, language=language()):
        rule = say(_RULES.get(each.row.rule, each.row.rule))
        table.add_row(str(each.row.number), each.item or "—", rule, each.why)
    console.print(table)
    settings = address.where(installation.settings)
    place = f"{language()}/desk/deliveries/{receipt.code}/rejected/{receipt.key}/"
    speaking.show(console, _REST, page=f"http://{settings.host}:{settings.port}/{place}")


_SHOWN = 5
_REST = (
    "全部退回的行见网页（提供方人员登录）：{page} / The provider's officers see all of them on the page: {page}"
)
_RULES = {"required": "必填 / required", "key": "主键唯一 / one record a key", "row": "整行 / whole row"}
