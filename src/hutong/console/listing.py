"""Lists at the command line: units, officers, grants and cases, a page at a time; Django is set up first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString

from django.utils import translation
from django.utils.translation import gettext, pgettext

from hutong.console.choosing import ListChoice
from hutong.control.procedures.procedure import installed
from hutong.control.units import powers, queries
from hutong.control.units.rules import KINDS, OFFICES, Actor
from hutong.core import beijing, labels, text
from hutong.core.errors import Malformed
from hutong.core.labels import Both, Language
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.plane.lifecycle import GRANT

statements = sql.load(__package__, "lists.sql")


class ListPlaceUnreadable(Malformed):
    """What follows {after} cannot be listed: that is no place at which a page ended."""


@dataclass(frozen=True, slots=True)
class PlainList:
    """What a list is made of: its statement, the columns that are its key and, where it has one, its moment."""

    statement: LiteralString
    key: str
    moment: str = ""


LISTS: Mapping[str, PlainList] = {
    "units": PlainList(statements.units, "code"),
    "officers": PlainList(statements.officers, "login"),
    "grants": PlainList(statements.grants, "no", "from_at"),
    "cases": PlainList(statements.cases, "place", "moved_at"),
}
"""Each list by its name."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list: rows by column, and the place behind which the next page begins; empty where there is none."""

    rows: list[dict[str, Any]]
    after: str


def page(db: Database, name: str, choice: ListChoice, *, actor: Actor | None, now: datetime) -> ListPage:
    """Return a page of a list as an officer sees it, or, without one, as whoever sits at the server.

    Raises ListPlaceUnreadable, and NotYourRole for officers whom the actor does not see.
    """
    made = LISTS[name]
    after_at, after = _place(choice.after, made)
    asked = {
        **_scope(name, actor), "offices": list(OFFICES),
        "unit": choice.unit, "kind": choice.kind, "state": choice.state,
        "since": beijing.midnight(choice.since) if choice.since else None, "late_only": choice.late,
        "words": choice.text.lower().split(), "after_at": after_at, "after": after, "limit": choice.most + 1,
        "now": now, "day": beijing.day(now),
    }  # fmt: skip
    with db.transaction() as cur:
        cur.execute(made.statement, asked)
        found = rows.named(cur)
    shown, more = found[: choice.most], len(found) > choice.most
    return ListPage([_without_place(row) for row in shown], _told(shown[-1], made) if more else "")


def _scope(name: str, actor: Actor | None) -> dict[str, object]:
    if actor is None:
        return {"everyone": True, "server": True, "office": True, "units": [], "of_region": [], "seen": ""}
    return {
        "server": False, "office": any(seat.role in OFFICES for seat in actor.seats),
        "everyone": actor.everywhere, "units": sorted(actor.units), "of_region": queries.of_regions(actor),
        "seen": powers.seen(actor) if name == "officers" else "",
    }  # fmt: skip


def _place(after: str, made: PlainList) -> tuple[datetime | None, str]:
    if not after or not made.moment:
        return None, after
    moment, _, key = after.partition("/")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        raise ListPlaceUnreadable(after=after) from None
    if at.tzinfo is None or not key:
        raise ListPlaceUnreadable(after=after)
    return at, key


def _told(row: Mapping[str, Any], made: PlainList) -> str:
    return f"{row[made.moment].isoformat()}/{row[made.key]}" if made.moment else str(row[made.key])


def _without_place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "place"}


def shown(row: Mapping[str, Any], column: str, *, language: Language) -> str:
    """Return a value of a row as a person reads it: moments by Beijing's clock, codes that have a name by that."""
    value = row[column]
    if isinstance(value, datetime):
        return beijing.shown(value)
    if column in ("roles", "role", "offices"):
        return ", ".join(_named(labels.subject_of("roles"), each, language) for each in value.split())
    with translation.override(language):
        return _word(row, column, "" if value is None else str(value))


def _named(names: Mapping[str, Both], code: str, language: Language) -> str:
    return names[code][language] if code in names else code


def _word(row: Mapping[str, Any], column: str, value: str) -> str:
    """Return what a code is called by the procedure it belongs to, in the language that is on; itself where by none."""
    if column == "step":
        return _translated("step", value)
    if column == "mode":
        return gettext(text.MODES.get(value, value))
    if "no" in row and column in ("state", "kind"):
        procedure = installed().get(row.get("kind", ""))
        life = GRANT if "kind" not in row else procedure and procedure.life
        if life and column == "kind":
            return _translated("title", life.title)
        if life and value in life.states:
            return _translated("state", life.states[value].name)
    if column == "kind":
        return gettext(KINDS[value]) if value in KINDS else value
    return value


def _translated(kind: str, words: str) -> str:
    """Return Chinese words in the language that is on: as those of a `kind`, where other words are alike."""
    if not words:
        return ""
    found = pgettext(kind, words)
    return found if found != words else gettext(words)


def written(value: Any) -> Any:
    """Return a value as JSON has it: moments and days as ISO 8601."""
    return value.isoformat() if isinstance(value, datetime | date) else value
