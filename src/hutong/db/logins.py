"""Who logs in: each door as itself, a member of the group roles it needs and of no other; none becomes the owner.

A login bears its database's name, so that two platforms share a server. Group roles are the server's, but nobody gets
into a database by them: who may connect is asked of the login.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from types import MappingProxyType

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hutong.core.errors import Invalid
from hutong.db import rights
from hutong.db.sql import load

statements = load(__package__, "logins.sql")

OWNER, WEB, GATEWAY, WORKER, COMMAND = "owner", "web", "gateway", "worker", "command"
LOGINS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        OWNER: ("owner",),  # for migrating alone
        WEB: ("control", "plane"),
        GATEWAY: ("plane",),
        WORKER: ("control", "logkeeper", "worker"),
        COMMAND: ("control", "plane", "auditor", "retention"),
    }
)
"""Who logs in → as which group roles it may act."""

LONGEST = 63
"""Bytes of a name that PostgreSQL keeps: of a longer one it forgets the end, and two logins were one."""
ROUNDS = 4096
"""How often a password is hashed, as PostgreSQL does."""


class DatabaseNameTooLong(Invalid):
    """The login {login} of database {database} would have a name of more than {most} bytes."""


def name(who: str, *, database: str) -> str:
    """Return what the login of a door is called in PostgreSQL; no group role is called so, whatever the database is.

    Raises DatabaseNameTooLong.
    """
    called = f"{database}_{who}_login"
    if len(called.encode()) > LONGEST:
        raise DatabaseNameTooLong(database=database, login=called, most=LONGEST)
    return called


def passwords() -> dict[str, str]:
    """Return a new password for each login."""
    return {who: secrets.token_urlsafe(24) for who in LOGINS}


def addresses(url: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the address of each login: that of the database, which names nobody, with name and password in it.

    Raises DatabaseNameTooLong.
    """
    database = str(conninfo_to_dict(url)["dbname"])
    return {
        who: make_conninfo(url, user=name(who, database=database), password=password) for who, password in given.items()
    }


def names_nobody(url: str) -> bool:
    """Return whether an address names a database alone, so that each door logs in as itself."""
    return not conninfo_to_dict(url).get("user")


def is_own(url: str, *, who: str) -> bool:
    """Return whether an address is that of a door's own login."""
    told = conninfo_to_dict(url)
    return told.get("user") == f"{told.get('dbname')}_{who}_login"


def on_the_server(given: Mapping[str, str], *, database: str) -> list[sql.Composed]:
    """Return the statements that make group roles and logins and let these alone into the database.

    An administrator carries them out; they may be carried out again. Of passwords they hold what PostgreSQL keeps.
    Raises DatabaseNameTooLong.
    """
    groups = {role: sql.Identifier(f"hutong_{role}") for role in rights.ROLES}
    logins = {who: sql.Identifier(name(who, database=database)) for who in LOGINS}
    made = [sql.SQL(statements.group).format(group=group) for group in groups.values()]
    for who, acts_as in LOGINS.items():
        named = sql.Literal(name(who, database=database))
        kept = sql.Literal(verifier(given[who]))
        listed = sql.Literal([f"hutong_{role}" for role in acts_as])
        joined = sql.SQL(", ").join(groups[role] for role in acts_as)
        made.append(sql.SQL(statements.login).format(login=logins[who], named=named, verifier=kept))
        made.append(sql.SQL(statements.leave).format(named=named, listed=listed))
        made.append(sql.SQL(statements.join).format(groups=joined, login=logins[who]))
    comma = sql.SQL(", ")
    made.append(
        sql.SQL(statements.enter).format(
            database=sql.Identifier(database),
            groups=comma.join(groups.values()),
            logins=comma.join(logins.values()),
            owner=groups["owner"],
            temporary=comma.join(groups[role] for role in rights.TEMPORARY),
        )
    )
    return made


def note(given: Mapping[str, str]) -> str:
    """Return what tells logins with these passwords, as this version makes them, from any others; it tells no password.
    """
    made = (statements.group, statements.login, statements.leave, statements.join, statements.enter, statements.public)
    told = repr((made, dict(LOGINS), rights.ROLES, rights.TEMPORARY, sorted(given.items())))
    return f"logins {hashlib.sha256(told.encode()).hexdigest()}"


def script(given: Mapping[str, str], *, database: str) -> str:
    """Return what an administrator feeds to psql: group roles, logins, the database where it is missing, its rights.

    Raises DatabaseNameTooLong.
    """
    *roles, rights_of_it = on_the_server(given, database=database)
    named = sql.Identifier(database)
    made = sql.SQL(statements.made).format(
        name=sql.Literal(database),
        builtin=sql.Literal(sql.SQL(statements.builtin).format(database=named).as_string()),
        libc=sql.Literal(sql.SQL(statements.libc).format(database=named).as_string()),
    )
    return "\n".join(
        (
            "\\set ON_ERROR_STOP on",
            f"{statements.quietly};",
            *(f"{each.as_string()};" for each in roles),
            f"{made.as_string()}\n\\gexec",
            f"{rights_of_it.as_string()};",
            f"\\connect {named.as_string()}",
            f"{in_the_database().as_string()};",
            "",
        )
    )


def in_the_database() -> sql.Composed:
    """Return the statement that lets the owner make tables, to be carried out in the database itself."""
    return sql.SQL(statements.public).format(owner=sql.Identifier("hutong_owner"))


def retire(login: str) -> sql.Composed:
    """Return the statement after which a login lets nobody in."""
    return sql.SQL(statements.retire).format(login=sql.Identifier(login))


def verifier(password: str, *, rounds: int = ROUNDS) -> str:
    """Return what PostgreSQL keeps of a password (RFC 5802, RFC 7677): the password itself is in no statement."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    told = [base64.b64encode(each).decode() for each in (salt, hashlib.sha256(client).digest(), server)]
    return f"SCRAM-SHA-256${rounds}:{told[0]}${told[1]}:{told[2]}"
