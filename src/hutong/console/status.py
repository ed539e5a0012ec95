"""What lies where and who runs, at the command line: for people line by line, for programs as JSON; no secret in it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hutong.backup import standing
from hutong.console import opening
from hutong.core import beijing
from hutong.installation import whereabouts
from hutong.installation.identity import EMBEDDED
from hutong.installation.whereabouts import Piece, Whereabouts
from hutong.settings import Settings
from hutong.terminal import speaking
from hutong.terminal.screen import Screen
from hutong.terminal.speaking import say

UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def show(settings: Settings, *, as_json: bool, console: Screen) -> None:
    """Print it. Raises what `whereabouts.look` raises."""
    found = whereabouts.look(settings, now=datetime.now(UTC), wanting=standing.wanting)
    if as_json:
        console.out(json.dumps(as_plain(found, settings), ensure_ascii=False, indent=1), highlight=False)
        return
    for code, facts in _lines(found, settings):
        speaking.show(console, code, **facts)
    for problem in found.problems:
        opening.warn(problem)


def as_plain(found: Whereabouts, settings: Settings) -> dict[str, Any]:
    """Return it as plain values, whose names only grow."""
    own = found.identity
    return {
        "version": found.version,
        "county": settings.county,
        "data": found.data,
        "platform": str(own.platform) if own else None,
        "instance": str(own.instance) if own else None,
        "folder": {"state": found.state, "original": found.original},
        "training": found.training,
        "database": {"address": found.database, "process": found.database_process},
        "running": None if found.running is None else {**asdict(found.running), "doors": dict(found.running.doors)},
        "log": {"name": found.log_name, **(asdict(found.log) if found.log else {})},
        "backup": None if found.backup is None else {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(found.backup).items()
        },
        "pieces": [asdict(each) for each in found.pieces],
        "left": list(found.left),
        "problems": [
            {"code": each.code, "facts": {name: str(fact) for name, fact in each.facts.items()}}
            for each in found.problems
        ],
    }


def _lines(found: Whereabouts, settings: Settings) -> Iterator[tuple[str, dict[str, object]]]:
    yield "status.version", {"version": found.version, "county": settings.county, "data": found.data}
    if found.identity is not None:
        yield "status.identity", {"platform": str(found.identity.platform), "instance": str(found.identity.instance)}
    yield f"status.folder.{found.state}", {"original": found.original or ""}
    if found.training:
        yield "status.training", {}
    yield from _running(found)
    yield from _log(found)
    yield from _backup(found)
    yield "status.pieces", {}
    for piece in found.pieces:
        yield ("status.inside" if piece.inside else "status.outside"), _piece(piece)
    for cluster in found.left:
        yield "status.left", {"cluster": cluster}


def _running(found: Whereabouts) -> Iterator[tuple[str, dict[str, object]]]:
    if (up := found.running) is None:
        yield "status.doors.none", {}
    else:
        doors = ", ".join(" ".join((say(f"status.door.{name}"), str(process))) for name, process in up.doors)
        facts = {"process": up.process, "host": up.host, "port": up.port, "gateway_port": up.gateway_port}
        yield "status.doors.up", {**facts, "doors": doors or "—"}
    if found.database != EMBEDDED:
        yield "status.database.foreign", {"address": found.database}
    elif found.database_process is None:
        yield "status.database.stopped", {}
    else:
        yield "status.database.running", {"process": found.database_process}


def _log(found: Whereabouts) -> Iterator[tuple[str, dict[str, object]]]:
    if found.log is None:
        yield "status.log.empty", {"name": found.log_name}
        return
    told = "status.log.checkpoint" if found.log.from_database else "status.log.head"
    at = _moment(datetime.fromisoformat(found.log.at)) if found.log.at else "—"
    yield told, {"name": found.log.name, "size": found.log.size, "at": at}


def _backup(found: Whereabouts) -> Iterator[tuple[str, dict[str, object]]]:
    if (last := found.backup) is None:
        return
    if last.number is None:
        yield "status.backup.none", {"folder": last.folder}
    else:
        times = {"ended": _moment(last.ended_at), "read": _moment(last.read_back_at)}
        yield "status.backup.last", {"folder": last.folder, "number": last.number, **times}
    yield "status.backup.received", {"received": _moment(last.received_at)}


def _moment(at: datetime | None) -> str:
    return beijing.shown(at) if at else "—"


def _piece(piece: Piece) -> dict[str, object]:
    return {"what": say(f"status.piece.{piece.what}"), "where": piece.where, "bytes": _size(piece.bytes)}


def _size(size: int | None) -> str:
    if size is None:
        return say("status.unseen")
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.0f} {UNITS[unit]}" if unit < 2 else f"{amount:.1f} {UNITS[unit]}"
