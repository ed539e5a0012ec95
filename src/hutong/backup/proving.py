"""What a drill proves of a database that came back: an old comparison by its proof, and a new one by its answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

from hutong.audit import checkpoint, epochs, keychain, proofs, verify
from hutong.audit.keyfiles import KeyFiles
from hutong.core import canonical, merkle
from hutong.core.errors import Missing, Problem, Unavailable
from hutong.db import rows, sql
from hutong.db.database import Database
from hutong.plane import grants, sealing, tables
from hutong.plane.answer import compare, selects
from hutong.plane.answer.asking import Caller, Context, SignedQuestion
from hutong.plane.answer.compare import Claim, CompareQuestion, Verdict
from hutong.plane.definition import Holding, Item
from hutong.plane.grants import Grant
from hutong.plane.keys import Keyring
from hutong.plane.tables import Store

statements = sql.load(__package__, "proving.sql")

MOST_GRANTS = 50
"""Of so many grants one is looked for under which a comparison is answered."""
STRANGER = "恢复演练"
"""What is claimed where nothing that is held can be read: it is nobody's."""


class NothingCompared(Missing):
    """No comparison was answered before the fault, so there is none to prove."""


class NoGrantToTry(Missing):
    """No grant is in force under which a comparison could be tried."""


class StoredDiffers(Unavailable):
    """Under grant {grant} a record that is held was compared with itself, and the answer was {verdict}."""


@dataclass(frozen=True, slots=True)
class ProvenCompare:
    """A comparison of before the fault that was proven: its number, its place in the log, what was answered."""

    entry: int
    index: int
    result: str
    size: int
    """How many entries are under the checkpoint it was proven by."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A comparison that the database answered: under which grant, and what; `stored` where of a record it has."""

    grant: str
    verdict: str
    stored: bool


def entries(cur: Cursor) -> int:
    """Return how many entries there are, placed or waiting."""
    ((count,),) = cur.execute(statements.entries)
    return int(count)


def prove(cur: Cursor, *, files: KeyFiles) -> ProvenCompare:
    """Prove the newest comparison under the last checkpoint by the log's public key, as its consumer would.

    Raises NothingCompared, checkpoint.LogEmpty, and what `verify.verify_record` raises for one that is not proven.
    """
    epoch = epochs.current(cur)
    head = checkpoint.latest(cur, epoch=epoch.number)
    cur.execute(statements.compared, {"first": epoch.first_seq, "size": head.size})
    row = rows.only(cur)
    if row is None:
        raise NothingCompared
    leaf = bytes(row["data"])
    proof = proofs.inclusion(cur, leaf_hash=merkle.leaf_hash(leaf), size=head.size, epoch=epoch)
    chain = keychain.published(cur, epoch, vkeys=files.vkeys)
    proven = verify.verify_record(
        row["record"], unit=row["unit"], counterpart=row["counterpart"], others=row["others"], salt=bytes(row["salt"]),
        leaf=leaf, index=proof.index, proof=proof.hashes, note=head.note, vkey=str(chain.newest),
    )  # fmt: skip
    told: dict[str, Any] = canonical.loads(row["record"])
    return ProvenCompare(int(row["id"]), proven.index, str(told["result"]), proven.size)


def ask(db: Database, *, keyring: Keyring, now: datetime) -> Answered:
    """Have the database answer a comparison under a grant in force, of a record it holds where that can be read.

    It is answered as any question is, with its entry. Raises NoGrantToTry, StoredDiffers, and why the last grant that
    was tried was refused.
    """
    with db.transaction() as cur:
        cur.execute(statements.grants, {"now": now, "limit": MOST_GRANTS})
        systems = {str(row["no"]): row for row in rows.named(cur)}
        found = grants.read(cur, nos=list(systems))
        tries = [(grant, *_claim(cur, grant, keyring=keyring)) for grant in map(found.get, systems) if grant]
    refused: Problem = NoGrantToTry()
    for grant, claim, held in sorted(tries, key=lambda each: not each[2]):  # what is held first
        answer = _asked(db, grant, systems[grant.no], claim, keyring=keyring, now=now)
        if isinstance(answer, Problem):
            refused = answer
            continue
        verdicts = {each for told in answer.verdicts for each in told.values()}
        if held and verdicts != {Verdict.MATCH}:
            raise StoredDiffers(grant=grant.no, verdict=", ".join(sorted(verdicts)))
        return Answered(grant.no, ", ".join(sorted(verdicts)), held)
    raise refused


def _asked(
    db: Database, grant: Grant, system: Mapping[str, Any], claim: Claim, *, keyring: Keyring, now: datetime
) -> compare.Answer | Problem:
    nonce_until = now + timedelta(minutes=5)
    caller = Caller(
        grant.system, system["unit"], system["profile"], system["revision"], secrets.token_bytes(16), nonce_until
    )
    context = Context(system["user"], system["device"], grant.purpose, grant.matters[0])
    question = CompareQuestion(SignedQuestion(caller, context, grant.no, now), (claim,))
    (answer,) = compare.answer(db, questions=[question], keyring=keyring, now=now, make=lambda _, answer: answer)
    return answer


def _claim(cur: Cursor, grant: Grant, *, keyring: Keyring) -> tuple[Claim, bool]:
    """Return a claim under a grant, and whether it is about a record that is held, in an item whose value is known."""
    store = tables.version(cur, code=grant.code, version=grant.version)
    definition = store.definition
    compared = next((code for code in grant.items if _readable(definition.item(code))), None)
    if compared and not grant.row_filter and all(_readable(definition.item(code)) for code in definition.key):
        read = _first(cur, store, [*definition.key, compared], keyring=keyring)
        if read is not None and None not in read:
            *key, value = map(str, read)
            return Claim(tuple(key), {compared: value}), True
    return Claim((STRANGER,) * len(definition.key), {grant.items[0]: STRANGER}), False


def _readable(item: Item) -> bool:
    return item.holding is not Holding.SEALED


def _first(cur: Cursor, store: Store, items: list[str], *, keyring: Keyring) -> list[str | None] | None:
    """Return these items of one record that is held; None where none is."""
    cur.execute(selects.page(store, items, ()), {"after": b"", "limit": 1})
    row = cur.fetchone()
    if row is None:
        return None
    keys = keyring.resource(store.definition.code, key_id=store.key_id, suite=store.suite)
    record, kept = bytes(row[0]), row[1 : len(items) + 1]
    return [
        sealing.unprotect(keys, item, record, bytes(value))
        if value is not None and store.definition.item(item).holding is Holding.PROTECTED
        else value
        for item, value in zip(items, kept, strict=True)
    ]  # fmt: skip
