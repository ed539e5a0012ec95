"""Which set a restore begins with, and which line of the database's log it follows from there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hutong.backup import timelines
from hutong.backup.place import BackupPlace, BackupSet
from hutong.backup.timelines import History, Timeline


def choose(
    at: BackupPlace, owner: Mapping[str, Any], fitting: Sequence[BackupSet], moment: datetime | None
) -> tuple[BackupSet, Timeline]:
    """Return the newest set from which the line goes on that holds a moment, and that line; of no moment the newest.

    A set of a server that was given up is none of a line that left it before; where no other is there, its own line is.
    """
    for chosen in reversed(fitting):
        histories = timelines.known(at.log(chosen.system))
        of_segments = {each.timeline for each in at.segments(chosen.system)}
        wanted = _timeline(owner, histories, moment) or max({chosen.timeline, *histories, *of_segments})
        if (line := timelines.of(histories, wanted)).includes(chosen.timeline, chosen.stop_lsn):
            return chosen, line
    chosen = fitting[-1]
    return chosen, timelines.after(at, chosen)


def _timeline(owner: Mapping[str, Any], histories: Mapping[int, History], moment: datetime | None) -> int | None:
    """Return on which line of the database's log a moment lies; None for the newest there is.

    An instance that was put back has what was before on its line up to where that ended: what the one before it wrote
    after that, until this one began, is on that one's line alone.
    """
    if moment is None:
        return None
    found = [(int((each["restored_from"] or {}).get("timeline", 1)), each) for each in owner["instances"]]
    by_timeline = dict(found)
    for timeline, each in reversed(found):
        if _is_of(timeline, by_timeline, histories, moment):
            return None if each is found[-1][1] else timeline
    return found[0][0]


def _is_of(
    timeline: int, instances: Mapping[int, Mapping[str, Any]], histories: Mapping[int, History], moment: datetime
) -> bool:
    each = instances.get(timeline)
    if each is None or moment >= datetime.fromisoformat(each["since"]):
        return each is not None
    came = each["restored_from"]
    if not came or moment > datetime.fromisoformat(came["at"] or came["until"]):
        return False
    before = histories.get(timeline, ())
    parent = before[-1][0] if before else max((other for other in instances if other < timeline), default=0)
    return _is_of(parent, instances, histories, moment)
