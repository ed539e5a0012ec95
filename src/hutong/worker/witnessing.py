"""Asking witnesses that can be called to cosign the newest checkpoint (C2SP tlog-witness, add-checkpoint).

What the others handed in at a door is kept here, too: who holds the log looks at it anew.

It is done outside any answer's way, in a thread of its own: a witness that is slow or away keeps nobody waiting.
"""

import base64
import threading
from collections.abc import Callable, Sequence

import httpx

from hutong.audit import checkpoint, hashes, witnesses
from hutong.audit.checkpoint import Head
from hutong.audit.witnesses import Witness
from hutong.core import merkle
from hutong.core.errors import Problem
from hutong.db.database import Database
from hutong.messages import logger
from hutong.settings import Clock

PAUSE_SECONDS = 5.0
ANSWER_SECONDS = 10.0
SIZE = "text/x.tlog.size"
"""Of this kind is the reply of a witness that last cosigned another size than it was asked from."""


def run(db: Database, *, clock: Clock, vkeys: Callable[[], Sequence[str]], stop: threading.Event) -> None:
    """Ask again and again until `stop` is set; `vkeys` tells the keys the log has had by then."""
    told: dict[str, str] = {}
    while not stop.wait(PAUSE_SECONDS):
        try:
            # A proxy or certificates that the environment names wrongly are a fault here, too.
            with httpx.Client(timeout=ANSWER_SECONDS, follow_redirects=False) as line:
                while not stop.is_set():
                    keys = vkeys()
                    witnesses.settle(db, vkeys=keys, now=clock())
                    ask(db, line, clock=clock, vkeys=keys, told=told)
                    stop.wait(PAUSE_SECONDS)
        except Exception:  # a door: whatever it was, the next time may be better
            logger.exception("witnesses.failed")


def ask(
    db: Database, line: httpx.Client, *, clock: Clock, vkeys: Sequence[str], told: dict[str, str] | None = None
) -> list[str]:
    """Ask every witness that has not cosigned the newest checkpoint; returns the names of those that did now.

    Why one did not is logged, and kept in `told`, so that it is logged again only once it is another reason.
    """
    told = {} if told is None else told
    with db.transaction() as cur:
        head = checkpoint.newest(cur)
        seen = [] if head is None else [each for each in witnesses.every(cur) if each.witness.ended_at is None]
    if head is None:
        return []
    done = []
    for each in seen:
        if each.witness.url is None or (each.size or 0) >= head.size:
            continue
        try:
            lines = _asked(db, line, each.witness, head=head, old=each.size or 0)
            with db.transaction() as cur:
                done += witnesses.take(cur, head.note + lines, vkeys=vkeys, now=clock())
            told.pop(each.witness.name, None)
        except (httpx.HTTPError, UnicodeDecodeError, NotCosigned, Problem) as fault:
            reason = f"{type(fault).__name__}: {fault}"
            if told.get(each.witness.name) != reason:
                logger.warning("witness.did_not_cosign", witness=each.witness.name, error=reason)
            told[each.witness.name] = reason
    return done


class NotCosigned(Exception):
    """A witness answered with something else than a cosignature."""


def _asked(db: Database, line: httpx.Client, witness: Witness, *, head: Head, old: int) -> str:
    """Return the signature lines a witness answers with, asked anew where it remembers another size than we do."""
    reply = _post(db, line, witness, head=head, old=old)
    if reply.status_code == 409 and reply.headers.get("content-type", "").startswith(SIZE):
        told = reply.text.strip()
        if told.isascii() and told.isdigit() and len(told) < 20 and int(told) <= head.size:
            reply = _post(db, line, witness, head=head, old=int(told))
    if reply.status_code != 200:
        raise NotCosigned(reply.status_code)
    return reply.content.decode()


def _post(db: Database, line: httpx.Client, witness: Witness, *, head: Head, old: int) -> httpx.Response:
    with db.transaction() as cur:
        proof = merkle.consistency_proof(old, head.size, hashes.getter(cur))
    return line.post(f"{str(witness.url).rstrip('/')}/add-checkpoint", content=request(old, proof, head.note))


def request(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """Return the body of add-checkpoint: the size it goes on from, the consistency proof, and the checkpoint."""
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in proof), "", note]
    return "\n".join(lines).encode()
