"""Who may do what in the database: one literal table, granted here and asked of PostgreSQL itself in a test.

Tables not named here belong to the owner alone. Nobody but the owner may change or delete what is remembered.
"""

import hashlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from types import MappingProxyType

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from hutong.core.errors import Unavailable
from hutong.db import locks
from hutong.db.sql import load

statements = load(__package__, "rights.sql")

ROLES = ("owner", "control", "plane", "logkeeper", "auditor", "worker", "retention")
"""`hutong_<role>` in PostgreSQL: group roles nobody logs in as."""

READ = "select"
WRITE = "select, insert, update, delete"
KEEP = "select, insert, update"
SPEND = "select, insert, update"
REMEMBER = "select, insert"
FORGET = "select, delete"
WRITE_ENTRIES = MappingProxyType({"audit.entry": READ, "audit.party": READ, "audit.pending_leaf": READ})
"""Beside what `audit.append` writes, which takes nothing for an entry that is none."""
LOG_IS_READ = MappingProxyType(dict.fromkeys((
    "audit.leaf", "audit.tree_hash", "audit.checkpoint", "audit.signing", "audit.clock", "audit.machine_warning",
    "audit.doubled_leaf", "audit.epoch", "audit.key_change", "audit.platform", "audit.upgrade", "audit.backup_set",
    "audit.archiving", "audit.training_clock", "audit.witness", "audit.cosignature",
), READ))  # fmt: skip
"""What the doors read of the log, its tree, and how it stands with its keys, its machine and its backups."""
TREE = ("audit.epoch", "audit.leaf", "audit.tree_hash", "audit.checkpoint", "audit.signing")
MANAGED_BY_CONTROL = (
    "plane.resource",
    "plane.definition",
    "plane.store",
    "plane.system",
    "plane.user",
    "plane.device",
    "plane.department",
    "plane.access_grant",
    "plane.suspension",
)

# role → table (or pattern) → privileges; "update (a, b)" allows those columns only. The owner needs no line.
RIGHTS: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType(
    {
        "control": MappingProxyType(
            {
                **dict.fromkeys(MANAGED_BY_CONTROL, KEEP),
                "plane.definition": REMEMBER,  # frozen once it is published
                "plane.changed_limit": REMEMBER,
                "plane.delivery": READ,
                "plane.server_fact": READ,
                "plane.outage": READ,
                "plane.rejected_row": READ,
                "plane.raised_limit": REMEMBER,
                "plane.alarm": "select, update (closed_at, closed_by, finding)",
                "plane.disclosed_day": READ,
                "plane.quota_spent": READ,
                **WRITE_ENTRIES,
                **LOG_IS_READ,
                "audit.monthly_use": READ,
                # Proposed, agreed to and dropped on pages; records are removed by the role of retention alone.
                "audit.hold": "select, insert, update (lifted_by, lifted_at)",
                "audit.purge": "select, insert, update (state, approved_by, approved_at, dropped_by, dropped_at,"
                " drop_reason)",
                "public.procedures_attachment*": REMEMBER,  # taken away by public.remove_attachment alone
                "public.catalog_version*": REMEMBER,
                "public.nodes_declaredversion*": REMEMBER,
                "public.releases_release*": REMEMBER,
                "public.registration_rulesaccepted*": REMEMBER,
                "public.sharing_purposefinding*": REMEMBER,
                "public.notices_faultaccount*": REMEMBER,
                "public.signon_identityservice*": "select, insert, update (state, decided_by, decided_at, reason)",
                "public.signon_servicekeys*": KEEP,
                "public.signon_binding*": "select, insert, update (ended_at, ended_by, reason)",
                "public.*": WRITE,
            }
        ),
        "plane": MappingProxyType(
            {
                **dict.fromkeys(MANAGED_BY_CONTROL, READ),
                "plane.resource": "select, update (version)",
                "plane.store": "select, update (key_id, suite, normaliser_version, rows, loaded_at, last_change,"
                " kept_from, succeeded_at, last_day, as_of, reminders, confirmed_at)",
                "plane.changed_limit": READ,
                "plane.nonce": REMEMBER,
                "plane.quota_spent": SPEND,
                "plane.guess_spent": SPEND,
                "plane.mismatched_value": SPEND,
                "plane.claims_made": SPEND,
                "plane.mismatched_claim": "select, insert, delete",
                "plane.claimed_record": "select, insert, delete",
                "plane.claimed_day": SPEND,
                "plane.disclosed": SPEND,
                "plane.disclosed_day": SPEND,
                "plane.raised_limit": READ,
                "plane.alarm": REMEMBER,
                "plane.delivery": KEEP,
                "plane.server_fact": KEEP,
                "plane.outage": REMEMBER,
                "plane.rejected_row": REMEMBER,
                "store.*": WRITE,
                "feed.*": REMEMBER,
                **WRITE_ENTRIES,
                **LOG_IS_READ,
                "audit.handed_in_checkpoint": REMEMBER,
                "public.procrastinate_jobs": REMEMBER,
                "public.procrastinate_events": "insert",
            }
        ),
        "logkeeper": MappingProxyType(
            {
                "audit.pending_leaf": "select, delete",
                "audit.leaf": REMEMBER,
                "audit.tree_hash": REMEMBER,
                "audit.checkpoint": REMEMBER,
                "audit.witness": READ,
                "audit.cosignature": REMEMBER,
                "audit.handed_in_checkpoint": FORGET,
                "audit.signing": "select, update",
                "audit.intended_checkpoint": KEEP,
                "audit.doubled_leaf": REMEMBER,
                "audit.epoch": READ,
                "audit.key_change": READ,
            }
        ),
        # What an auditor reads and exports is entered too.
        "auditor": MappingProxyType({"audit.*": READ, **WRITE_ENTRIES}),
        # What time does: what is removed beyond this, functions of the owner remove, which see whether it is time.
        "worker": MappingProxyType(
            {
                **WRITE_ENTRIES,
                "audit.leaf": READ,
                "audit.doubled_leaf": "select, update (told_in)",
                "audit.signing": "select, update (aside_beyond)",
                "audit.upgrade": READ,
                "audit.monthly_use": KEEP,
                "audit.summed_uses": "select, update",
                "audit.run": WRITE,
                "plane.changed_limit": READ,
                "plane.resource": READ,
                "plane.store": "select, update (kept_from)",
                "plane.access_grant": "select, update (state)",
                "plane.nonce": FORGET,
                "plane.quota_spent": FORGET,
                "plane.guess_spent": FORGET,
                "plane.mismatched_value": FORGET,
                "plane.claimed_record": FORGET,
                "plane.claimed_day": FORGET,
                "plane.disclosed": FORGET,
                "plane.disclosed_day": FORGET,
                "audit.refusal": FORGET,
                "audit.clock": "select, update",
                "audit.machine_warning": WRITE,
                "feed.*": FORGET,
            }
        ),
        # Holds, purges and new epochs of the log, which officers decide at the command line.
        "retention": MappingProxyType(
            {
                **WRITE_ENTRIES,
                **dict.fromkeys(TREE, READ),
                "audit.epoch_request": "select, insert, update (state, begun_by, begun_at, epoch, dropped_by,"
                " dropped_at, drop_reason)",
                "audit.key_change": "select, insert, update (state, approved_by, approved_at, old_key, until_at, epoch,"
                " entry_id, record, salt, statement, dropped_by, dropped_at, drop_reason)",
                "audit.witness": "select, insert, update (ended_by, ended_at)",
                "audit.cosignature": READ,
                "audit.backup_set": KEEP,
                "audit.archiving": KEEP,
                "audit.training_clock": READ,
                "audit.hold": "select, insert, update (lifted_by, lifted_at)",
                "audit.purge": "select, insert, update (state, approved_by, approved_at, dropped_by, dropped_at,"
                " drop_reason, done_at, removed, certificate)",
                "plane.changed_limit": READ,
            }
        ),
    }
)

NOT_BY_PATTERN = ("public.hutong_migration",)
"""Tables no pattern reaches."""

# What a role may use besides tables. A table made later comes under its schema's pattern at once.
SCHEMAS = {"control": ("plane", "audit", "public"), "plane": ("plane", "audit", "store", "feed", "public")}
SCHEMAS |= {"logkeeper": ("audit",), "auditor": ("audit",), "worker": ("audit", "plane", "feed")}
SCHEMAS |= {"retention": ("audit", "plane", "public")}
SEQUENCES = {
    "control": ("audit.entry_id", "public.*"),
    "plane": ("audit.entry_id", "public.procrastinate_*"),
    "auditor": ("audit.entry_id",),
    "worker": ("audit.entry_id",),
    "retention": ("audit.entry_id",),
}
FUNCTIONS = {
    "control": (
        "audit.append", "audit.count_refusals",
        "plane.guessed", "plane.make_store", "plane.tell_inside", "plane.limit_in_force", "public.remove_attachment",
        "public.procrastinate_defer_jobs_v1",
    ),
    "plane": (
        "audit.append", "audit.count_refusals",
        "plane.make_store", "plane.tell_inside", "plane.drop_indexes", "plane.make_indexes", "plane.expect_unchanged",
        "plane.expect_within", "plane.limit_in_force", "plane.settle_comparing",
        "plane.keep_claimed", "plane.records_beyond",
        "public.procrastinate_defer_jobs_v1",
    ),
    "auditor": ("audit.append",),
    "worker": (
        "audit.append", "audit.let_go_of_aside", "audit.make_month", "audit.months_in_default", "audit.settle_subjects",
        "plane.empty_former", "plane.empty_withdrawn",
    ),
    "retention": ("audit.append", "audit.remove_entries", "audit.begin_epoch", "public.remove_attachments_of"),
}  # fmt: skip
"""What a role may call; nobody else may, and no function is everybody's."""
TEMPORARY = ("plane",)


class DatabaseRolesMissing(Unavailable):
    """The database has no role {role}, and the login {login} may not make it."""


def digest() -> str:
    """Return what tells these tables of rights from those of another version."""
    tables = {role: dict(rights) for role, rights in RIGHTS.items()}
    told = repr((ROLES, tables, SCHEMAS, SEQUENCES, FUNCTIONS, TEMPORARY))
    return hashlib.sha256(told.encode()).hexdigest()


def prepare(cur) -> None:  # type: ignore[no-untyped-def]
    """Make the group roles where they are missing, and let this login act as each of them.

    The owner's own login (`logins.py`) makes no roles: an administrator did. To be called in a transaction. Until that
    ends nobody else gives rights in this database: of two transactions that give rights to one thing at the same moment
    PostgreSQL fails one. Raises DatabaseRolesMissing
    where a role is missing that the login may not make.
    """
    locks.take(cur, "hutong.rights")
    if not separate(cur):
        _make_roles(cur)
        return
    cur.execute(statements.missing, {"roles": [f"hutong_{role}" for role in ROLES]})
    if missing := cur.fetchone():
        cur.execute("rollback")
        raise DatabaseRolesMissing(role=missing[0], login=cur.connection.info.user)
    cur.execute(statements.as_owner)


def become_owner(cur) -> bool:  # type: ignore[no-untyped-def]
    """Act as the owner until this transaction ends, and return True; False where this login may not, or not yet."""
    cur.execute(statements.missing, {"roles": ["hutong_owner"]})
    if cur.fetchone():
        return False
    cur.execute(statements.as_owner)
    return True


def separate(cur) -> bool:  # type: ignore[no-untyped-def]
    """Return whether the owner logs in here as itself, and each door as itself: not with one login for all."""
    return bool(cur.connection.info.user == f"{cur.connection.info.dbname}_owner_login")


def _make_roles(cur) -> None:  # type: ignore[no-untyped-def]
    for role in ROLES:
        name = sql.Identifier(f"hutong_{role}")
        cur.execute(statements.may_act_as, {"role": f"hutong_{role}"})
        found = cur.fetchone()
        try:
            if found is None:
                # Roles are shared by all databases of a server: another may make the same at this moment.
                cur.execute(
                    sql.SQL(
                        "do $$ begin create role {} nologin;"
                        " exception when duplicate_object or unique_violation then null; end $$"
                    ).format(name)
                )
            if found is None or not found[0]:
                cur.execute(sql.SQL("grant {} to current_user").format(name))
        except InsufficientPrivilege:
            cur.execute("rollback")
            login = cur.connection.info.user
            raise DatabaseRolesMissing(role=f"hutong_{role}", login=login) from None
    database = sql.Identifier(cur.connection.info.dbname)
    owner = sql.Identifier("hutong_owner")
    cur.execute(sql.SQL("grant connect, create, temporary on database {} to {}").format(database, owner))
    cur.execute(sql.SQL("grant create, usage on schema public to {}").format(owner))
    cur.execute(sql.SQL("revoke temporary, create on database {} from public").format(database))
    for role in TEMPORARY:
        cur.execute(sql.SQL(f"grant temporary on database {{}} to hutong_{role}").format(database))


def apply(cur) -> None:  # type: ignore[no-untyped-def]
    """Make PostgreSQL's rights those of the tables above, whatever they were; needs the migrated schema."""
    prepare(cur)
    schemas = sorted({schema for listed in SCHEMAS.values() for schema in listed})
    tables, sequences = _relations(cur, schemas, kinds="rp"), _relations(cur, schemas, kinds="S")
    functions = _functions(cur, schemas)
    owned = {
        "table": _relations(cur, schemas, kinds="rpvmf", asked=statements.owned), "sequence": sequences,
    }  # fmt: skip
    # A function is everybody's to call from the first, unless that is taken back.
    later = "alter default privileges for role hutong_owner revoke execute on functions from public"
    now = (f"revoke all on function {form} from public" for forms in functions.values() for form in forms)
    cur.execute("; ".join((later, *now)))
    revoked = tuple(_revoked(schemas, owned, functions))
    for role in RIGHTS:
        granted = _granted(role, tables=tables, sequences=sequences, functions=functions)
        # All at once: some hundred statements, each of which would be waited for.
        cur.execute("; ".join(f"{statement} hutong_{role}" for statement in (*revoked, *granted)))


def _revoked(schemas: list[str], owned: dict[str, list[str]], functions: dict[str, list[str]]) -> Iterator[str]:
    """Yield what takes all rights back on what is the owner's; tables of others in these schemas are left alone."""
    listed = ", ".join(schemas)
    for kind, found in owned.items():
        if found:
            yield f"revoke all on {kind} {', '.join(map(_quoted, found))} from"
    if forms := [form for found in functions.values() for form in found]:
        yield f"revoke all on function {', '.join(forms)} from"
    for kind in ("tables", "sequences", "functions"):
        for schema in schemas:  # also what was granted on things still to be made
            yield f"alter default privileges for role hutong_owner in schema {schema} revoke all on {kind} from"
    yield f"revoke all on schema {listed} from"


def _granted(role: str, *, tables: list[str], sequences: list[str], functions: dict[str, list[str]]) -> Iterator[str]:
    yield f"grant usage on schema {', '.join(SCHEMAS[role])} to"
    for table in tables:
        if privileges := privileges_on(table, role=role):
            yield f"grant {privileges} on {_quoted(table)} to"
    for sequence in sequences:
        if any(fnmatchcase(sequence, pattern) for pattern in SEQUENCES.get(role, ())):
            yield f"grant usage on sequence {_quoted(sequence)} to"
    for function in FUNCTIONS.get(role, ()):
        for form in functions.get(function, ()):  # those that come with Django's tables are not there from the first
            yield f"grant execute on function {form} to"
    for pattern, privileges in RIGHTS[role].items():
        schema, _, name = pattern.partition(".")
        if name == "*":
            later = f"alter default privileges for role hutong_owner in schema {schema}"
            yield f"{later} grant {privileges} on tables to"
    for pattern in SEQUENCES.get(role, ()):
        schema, _, name = pattern.partition(".")
        if name == "*":
            later = f"alter default privileges for role hutong_owner in schema {schema}"
            yield f"{later} grant usage on sequences to"


def privileges_on(table: str, *, role: str) -> str | None:
    """Return what `role` may do with `table` ("schema.name"): its own line, else its pattern's, else None."""
    named = RIGHTS[role].get(table)
    if named or table in NOT_BY_PATTERN:
        return named
    return next((p for pattern, p in RIGHTS[role].items() if fnmatchcase(table, pattern)), None)


def _relations(cur, schemas: list[str], *, kinds: str, asked=statements.relations) -> list[str]:  # type: ignore[no-untyped-def]
    cur.execute(asked, {"schemas": schemas, "kinds": list(kinds)})
    return [name for (name,) in cur.fetchall()]


def _functions(cur, schemas: list[str]) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    """Return every function by its name, with the forms it has, arguments named."""
    cur.execute(statements.functions, {"schemas": schemas})
    found: dict[str, list[str]] = {}
    for name, form in cur.fetchall():
        found.setdefault(name, []).append(form)
    return found


def _quoted(relation: str) -> str:
    return ".".join(f'"{part}"' for part in relation.split("."))
