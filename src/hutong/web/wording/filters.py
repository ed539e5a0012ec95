"""How values look in a template: codes by their names, moments, deadlines, tones."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django import template

from hutong.core import beijing, text
from hutong.plane.lifecycle import GRANT
from hutong.web.wording import clauses, names, reader

register = template.Library()
register.filter(names.named)
register.filter(clauses.cited)
register.filter("clause", clauses.quoted)

TONES = {code: str(state.tone) for code, state in GRANT.states.items()} | {
    "loaded": "good", "refused": "bad", "waiting": "warn",
}  # fmt: skip
"""State of a grant or a delivery → its tone; those of cases stand in their lifecycle."""


@register.filter
def among(code: object, names: Mapping[str, str]) -> str:
    """Return the name of a code that is registered under one, as it is in the register; any other code as it is."""
    return names.get(str(code), str(code))


@register.filter
def joined(values: Iterable[object] | None) -> str:
    """Return values one after the other, as a list is written in the reader's language."""
    return (", " if reader.language() == "en" else "、").join(str(value) for value in values or ())


@register.filter
def grouped(number: int | None) -> str:
    """Return a number with its thousands apart."""
    return "—" if number is None else f"{number:,}"


@register.filter
def tone(value: object) -> str:
    """Return the tone a state is shown in."""
    return TONES.get(str(value), "plain")


@register.filter
def grant_tone(state: str) -> str:
    """Return the tone a state of a grant is shown in."""
    return str(GRANT.states[state].tone)


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment in China's time."""
    return f"{value.astimezone(beijing.BEIJING):%Y-%m-%d %H:%M}" if value else "—"


@register.filter
def day(value: datetime | date | None) -> str:
    """Return a day in China's time."""
    if isinstance(value, datetime):
        value = beijing.day(value)
    return f"{value:%Y-%m-%d}" if value else "—"


@register.filter
def advice(code: str) -> str:
    """Return what to do about a refusal, in the reader's language."""
    return text.table().get(code, {}).get(f"do_{reader.language()}", "")
