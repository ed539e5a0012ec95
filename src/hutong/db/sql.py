"""Named, described queries from `.sql` files.

A file is a row of queries::

    -- name: spend
    -- Spend from a budget; no row comes back where it is not enough.
    update ... where spent + %(n)s <= %(quota)s returning spent

What several of them have in common is a part, told once and named where it stands::

    -- part: fitting
    -- Budgets that are asked for.
    from budget where unit = %(unit)s

    -- name: counted
    -- How many there are, counted up to a bound.
    select count(*) from (select {{fitting}} limit %(limit)s) found
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Query:
    """One query: its name, what it is for, its statement."""

    name: str
    description: str
    text: str


class Queries:
    """The queries of one file; each is an attribute, a str."""

    def __init__(self, file: str, queries: dict[str, Query]) -> None:
        self._file = file
        self._queries = queries

    def __getattr__(self, name: str) -> LiteralString:
        try:
            return self._queries[name].text
        except KeyError:
            raise AttributeError(f"{self._file} holds no query named {name}") from None

    def __dir__(self) -> list[str]:
        return list(self._queries)


@cache
def load(package: str, file: str) -> Queries:
    """Read the queries of `file` in `package`; raises ValueError where the file breaks the form."""
    return Queries(f"{package}/{file}", parse((files(package) / file).read_text(encoding="utf-8"), file=file))


def parse(text: str, *, file: str) -> dict[str, Query]:
    """Return the queries in `text` by name; each needs a name of its own, a description and a statement.

    A part is no query; it stands above those that name it.
    """
    head, *blocks = re.split(r"^-- (name|part):[ \t]*", text, flags=re.MULTILINE)
    if re.sub(r"^--.*$", "", head, flags=re.MULTILINE).strip():
        raise ValueError(f"{file}: a statement stands before the first name")
    queries: dict[str, Query] = {}
    parts: dict[str, Query] = {}
    for kind, block in zip(blocks[::2], blocks[1::2], strict=True):
        name, _, rest = block.partition("\n")
        name, lines, described = name.strip(), rest.split("\n"), []
        while lines and lines[0].startswith("--"):
            described.append(lines.pop(0)[2:].strip())
        statement = _whole("\n".join(lines).strip().removesuffix(";"), parts, file=file)
        query = Query(name, " ".join(described), statement)
        if not name.isidentifier() or name in queries or name in parts:
            raise ValueError(f"{file}: {name!r} is no name, or stands twice")
        if not query.description or not query.text:
            raise ValueError(f"{file}: {name} needs a description and a statement")
        (queries if kind == "name" else parts)[name] = query
    return queries


def _whole(statement: str, parts: Mapping[str, Query], *, file: str) -> str:
    """Return a statement with the parts it names in their places."""

    def part(found: re.Match[str]) -> str:
        if found[1] not in parts:
            raise ValueError(f"{file}: no part {found[1]} stands above")
        return parts[found[1]].text

    return re.sub(r"{{(\w+)}}", part, statement)
