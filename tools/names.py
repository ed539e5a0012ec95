#!/usr/bin/env python3
"""Write the names that only grow from a version on: tests/fixtures/names-VERSION.txt.

Usage: tools/names.py DATABASE_URL, with the address of a database that has the whole schema; `make fixture` asks
`tools/county.py`, which has one. A line says of one thing what it has, and goes on where the next begins with blanks:

    table audit.upgrade: at(timestamptz)! by(text) number(integer) ...

A later version may have further lines and, in a line, further words; none may go. `!` stands at a column that old code
has to fill. tests/web/test_names_only_grow.py compares.
"""

import importlib
import os
import pkgutil
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
WIDTH = 120

TABLES = """
select n.nspname || '.' || c.relname as owner,
       a.attname || '(' || replace(format_type(a.atttypid, a.atttypmod), ' ', '_') || ')'
       || case when a.attnotnull and not a.atthasdef and a.attidentity = '' then '!' else '' end as word
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('audit', 'plane', 'public') and c.relkind in ('r', 'p', 'v') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped and c.relname !~ '^(django|auth|procrastinate)_'
"""
FUNCTIONS = """
select n.nspname || '.' || p.proname as owner,
       '(' || replace(pg_get_function_identity_arguments(p.oid), ' ', '_') || ')->'
       || replace(pg_get_function_result(p.oid), ' ', '_') as word
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ('audit', 'plane', 'public') and p.proname !~ '^procrastinate_'
  and p.prorettype <> 'trigger'::regtype and pg_get_userbyid(p.proowner) = 'hutong_owner'
"""
"""What doors call by its name; a function in another form is another function."""

Names = Mapping[str, frozenset[str]]
"""What there is ("table audit.upgrade") → what it has."""


def collect(url: str) -> Names:
    """Return all names of this version, with the tables of a database that has its whole schema; Django is set up."""
    found: dict[str, set[str]] = defaultdict(set)
    for owner, word in [*_of_the_database(url), *_of_the_code(), *_of_doors(), *_of_the_command_line()]:
        found[owner].add(word)
    return {owner: frozenset(words) for owner, words in found.items()}


def _of_the_database(url: str) -> Iterator[tuple[str, str]]:
    import psycopg  # of the platform

    with psycopg.connect(url) as connection:
        for kind, statement in (("table", TABLES), ("function", FUNCTIONS)):
            for owner, word in connection.execute(statement):
                yield f"{kind} {owner}", word.replace(",_", ",")


def _of_the_code() -> Iterator[tuple[str, str]]:
    # Of the platform, once Django is set up.
    import hutong
    from hutong import settings
    from hutong.audit.events import EVENTS, RecordClass
    from hutong.core import defaults, text
    from hutong.core.errors import Problem
    from hutong.core.lifecycle import Lifecycle

    lifecycles: dict[str, Lifecycle] = {}
    for module in pkgutil.walk_packages(hutong.__path__, "hutong.", onerror=lambda name: None):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            known = importlib.import_module(module.name)
            lifecycles |= {each.name: each for each in vars(known).values() if isinstance(each, Lifecycle)}
    for event in EVENTS.values():
        yield f"event {event.name} {event.record_class}", ",".join(sorted(event.fields))
    yield from (("classes of records", each.value) for each in RecordClass)
    yield from (("codes of problems", each.code) for each in _below(Problem) if each.__module__.startswith("hutong."))
    yield from (("limits of the rulebook", name) for name in defaults.LIMITS)
    yield from (("roles", name) for name in text.ROLES)
    yield from (("settings", name) for name in settings.READ)
    for each in lifecycles.values():
        yield from ((f"states of {each.name}", state) for state in each.states)
        yield from ((f"moves of {each.name}", f"{move.before}-{move.action}-{move.after}") for move in each.moves)


def _below(kind: Any) -> Iterator[Any]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _of_doors() -> Iterator[tuple[str, str]]:
    # As above.
    import json

    from django.urls import get_resolver

    from hutong.gateway import openapi

    yield from (("pages", address) for address in _pages(get_resolver().url_patterns))
    told = json.loads(openapi.document())
    for address, methods in told["paths"].items():
        for method, operation in methods.items():
            yield "places of the gateway", f"{method.upper()}:{address}:{operation['operationId']}"
    for name, schema in told["components"].get("schemas", {}).items():
        yield from ((f"schema {name}", each) for each in schema.get("properties", {}))


def _pages(patterns: Any, before: str = "") -> Iterator[str]:
    from django.urls import LocalePrefixPattern  # as above

    for each in patterns:
        own = "LANGUAGE/" if isinstance(each.pattern, LocalePrefixPattern) else str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _pages(each.url_patterns, before + own)
        else:
            yield f"/{before}{own}"


def _of_the_command_line() -> Iterator[tuple[str, str]]:
    import typer

    from hutong import cli
    from hutong.client.cli import app as client

    app = typer.main.get_command(cli.app)
    yield from _commands(app, "hutong")
    yield from _commands(typer.main.get_command(client), "hutong client")


def _commands(command: Any, path: str) -> Iterator[tuple[str, str]]:
    yield f"command {path}", "--help"
    for each in command.params:
        yield from ((f"command {path}", name) for name in each.opts if name.startswith("-"))
        if not any(name.startswith("-") for name in each.opts):
            yield f"command {path}", f"<{each.name}>"
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{path} {name}")


def written(names: Names) -> str:
    """Return the file of these names."""
    lines = []
    for owner in sorted(names):
        line = f"{owner}: {' '.join(sorted(names[owner]))}"
        lines += textwrap.wrap(line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def read(text: str) -> Names:
    """Return the names of a file."""
    lines = text.replace("\n    ", " ").splitlines()
    split = (line.partition(": ") for line in lines)
    return {owner: frozenset(words.split()) for owner, _, words in split}


_TEXT = re.compile(r"(\w+)\(character_varying\((\d+)\)\)(!?)")
"""A column of short texts: its name, how many characters it takes, and whether it is never empty."""


def breaches(before: Names, now: Names) -> list[str]:
    """Return what is not as it was: what went, and columns that code of the version before leaves empty."""
    found = []
    for owner, words in before.items():
        there = now.get(owner, frozenset())
        longer = {word: _lengthened(word, there) for word in words}
        kept = {longer[word] or word for word in words}
        eased = {word.removesuffix("!") for word in there} | there
        found += [f"{owner}: {word} is gone" for word in sorted(words - there)
                  if not longer[word] and word.removesuffix("!") not in eased]  # fmt: skip
        required = {word for word in there if word.endswith("!")}
        found += [f"{owner}: old code leaves {word} empty" for word in sorted(required - kept)]
    return found


def _lengthened(column: str, there: Set[str]) -> str:
    """Return the column among `there` that is this one but takes longer texts; empty where there is none."""
    was = _TEXT.fullmatch(column)
    for word in there if was else ():
        now = _TEXT.fullmatch(word)
        if was and now and (was[1], was[3]) == (now[1], now[3]) and int(was[2]) < int(now[2]):
            return word
    return ""


def main(url: str) -> int:
    """Write the file of this version's names and return the exit status."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "hutong.web.conf"
    os.environ.setdefault("HUTONG_WEB_SECRET", "only to list names, only to list names, only to list names")
    import django

    django.setup()
    from hutong.core import versions  # of the package, which is on the path now

    path = FIXTURES / f"names-{versions.own()}.txt"
    path.write_text(written(collect(url)), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
