"""What messages and consultations are about, by name: cases, grants, resources, units, systems."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from hutong.control.procedures.messages import STOPPING, Message
from hutong.control.procedures.procedure import installed
from hutong.db import sql

statements = sql.load(__package__, "message_names.sql")

Named = Mapping[tuple[str, str], str]
"""What a message is about, as `about` has it → its name."""
GRANTS = ("plane.grant_", "grant.")
"""How events begin that are about a grant."""


def about(message: Message) -> tuple[str, str]:
    """Return what a message is about: the lifecycle and the number of a case, or what it is else and its code."""
    if message.lifecycle:
        return message.lifecycle, message.case
    if message.event in STOPPING:
        return message.action, message.about
    return ("grant" if message.event.startswith(GRANTS) else "resource"), message.about


def names(found: Sequence[Message]) -> Named:
    """Return the names of what messages are about: a few statements, however many they are; what is gone has none."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for kind, code in map(about, found):
        wanted[kind].add(code)
    cases = {kind: wanted.pop(kind) for kind in installed() if kind in wanted}
    told = dict(of_cases((kind, number) for kind, numbers in cases.items() for number in numbers))
    if any(wanted.values()):
        kinds = ("grant", "resource", "unit", "system")
        with connection.cursor() as cur:
            cur.execute(statements.names, {f"{kind}s": sorted(wanted[kind]) for kind in kinds})
            told |= {(kind, code): name for kind, code, name in cur.fetchall()}
    return told


def of_cases(asked: Iterable[tuple[str, str]]) -> Named:
    """Return the titles of cases, each asked for by its lifecycle and its number."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for lifecycle, number in asked:
        wanted[lifecycle].add(number)
    told: dict[tuple[str, str], str] = {}
    for lifecycle, numbers in wanted.items():
        procedure = installed()[lifecycle]
        found = list(procedure.cases(numbers))
        told |= {(lifecycle, seen.number): seen.title for seen in procedure.seen(found)} if found else {}
    return told
