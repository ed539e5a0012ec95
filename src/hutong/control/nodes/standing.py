"""What a registered server says of itself, beside what it declares: heard through the gateway, compared here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from hutong.control.nodes import rules
from hutong.control.nodes.lifecycle import UNUSED
from hutong.control.nodes.models import DeclaredVersion, FrontEndServer, ServerChange
from hutong.control.rulebook import queries as rulebooks
from hutong.core import beijing
from hutong.db import database
from hutong.plane import front_ends, registers
from hutong.plane.front_ends import HeardServer

SILENT_MINUTES = "node.silent_minutes"
"""Name in the rulebook of how long nothing may be heard of a server that is not lost."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a registered server says of itself, beside what it declares: computed, and judged by nobody here."""

    signs: bool
    """Whether it declares as which system it signs; else nothing is heard of it."""
    heard_at: datetime | None = None
    lost: bool = False
    """Whether it was heard once, and not for longer than the rulebook lets pass (SX-13-b)."""
    digest: str = ""
    """The digest it tells of what it finds; empty where it told none."""
    since_at: datetime | None = None
    """Since when it tells that one."""
    differs: bool = False
    """Whether that is not the digest of what it declares (SX-14-a)."""
    under_way: bool = False
    """Whether a change of it is in its window or was carried out, and explains that."""


def of(servers: Sequence[FrontEndServer], *, now: datetime) -> Mapping[str, Standing]:
    """Return what each of these servers says of itself, by number: three statements, however many they are.

    What it told last before it declared what it declares now says nothing of that.
    """
    signing = {each.no: str(each.facts.get("system") or "") for each in servers}
    with transaction.atomic(), database.joined(connection) as cur:
        heard = front_ends.heard(cur, systems={code for code in signing.values() if code})
    changes = ServerChange.objects.filter(server__in=[each.pk for each in servers], state__in=("IN_WINDOW", "EXECUTED"))
    under_way = set(changes.values_list("server_id", flat=True))
    versions = DeclaredVersion.objects.filter(server__in=[each.pk for each in servers]).values("server")
    declared = dict(versions.annotate(Max("from_at")).values_list("server", "from_at__max"))
    minutes: dict[str, int] = {}
    for region in {each.unit.region_code for each in servers}:
        minutes[region] = rulebooks.in_force(beijing.day(now), region=region).number(SILENT_MINUTES)
    return {
        each.no: _standing(
            each, heard.get(signing[each.no]), signs=bool(signing[each.no]), under_way=each.pk in under_way, now=now,
            declared_at=declared.get(each.pk), minutes=minutes[each.unit.region_code],
        )
        for each in servers
    }  # fmt: skip


def _standing(
    server: FrontEndServer, heard: HeardServer | None, *, signs: bool, under_way: bool, now: datetime, minutes: int,
    declared_at: datetime | None,
) -> Standing:  # fmt: skip
    if heard is None:
        return Standing(signs)
    told = heard.digest if declared_at is not None and heard.told_at >= declared_at else ""
    return Standing(
        signs, heard.heard_at, rules.lost(heard.heard_at, now=now, minutes=minutes), told,
        heard.since_at, bool(told) and told != rules.digest(server.facts), under_way,
    )  # fmt: skip


def systems(unit: str) -> tuple[tuple[str, str], ...]:
    """Return the registered systems of a unit that are in use: code and name, by name."""
    with transaction.atomic(), database.joined(connection) as cur:
        return tuple(registers.in_use(cur, unit=unit, kind="systems"))


def signing_as(system: str, *, besides: str = "") -> FrontEndServer | None:
    """Return the server, under way or registered, that declares to sign as a system; not the one called `besides`."""
    there = FrontEndServer.objects.filter(facts__system=system).exclude(state__in=(*UNUSED, "RETIRED"))
    return there.exclude(no=besides).first()
