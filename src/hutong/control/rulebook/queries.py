"""Reads of the rulebook: the values in force on a day, and its versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import QuerySet

from hutong.control.rulebook.models import Version
from hutong.core import canonical, defaults
from hutong.core.errors import Missing
from hutong.core.limits import Limit, LimitUnknown, Value


class NoSuchRulebookVersion(Missing):
    """There is no version {number} of the rulebook."""


@dataclass(frozen=True, slots=True)
class LimitValue:
    """One value of a rulebook: its limit, the value, and the version it comes from, 0 as delivered."""

    limit: Limit
    value: Value
    version: int = 0
    from_date: date | None = None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The values that hold together in a region: those of `version` and of all before it, 0 as delivered.

    A deadline keeps `version`; with the region it says every value by which the deadline was computed.
    """

    version: int
    region: str
    limits: Mapping[str, LimitValue] = field(repr=False)

    def __getitem__(self, name: str) -> Value:
        return self.of(name).value

    def of(self, name: str) -> LimitValue:
        """Return a value with its limit and the version it comes from; raises LimitUnknown."""
        if name not in self.limits:
            raise LimitUnknown(parameter=name)
        return self.limits[name]

    def value(self, name: str) -> Value:
        """Return the value called `name`; raises LimitUnknown."""
        return self.of(name).value

    def number(self, name: str) -> int:
        """Return a value that is a number, in its limit's unit; raises LimitUnknown."""
        found = self.of(name).value
        assert type(found) is int, f"{name} is no number"
        return found

    def on(self, name: str) -> bool:
        """Return whether a switch is on; raises LimitUnknown."""
        found = self.of(name).value
        assert isinstance(found, bool), f"{name} is no switch"
        return found

    def values(self) -> dict[str, Value]:
        """Return every value by its name."""
        return {name: each.value for name, each in self.limits.items()}


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version as a page shows it: what it changed, when, why and by whom."""

    number: int
    region: str
    from_date: date
    changed: dict[str, Value]
    reason: str
    digest: str
    made_at: datetime
    made_by_name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs between two rulebooks."""

    limit: Limit
    before: Value
    after: Value


DELIVERED = Rulebook(
    0, "", MappingProxyType({name: LimitValue(limit, limit.value) for name, limit in defaults.LIMITS.items()})
)
"""The rulebook as the platform is delivered."""


def in_force(day: date, region: str = "") -> Rulebook:
    """Return the rulebook of a region on a day; where the region has no value of its own the county's holds.

    A change holds from its day until one of a later day; of two of the same day the one made later holds.
    """
    return _folded(_versions(region).filter(from_date__lte=day), region=region)


def from_day_on(day: date) -> list[Rulebook]:
    """Return what is in force on a day and after each later change: the county's, and of each region with its own."""
    days = sorted({day, *Version.objects.filter(from_date__gt=day).values_list("from_date", flat=True)})
    regions = sorted({"", *Version.objects.values_list("region", flat=True)})
    return [in_force(each, region) for region in regions for each in days]


def at(number: int, region: str = "") -> Rulebook:
    """Return the rulebook as it was when `number` was its latest version; raises NoSuchRulebookVersion.

    Where `region` is given it is that region's, of a version of the county's or its own.
    """
    if number == 0:
        return _folded((), region=region)
    found = list(_versions(region))
    last = next((place for place, version in enumerate(found) if version.number == number), None)
    if last is None:
        raise NoSuchRulebookVersion(number=number)
    return _folded(found[: last + 1], region=region)


def versions(
    *, words: str = "", region: str = "", after: int | None = None, oldest: bool = False, limit: int | None = None
) -> list[VersionShown]:
    """Return versions of every region, or of one, the latest made first: those that follow the version `after`.

    Every word occurs in the reason.
    """
    found = _made(words, region)
    if after is not None:
        found = found.filter(**{"number__gt" if oldest else "number__lt": after})
    return [_shown(row) for row in found.order_by("number" if oldest else "-number")[:limit]]


def counted(*, words: str = "", region: str = "", most: int) -> int:
    """Return how many `versions` there are, counted up to `most`."""
    return _made(words, region)[:most].count()


def _made(words: str, region: str) -> QuerySet[Version]:
    found = Version.objects.filter(region=region) if region else Version.objects.all()
    for word in words.split():
        found = found.filter(reason__icontains=word)
    return found


def regions() -> list[str]:
    """Return the regions that have values of their own, by code."""
    return sorted(Version.objects.exclude(region="").values_list("region", flat=True).distinct())


def version(number: int) -> VersionShown:
    """Return one version; raises NoSuchRulebookVersion."""
    found = Version.objects.filter(number=number).first()
    if found is None:
        raise NoSuchRulebookVersion(number=number)
    return _shown(found)


def before(version: VersionShown) -> Rulebook:
    """Return the rulebook which a version followed in its region."""
    found = [row.number for row in _versions(version.region)]
    place = found.index(version.number)
    return at(found[place - 1] if place else 0, version.region)


def differences(before: Rulebook, after: Rulebook) -> list[Difference]:
    """Return what differs between two rulebooks, in the order of the defaults."""
    pairs = ((each.limit, before.limits[name].value, each.value) for name, each in after.limits.items())
    return [Difference(limit, old, new) for limit, old, new in pairs if old != new]


def body(*, number: int, region: str, from_date: date, changed: Mapping[str, Value], reason: str) -> bytes:
    """Return what the digest of a version is over, as canonical JSON."""
    fields = {
        "version": number, "region": region, "from_date": from_date.isoformat(), "changed": changed, "reason": reason,
    }  # fmt: skip
    return canonical.dumps(fields)


def _versions(region: str):  # type: ignore[no-untyped-def]
    return Version.objects.filter(region__in={"", region}).order_by("from_date", "number")


def _folded(rows: Iterable[Version], *, region: str) -> Rulebook:
    limits, own, last = dict(DELIVERED.limits), set(), 0
    for row in rows:
        last = row.number
        for name, value in row.changed.items():
            if name not in limits or (name in own and not row.region):
                continue  # of a name that is gone, or the county's where the region has its own
            if row.region:
                own.add(name)
            limits[name] = LimitValue(limits[name].limit, value, row.number, row.from_date)
    return Rulebook(last, region, MappingProxyType(limits))


def _shown(row: Version) -> VersionShown:
    return VersionShown(
        row.number, row.region, row.from_date, row.changed, row.reason, row.digest, row.made_at, row.made_by_name
    )
