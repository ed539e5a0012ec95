"""The state that all requests of one gateway process share, and the background writing of its counts."""

import asyncio

from hutong.audit.keyfiles import KeyFiles
from hutong.core.errors import Malformed
from hutong.core.signed_note import Verifier
from hutong.db.database import Database
from hutong.gateway import auth, config, refusals, replykeys, watching
from hutong.gateway.config import GatewayConfig
from hutong.gateway.cores import Core
from hutong.gateway.measures import Measures
from hutong.gateway.received import BodyRoom
from hutong.gateway.replykeys import ReplyKeys
from hutong.gateway.turnedaway import TurnedAway
from hutong.gateway.watching import StateWatch
from hutong.installation import certificates
from hutong.installation.watching import Watched
from hutong.messages import logger
from hutong.plane.keys import Keyring

FLUSH_SECONDS = 5.0
"""How often refusals of strangers are written: who is killed takes no more than those along."""


OTHER_SECONDS = 10.0
"""Longest one statement may take that answers nobody's question: of the open places, of what is counted."""


class ReplyKeyUnreadable(Malformed):
    """The reply key {path} cannot be read: it is a file of 32 bytes."""


class Gateway:
    """What all requests of one process share."""

    def __init__(self, given: GatewayConfig) -> None:
        self.config = given
        self.keyring = Keyring.load(given.keyring_path)
        self.reply_keys = _reply_keys(given)
        self.db = self._database(given.connections, statement_seconds=OTHER_SECONDS)
        # A question that waits for an upgrade, say, is not too slow: who asked is told to ask again.
        seconds = given.answer_seconds
        self.answering = self._database(given.connections, statement_seconds=seconds, lock_seconds=seconds * 0.8)
        # Loading takes as long as it takes, and so long keeps its connection from everybody else.
        self.loading = self._database(config.DELIVERIES_AT_ONCE)
        self.systems = auth.Systems(lambda: auth.read_systems(self.db, keyring=self.keyring))
        self.refusals = refusals.Refusals()
        stands_on = Watched(given.disks, certificates.shown(given.certificate))
        self.watch = StateWatch(lambda: watching.read(self.db, stands_on, now=given.now(), clock=config.real_clock))
        self.measures = Measures(folder=given.measures)
        self.core = Core(given.keyring_path)
        self.room = BodyRoom(max(given.waiting_bytes, given.body_bytes))
        self.turned_away = TurnedAway()
        self._flushing: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    @property
    def first_reply_key(self) -> str:
        """The first public key that replies were signed with, 32 bytes in Base64."""
        files = KeyFiles(self.config.reply_key_path.parent, self.config.reply_key_path.stem, "replies")
        known = files.vkeys
        return replykeys.pinned(Verifier.parse(known[0])) if known else self.reply_keys.first.public

    @property
    def log_vkeys(self) -> list[str]:
        """The public keys the log has had, in their order."""
        if self.config.keys is None:
            return [self.config.log_vkey]
        return KeyFiles(self.config.keys, "log", self.config.log_name).vkeys or [self.config.log_vkey]

    def _database(
        self, size: int, *, statement_seconds: float | None = None, lock_seconds: float | None = None
    ) -> Database:
        given = self.config
        patience = given.bounds.seconds  # nobody's question waits longer
        return Database(
            given.database_url,
            role=given.role,
            size=size,
            statement_seconds=statement_seconds,
            lock_seconds=lock_seconds,
            patience_seconds=patience,
        )

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the background work."""
        self._flushing = loop.create_task(self._flush_forever())

    async def close(self) -> None:
        """Write what was counted and let go of the database; no request is answered any more.

        Where PostgreSQL is away, what was counted is lost; nothing waits until it is back.
        """
        self.db.hasten()
        if self._flushing is not None:
            async with self._writing:  # what is being written would be lost if that failed
                self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self._flush()
        if lost := self.refusals.take():
            logger.error("refusals_lost", refusals=sum(codes.total() for codes in lost.values()), sources=len(lost))
        for database in (self.answering, self.loading, self.db):
            database.close()

    async def _flush_forever(self) -> None:
        await self._look_at_keys()
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self.core.settle()
            await self._flush()
            await self._look_at_keys()

    async def _look_at_keys(self) -> None:
        try:
            await asyncio.to_thread(self.reply_keys.refresh, self.db, now=self.config.now())
        except Exception:  # a door: logged, and looked at again; what was known goes on
            logger.exception("reply_keys_not_read")

    async def _flush(self) -> None:
        async with self._writing:
            now = self.config.now()
            due = self.refusals.take()
            try:
                await asyncio.to_thread(refusals.write, self.db, counts=due, now=now)
            except Exception:  # a door: logged, kept and tried again
                self.refusals.restore(due)
                logger.exception("refusals_not_written", sources=len(due))
            try:
                await asyncio.to_thread(self.turned_away.write, self.db)
            except Exception:  # a door: logged, kept and tried again
                logger.exception("refusals_not_written", sources=0)


def _reply_keys(given: GatewayConfig) -> ReplyKeys:
    """Return the keys a process begins with: the oldest that was not put away."""
    folder, name = given.reply_key_path.parent, given.log_name
    files = KeyFiles(folder, given.reply_key_path.stem, f"{name}/replies")
    try:
        first = next(filter(None, (replykeys.read(files, number, name=name) for number in files.numbers)), None)
    except (OSError, ValueError):
        first = None
    if first is None:
        raise ReplyKeyUnreadable(path=str(given.reply_key_path))
    return ReplyKeys(first, files=files, name=name)
