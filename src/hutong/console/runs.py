"""What time did of late, at the command line: the newest run of every task, and those that failed."""

from collections.abc import Sequence

from rich.console import Console

from hutong.audit import runs
from hutong.console import opening
from hutong.core import beijing, labels
from hutong.core.beijing import BEIJING
from hutong.installation.opening import Installation
from hutong.terminal.screen import PlainTable
from hutong.terminal.speaking import say

TASKS = labels.subject_of("tasks")


def show(installation: Installation, *, console: Console) -> None:
    """Print the newest run of every task of the worker, and every one of late that failed or was left in the middle."""
    with opening.database(installation, role="auditor") as db, db.transaction() as cur:
        found = runs.latest(cur)
    console.print(table(found))


def table(found: Sequence[runs.Run]) -> PlainTable:
    """Return runs as a table: the task in words, its period and end by Beijing's clock, and how much it did."""
    heads = ("task", "period_from", "ended", "result", "what", "tries", "worker")
    shown = PlainTable(*(say(f"console.run.head.{head}") for head in heads))
    for run in found:
        ended = beijing.shown(run.ended_at) if run.ended_at else "—"
        period = f"{run.from_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        result = say(_RESULTS[run.result])
        task = say(f"tasks.{run.task}") if run.task in TASKS else run.task
        shown.add_row(task, period, ended, result, run.told or "", str(run.tries), run.worker)
    return shown


_RESULTS = {
    "done": "console.run.done",
    "failed": "console.run.failed",
    None: "console.run.open",
}
