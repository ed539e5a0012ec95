"""The codes of the catalogue that are in use, by class, and the next that is free in each."""

from dataclasses import dataclass

from django.db.models import Case, DecimalField, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast, Left, Length, StrIndex, Substr

from hutong.control.catalog.models import Entry


@dataclass(frozen=True, slots=True)
class CodesInUse:
    """A class of codes of which there are entries, by what stands before the stroke."""

    prefix: str
    entries: int
    """How many the reader knows of: published, or of the own unit."""
    example: str
    """The name of one of them; empty where the reader knows of none."""
    free: str
    """The code after the last number of the class."""


def in_use(*, unit: str, most: int) -> list[CodesInUse]:
    """Return as many classes of codes as there are entries of, those of the `unit` first, each with a free number.

    What another unit never published is counted by its number alone. Two statements, however many entries there are.
    """
    stroke = StrIndex("code", Value("/"))
    known = (Q(provider=unit) | Q(state="PUBLISHED")) & ~Q(name="")
    entries = Entry.objects.annotate(
        prefix=Left("code", stroke - 1), number=Substr("code", stroke + 1),
        own=Case(When(provider=unit, then=1), default=0, output_field=IntegerField()),
        known=Case(When(known, then=1), default=0, output_field=IntegerField()),
    )  # fmt: skip
    classes = entries.values("prefix").annotate(
        highest=Max(Cast("number", DecimalField(max_digits=100, decimal_places=0))), longest=Max(Length("number")),
        owned=Max("own"), there=Sum("known"),
    )  # fmt: skip
    listed = list(classes.order_by("-owned", "prefix")[:most])
    named = entries.filter(known=1, prefix__in=[each["prefix"] for each in listed])
    first = named.order_by("prefix", "-own", "code").distinct("prefix").values_list("prefix", "name")
    examples = dict(first)
    return [
        CodesInUse(each["prefix"], each["there"], examples.get(each["prefix"], ""), _following(**each))
        for each in listed
    ]


def _following(*, prefix: str, highest: int, longest: int, **_: object) -> str:
    """Return the code after the highest number of a class, written as long as the longest there."""
    return f"{prefix}/{int(highest) + 1:0{longest}}"
