"""What a published resource is: its items, how each is held and the most that may be done with it.

A definition is frozen when the catalogue publishes it. It is the contract between the room that decides
(`control.catalog`) and the rooms that load and answer; it is stored as canonical JSON. What is at its default is not
written, so a field that comes later, with a default, changes the digest of nothing that was published before. For the
same reason a default never changes: it is part of what was published.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from hutong.core import canonical


class Mode(StrEnum):
    """The three sharing modes (SX-07-a), the least first."""

    COMPARE = "compare"
    QUERY = "query"
    SUBSCRIBE = "subscribe"


class Form(StrEnum):
    """The three forms of a resource (P-3): what a record of it is, and who has it."""

    TABLE = "table"  # 库表: rows
    FILE = "file"  # 文件: rows that carry files, each by its digest
    INTERFACE = "interface"  # 接口: a service of the provider, called when somebody asks; nothing is held


class Holding(StrEnum):
    """How the platform keeps an item: not at all readable, readable with a key, or as it is."""

    SEALED = "sealed"
    PROTECTED = "protected"
    PLAIN = "plain"


class Type(StrEnum):
    """Item data types of the catalogue guide (requirements B.1.2)."""

    STRING = "C"
    NUMERIC = "N"
    CURRENCY = "Y"
    DATE = "D"
    DATETIME = "T"
    LOGICAL = "L"
    MEMO = "M"
    GENERAL = "G"  # a file: the value in a row is its digest, 64 hexadecimal digits
    DOUBLE = "B"
    INTEGER = "I"
    FLOAT = "F"


class Rule(StrEnum):
    """Quality rules an item may carry besides type, length and required; `argument` says what each reads."""

    PATTERN = "pattern"  # a regular expression the whole value matches
    ONE_OF = "one_of"  # values joined by "|"
    MINIMUM = "minimum"  # a number or ISO date
    MAXIMUM = "maximum"
    RESIDENT_NUMBER = "resident_number"  # GB 11643
    CREDIT_CODE = "credit_code"  # GB 32100
    REGION_CODE = "region_code"  # GB/T 2260, six digits
    KINDS = "kinds"  # kinds of a file (`KINDS`) joined by "|"
    MEGABYTES = "megabytes"  # the most a file may have, a whole number


OF_FILES = frozenset({Rule.KINDS, Rule.MEGABYTES})
"""Rules of an item that carries a file: each such item has both, and they are judged by the file, not by its digest."""
KINDS = ("pdf", "ofd", "docx", "xlsx", "csv", "xml", "json", "jpeg", "png", "tiff", "mp3", "wav", "mp4")
"""What a file may be: documents, tables, self-describing text, images, sound and film (formats 1, 2, 4, 5, 6)."""


@dataclass(frozen=True, slots=True)
class QualityRule:
    """One rule on one item; `warn` keeps the row and only counts it (D-21)."""

    rule: Rule
    argument: str = ""
    warn: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One information item. `code` is an ASCII identifier of at most 40 characters, `name` what people read."""

    code: str
    name: str
    type: Type = Type.STRING
    length: int = 0
    """Most characters; 0 is the platform's limit."""
    required: bool = False
    sensitive: bool = False
    offered: Mode = Mode.COMPARE
    """The highest mode the provider offers this item for."""
    condition: bool = False
    """A query may be asked by this item, besides the key."""
    filter: bool = False
    """A grant may be limited to the records with certain values of this item (P-5)."""
    ranged: bool = False
    """A query may ask by a range of this item, bounded on both sides, or by a text it starts with."""
    rules: tuple[QualityRule, ...] = ()

    @property
    def holding(self) -> Holding:
        """Holding follows mode (architecture 3.3)."""
        if self.offered is Mode.COMPARE:
            return Holding.SEALED
        return Holding.PROTECTED if self.sensitive else Holding.PLAIN

    @property
    def has_blind_index(self) -> bool:
        """Whether a digest alike for equal values is held: it cannot be asked by otherwise, or limits grants."""
        return self.holding is Holding.PROTECTED or self.filter


@dataclass(frozen=True, slots=True)
class Definition:
    """A published version of a resource. `key` names the items that together identify a record, in order."""

    code: str
    version: int
    name: str
    provider: str
    key: tuple[str, ...]
    items: tuple[Item, ...]
    personal: bool = True
    """Records are about people: absent is folded into mismatch unless a grant says otherwise (architecture 3.4)."""
    update_cycle: int = 4
    suite: str = "international"
    """`international` (SHA-256, AES-256-GCM) or `national` (SM3, SM4-GCM)."""
    form: Form = Form.TABLE
    service: str = ""
    """Of an interface: the name by which the provider's node knows the service. No address stands in a catalogue."""
    time_out: int = 0
    """Of an interface: the seconds within which it answers."""

    @property
    def files(self) -> frozenset[str]:
        """The codes of the items that carry a file."""
        return frozenset(item.code for item in self.items if item.type is Type.GENERAL)

    @property
    def compared_within_limits(self) -> bool:
        """Whether comparing it is limited: its records are about people, or an item is sensitive (D-25)."""
        return self.personal or any(item.sensitive for item in self.items)

    def item(self, code: str) -> Item:
        """Return the item called `code`; raises KeyError where there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def dump(self) -> str:
        """Return the definition as canonical JSON, without what is at its default."""
        return canonical.dumps(_written(self)).decode()


def load(body: str) -> Definition:
    """Return the definition whose canonical JSON is `body`; what it leaves out is at its default."""
    raw: dict[str, Any] = canonical.loads(body)
    items = tuple(Item(**_read(item, _ITEM)) for item in raw["items"])
    return Definition(**{**_read(raw, {"form": Form}), "key": tuple(raw["key"]), "items": items})


def _rules(listed: list[dict[str, Any]]) -> tuple[QualityRule, ...]:
    return tuple(QualityRule(**_read(rule, {"rule": Rule})) for rule in listed)


_ITEM: dict[str, Callable[[Any], Any]] = {"type": Type, "offered": Mode, "rules": _rules}
"""Fields of an item that JSON has in another form."""


def _read(raw: dict[str, Any], forms: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return {name: forms[name](value) if name in forms else value for name, value in raw.items()}


def _written(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    if not isinstance(value, Definition | Item | QualityRule):
        return value
    said = ((each, getattr(value, each.name)) for each in fields(value))
    return {each.name: _written(part) for each, part in said if part != each.default}
