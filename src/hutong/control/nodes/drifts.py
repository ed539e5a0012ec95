"""Reads of drifts: servers that told another digest than that of what they declare (SX-14-a)."""

from datetime import datetime

from django.db.models import QuerySet

from hutong.control.nodes import queries, rules, standing
from hutong.control.nodes.lifecycle import DRIFT
from hutong.control.nodes.models import FrontEndServer, ServerDrift
from hutong.control.nodes.queries import ServerFilters
from hutong.control.nodes.standing import Standing
from hutong.control.procedures.queries import PAGE, in_order
from hutong.control.units.rules import Actor
from hutong.core.counting import COUNTED


def drift(no: str, *, actor: Actor) -> ServerDrift:
    """Return one drift; raises NoSuchDrift, also where the actor may not see it."""
    found = ServerDrift.objects.select_related("server__unit").filter(no=no).first()
    if found is None or not queries.reads(DRIFT.name, no, found.server.unit, actor):
        raise rules.NoSuchDrift(no=no)
    return found


def editable(case: ServerDrift, *, actor: Actor) -> bool:
    """Whether the actor may change what a drift says: nobody may, it is as it was found."""
    return False


def to_be_found(*, now: datetime) -> list[tuple[FrontEndServer, Standing]]:
    """Return the servers that drift and of which no case says so yet, with what each says of itself."""
    signing = FrontEndServer.objects.filter(state="ACTIVE").exclude(facts__system="").select_related("unit")
    servers = list(signing.order_by("id"))
    told = standing.of(servers, now=now)
    drifting = [(each, told[each.no]) for each in servers if told[each.no].differs and not told[each.no].under_way]
    there = ServerDrift.objects.filter(server__in=[each.pk for each, _ in drifting])
    known = set(there.values_list("server_id", "digest", "since_at"))
    return [(each, of) for each, of in drifting if (each.pk, of.digest, of.since_at) not in known]


def drifts(
    actor: Actor, asked: ServerFilters, *, after: tuple[datetime, int] | None = None, oldest: bool = False,
    limit: int = PAGE,
) -> list[ServerDrift]:  # fmt: skip
    """Return a page of the drifts the actor may read, the newest first; `oldest` turns the order.

    Each of the words begins the number, or occurs in the server's code or name or the unit's name.
    """
    found = in_order(_fitting(actor, asked), after=after, oldest=oldest)
    return list(found.select_related("server__unit")[:limit])


def counted(actor: Actor, asked: ServerFilters, *, most: int = COUNTED + 1) -> int:
    """Return how many drifts fit, on all pages, counted up to `most`."""
    return _fitting(actor, asked)[:most].count()


def _fitting(actor: Actor, asked: ServerFilters) -> QuerySet[ServerDrift]:
    found = queries.of_servers(ServerDrift.objects.all(), actor, asked)
    return found.filter(state=asked.state) if asked.state else found
