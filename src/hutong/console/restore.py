"""What the commands of the day the server is lost do: the platform comes back, or the keys alone that were lost."""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from hutong.backup import apart, place, recovery, restoring, taking
from hutong.backup.place import BackupPlace, Owner
from hutong.backup.recovery import Recovery, RecoveryRefused
from hutong.backup.restoring import Restored, RestorePlan
from hutong.console import asking, opening
from hutong.core import beijing
from hutong.core.beijing import BEIJING
from hutong.core.errors import Problem
from hutong.installation import finding
from hutong.installation import keys as own_keys
from hutong.settings import Settings, clock, keep, kept, read

MIB = 1 << 20
TRIES = 3
"""How often an officer may type the passphrase at a terminal."""
FRESH_SECONDS = 600
"""Where the second place was written to so lately, the lost platform may run still: that is said."""


def whole(
    root: Path, *, data: Path, at: datetime | None, number: int | None, wrapped: Path | None, again: bool
) -> None:
    """Put a platform back into `data` and print what came back, what is lost, and what is to be done next.

    Raises PlaceInside, and what `place.find`, `restoring.plan`, `recovery.read`, `recovery.opened` and
    `restoring.restore` raise.
    """
    began, moment = clock()(), at and at.replace(tzinfo=at.tzinfo or BEIJING)
    found = place.find(root)
    apart.check(found.folder.absolute().parent, data)  # whichever of the two was named
    plan = restoring.plan(found, moment=moment, number=number, again=again)
    settings = read({}, data=data)
    _tell_plan(plan, now=began)
    copy, content = _opened(found, wrapped)
    shown, plan = plan, restoring.believed(plan, content)
    for doubt in plan.doubts:
        opening.warn(doubt)
    if (plan.chosen.folder, plan.until) != (shown.chosen.folder, shown.until):
        _tell_plan(plan, now=began)
    restored = restoring.restore(
        settings, plan, content, by=copy.officers, told=lambda step: opening.show(f"console.restore.{step}")
    )
    _settle(settings, root, restored)
    _tell(settings, restored, seconds=round((clock()() - began).total_seconds()))


def keys(root: Path, *, data: Path, wrapped: Path | None) -> None:
    """Bring back the keys that a folder has lost, and print which they were; what is there stays as it is.

    Raises PlatformMissing, KeysOfAnother, and what `place.find`, `recovery.read` and `recovery.opened` raise.
    """
    finding.check_identity(data.absolute())
    _, content = _opened(None if wrapped else place.find(root), wrapped)
    restoring.check_keys(data.absolute(), content)
    written = recovery.put_back(content, data.absolute(), lost_alone=True)
    for name in written:
        opening.show("console.restore.key_back", file=data.absolute() / name)
    opening.show("console.restore.keys_back", count=len(written))


def passphrases(officers: tuple[str, str]) -> Mapping[str, str]:
    """Return the passphrase of each of the two officers, who are asked in their order."""
    return {name: asking.passphrase(name, number=number) for number, name in enumerate(officers, 1)}


def _opened(at: BackupPlace | None, wrapped: Path | None) -> tuple[Recovery, dict[str, bytes]]:
    path = wrapped if wrapped is not None or at is None else at.folder / recovery.FILE
    assert path is not None
    copy = recovery.read(path)
    one, other = copy.officers
    opening.show("console.restore.copy", at=beijing.shown(copy.wrapped_at), one=one, other=other)
    return copy, _unlocked(copy)


def _unlocked(copy: Recovery) -> dict[str, bytes]:
    """Return the keys; at a terminal an officer whose passphrase was refused types it again, up to TRIES times.

    Raises what `recovery.opened` raises, and PassphraseNotGiven.
    """
    typed, tries = dict(passphrases(copy.officers)), dict.fromkeys(copy.officers, 1)
    while True:
        try:
            return recovery.opened(copy, passphrases=typed)
        except RecoveryRefused as refused:
            officer = refused.facts["officer"]
            number = copy.officers.index(officer) + 1
            if tries[officer] >= TRIES or not asking.sits_there(number):
                raise
            opening.warn(refused)
            tries[officer] += 1
            typed[officer] = asking.passphrase(officer, number=number)


def _settle(settings: Settings, root: Path, restored: Restored) -> None:
    """Have the second place know whose it is now, and the folder where it lies."""
    named = own_keys.named(settings)
    county = kept(settings.data).get("HUTONG_COUNTY") or restored.plan.owner["county"]  # which the keys' copy brought
    own = Owner(
        str(restored.identity.platform), str(restored.identity.instance), county, named.log_name,
        socket.gethostname(), str(settings.data),
    )  # fmt: skip
    keep(settings.data, {"HUTONG_BACKUP": str(restored.plan.place.folder.parent)})
    try:
        with taking.writing(restored.plan.place):
            place.take_over(
                restored.plan.place, own, restored_from=restoring.restored_from(restored), now=datetime.now(UTC)
            )
    except Problem as away:  # all came back; the next backups wait until that is settled
        opening.warn(away)


def _tell_plan(plan: RestorePlan, *, now: datetime) -> None:
    chosen, facts = plan.chosen, {"county": plan.owner["county"], "log": plan.owner["log_name"]}
    ended = beijing.shown(chosen.ended_at)
    opening.show("console.restore.plan", **facts, number=chosen.number, ended=ended, mib=chosen.bytes // MIB)
    opening.show("console.restore.until", until=beijing.shown(plan.at or plan.until))
    seconds = (now - plan.until).total_seconds()
    if seconds < FRESH_SECONDS:
        last = plan.owner["instances"][-1]
        facts = {"seconds": round(max(seconds, 0)), "machine": last["machine"], "folder": last["folder"]}
        opening.show("console.restore.fresh", **facts)


def _tell(settings: Settings, restored: Restored, *, seconds: int) -> None:
    found = restored.evidence
    opening.show("console.restore.done", data=settings.data, mib=restored.bytes // MIB, seconds=seconds)
    if restored.unreachable is not None:
        opening.warn(restoring.LogBroken(segment=restored.unreachable))
    if restored.keys_wanting:
        opening.warn(restoring.KeysWanting(wanting=", ".join(restored.keys_wanting)))
    committed = beijing.shown(found.committed_at)
    opening.show("console.restore.back", until=beijing.shown(restored.until), committed=committed, stored=found.stored)
    signed = "?" if found.signed is None else found.signed
    opening.show("console.restore.lost", signed=signed, lost=found.lost)
    opening.show("console.restore.next_own" if restored.own_heads else "console.restore.next", data=settings.data)
