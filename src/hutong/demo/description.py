"""The demonstration county as it is described in `county.toml`: units with sections and officers, and resources."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hutong.demo import county as counties
from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type

ROLES = ("editor", "approver", "clerk", "admin")
"""What the officers of a unit are called in their logins, in the order the file lists them."""

_NAMED = {
    "resident_number": Rule.RESIDENT_NUMBER,
    "spouse_number": Rule.RESIDENT_NUMBER,
    "credit_code": Rule.CREDIT_CODE,
}
"""Column → the rule that its values keep."""
_TYPES = {"date": Type.DATE, "number": Type.NUMERIC}


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit that provides and applies: its sections, its system, and the officers only a county with a past has."""

    code: str
    login: str
    """What the logins of its officers begin with."""
    sections: tuple[str, ...]
    system: str
    officers: tuple[str, ...]
    """Names by `ROLES`; empty where `founding.OFFICERS` has one."""
    purpose: tuple[str, str, str]
    matter: tuple[str, str, str]
    """What its system asks for: code, Chinese and English."""

    @property
    def credit_code(self) -> str:
        """The unit's credit code."""
        return next(each.credit_code for each in counties.made_units() if each.code == self.code)

    @property
    def system_id(self) -> str:
        """The id its system signs with."""
        return f"{self.login}-system"

    @property
    def users(self) -> tuple[str, ...]:
        """Ids of the persons who may be named as users, one a section."""
        return tuple(f"{self.login}.user{number}" for number, _ in enumerate(self.sections, 1))

    @property
    def devices(self) -> tuple[str, ...]:
        """Ids of the devices that may be named, one a section."""
        return tuple(f"{self.login}-pc{number}" for number, _ in enumerate(self.sections, 1))


@dataclass(frozen=True, slots=True)
class ItemSource:
    """An item, and where its values come from: a column of the rows, or made."""

    item: Item
    source: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that a unit publishes, and its share of a register's rows: one in `share`."""

    code: str
    name: str
    unit: str
    of: str
    share: int
    columns: tuple[ItemSource, ...]
    key: str
    personal: bool = True
    sharing: int = 2
    """1: shared without condition, 2: the provider answers first."""
    delivered: bool = True

    @property
    def definition(self) -> Definition:
        """The definition it is published with."""
        (provider,) = (each.credit_code for each in counties.made_units() if each.code == self.unit)
        items = tuple(column.item for column in self.columns)
        return Definition(
            code=self.code, version=1, name=self.name, provider=provider, key=(self.key,), personal=self.personal,
            items=items,
        )  # fmt: skip

    def offered(self, mode: Mode) -> list[str]:
        """Return the items that may be used in a mode, at most five besides the key."""
        order = list(Mode)
        able = [each.item for each in self.columns if order.index(each.item.offered) >= order.index(mode)]
        return [item.code for item in able if mode is not Mode.COMPARE or item.code != self.key][:5]


@cache
def units() -> tuple[DemoUnit, ...]:
    """Return the units with sections and officers of their own."""
    return tuple(
        DemoUnit(
            code=each["code"], login=each["login"], sections=tuple(each["sections"]), system=each["system"],
            officers=tuple(each["officers"]), purpose=_three(each["purpose"]), matter=_three(each["matter"]),
        )
        for each in _read("unit")
    )


@cache
def resources() -> tuple[Resource, ...]:
    """Return the resources of the county, besides those of `demo.resources`."""
    return tuple(_resource(dict(each)) for each in _read("resource"))


def _three(said: list[str]) -> tuple[str, str, str]:
    code, zh, en = said
    return code, zh, en


def _read(kind: str) -> list[dict[str, Any]]:
    whole = tomllib.loads(Path(__file__).with_name("county.toml").read_text(encoding="utf-8"))
    return list(whole[kind])


def _resource(said: dict[str, Any]) -> Resource:
    lines = [line.split() for line in said.pop("items")]
    columns = tuple(_column(*line) for line in lines)
    (key,) = (line[0] for line in lines if "key" in line[3:])
    return Resource(**said, columns=columns, key=key)


def _column(code: str, name: str, source: str, *flags: str) -> ItemSource:
    made, _, argument = source.partition(":")
    rules = [QualityRule(_NAMED[source])] if source in _NAMED else []
    if made == "one":
        rules.append(QualityRule(Rule.ONE_OF, "|".join(dict.fromkeys(argument.split("|")))))  # repeated: more often
    offered = next((mode for mode in (Mode.SUBSCRIBE, Mode.QUERY) if mode in flags), Mode.COMPARE)
    item = Item(
        code, name, type=_TYPES.get(made, Type.STRING), length=0 if made in _TYPES else 200, required="key" in flags,
        sensitive="sensitive" in flags, offered=offered, condition="condition" in flags, rules=tuple(rules),
    )  # fmt: skip
    return ItemSource(item, source)
