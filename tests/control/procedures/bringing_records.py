"""How a case of what concerns the log is brought into a state, and a step of it taken: purges, holds, epochs, keys."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from acting import NOW, PASSWORD
from bringing import LONG_AFTER, OLD, WHO, Way
from expected import ENTITLED

from hutong.audit import beginning, holds, key_changes, purges, retention, tree
from hutong.audit.events import RecordClass
from hutong.audit.heads import Heads
from hutong.audit.keyfiles import KeyFiles
from hutong.control.units import operations as members
from hutong.core.lifecycle import TIME
from hutong.core.signed_note import LogSigner
from hutong.db.database import Database


class Kept(Way):
    """What concerns the records: their purge, or a hold on them. Long after, with an auditor there."""

    events = "audit"

    def prepare(self) -> None:
        auditor = {"name": "吴敏", "unit": self.county.actor("authority").unit, "roles": ["auditor"]}
        members.add_officer(username="auditor", password=PASSWORD, **auditor, now=NOW, by="init")
        self.number = self.bring([who for who in ENTITLED if who != self.taker])

    def bring(self, decided: list[str]) -> int:
        """Bring it into its state by decisions of these two, who are not who takes the step."""
        raise NotImplementedError

    @property
    def others(self) -> list[str]:
        """Who may not: everybody but the three who each may."""
        return sorted(set(WHO.values()) - set(ENTITLED)) if self.step.role != TIME else []

    def acting(self, by: str) -> dict[str, object]:
        """Return who acts, where they sit, and when."""
        return {"by": by, "seats": self.county.actor(by).platform_seats, "now": LONG_AFTER}


class Approved(Kept):
    """What one of the three requests and another approves."""

    @property
    def others(self) -> list[str]:
        """Who may not; who requested it does not approve it either."""
        requested = [who for who in ENTITLED if who != self.taker][:1]
        return super().others + (requested if self.step.action == "approve" else [])


class OfPurge(Approved):
    """A purge of usage records."""

    refusing = (retention.NotEntitledToPurge, retention.ApproverIsRequester)
    groundless = retention.DropWithoutReason

    def bring(self, decided: list[str]) -> int:
        keeper = Database(self.county.url, role="logkeeper", size=1)
        tree.integrate(keeper, now=NOW, signer=LogSigner.from_seed("log.county.example", bytes(range(32))))
        keeper.close()
        number = 0
        if self.step.before != "unrequested":
            number = self._request(decided[0])
        if self.step.before == "approved":
            retention.approve(self.owner, purge=number, **self.acting(decided[1]))  # type: ignore[arg-type]
        return number

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "request":
            self.number = self._request(by)
        else:
            step = {"approve": retention.approve, "purge": retention.purge, "drop": retention.drop}[self.step.action]
            step(self.owner, purge=self.number, **self.acting(by), **grounds)  # type: ignore[operator]
        with self.owner.transaction() as cur:
            return purges.read(cur, purge=self.number).state

    def _request(self, by: str) -> int:
        return retention.request(
            self.owner, record_class=RecordClass.USAGE, before=OLD, **self.acting(by)  # type: ignore[arg-type]
        )


class OfHold(Kept):
    """A hold on all records, to the end of a week."""

    refusing = (holds.NotEntitledToHold,)
    groundless = holds.HoldWithoutReason
    UNTIL = LONG_AFTER + timedelta(days=7)

    def bring(self, decided: list[str]) -> int:
        self.enters = self.step.role != TIME
        return self._place(decided[0], reason="案件") if self.step.before == "placed" else 0

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "place":
            self.number = self._place(by, **grounds)
        elif self.step.action == "lift":
            holds.lift(self.owner, hold=self.number, **self.acting(by), **grounds)  # type: ignore[arg-type]
        return self._state(self.UNTIL if self.step.role == TIME else LONG_AFTER)

    def told(self) -> None:
        if self.enters:
            super().told()
        else:
            assert self._state(self.UNTIL - timedelta(microseconds=1)) == self.step.before

    def _place(self, by: str, *, reason: str) -> int:
        given = self.acting(by)
        return holds.place(self.owner, record_class=None, reason=reason, until_at=self.UNTIL, **given)  # type: ignore[arg-type]

    def _state(self, now: datetime) -> str:
        with self.owner.transaction() as cur:
            return {each.id: each for each in holds.every(cur)}[self.number].state(now)


class OfEpoch(Approved):
    """A new epoch of a log that was set back."""

    refusing = (beginning.NotEntitledToEpoch, beginning.EpochApproverIsRequester)
    groundless = beginning.EpochWithoutReason

    def bring(self, decided: list[str]) -> int:
        signer = LogSigner.from_seed("log.county.example", bytes(range(32)))
        self.folder = tempfile.TemporaryDirectory()
        self.keys = beginning.Keys(signer, Heads(Path(self.folder.name)))
        keeper = Database(self.county.url, role="logkeeper", size=1)
        tree.integrate(keeper, now=NOW, signer=signer, heads=self.keys.heads)
        keeper.close()
        with self.owner.transaction() as cur:
            cur.execute("delete from audit.leaf where seq = (select max(seq) from audit.leaf)")
        return 0 if self.step.before == "unrequested" else self._request(decided[0])

    def close(self) -> None:
        self.folder.cleanup()
        super().close()

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "request":
            self.number = self._request(by, **grounds)
        elif self.step.action == "approve":
            beginning.approve(self.owner, keys=self.keys, request=self.number, **self.acting(by))  # type: ignore[arg-type]
        else:
            beginning.drop(self.owner, request=self.number, **self.acting(by), **grounds)  # type: ignore[arg-type]
        with self.owner.transaction() as cur:
            return beginning.read(cur, request=self.number).state

    def _request(self, by: str, *, reason: str = "机房火灾") -> int:
        return beginning.request(self.owner, keys=self.keys, reason=reason, **self.acting(by))  # type: ignore[arg-type]


class OfKey(Approved):
    """A change of the log's key."""

    refusing = (key_changes.NotEntitledToKeys, key_changes.KeyApproverIsRequester)
    groundless = key_changes.KeyChangeWithoutReason

    def bring(self, decided: list[str]) -> int:
        self.files = KeyFiles(Path(tempfile.mkdtemp()), "log", "log.county.example")
        self.files.seed(1).write_bytes(bytes(range(32)))
        return 0 if self.step.before == "unrequested" else self._request(decided[0])

    def act(self, by: str, **grounds: str) -> str:
        if self.step.action == "request":
            self.number = self._request(by, **grounds)
        else:
            done = {"approve": key_changes.approve, "drop": key_changes.drop}[self.step.action]
            done(self.owner, id=self.number, files=self.files, **self.acting(by), **grounds)  # type: ignore[arg-type]
        with self.owner.transaction() as cur:
            return key_changes.read(cur, id=self.number).state

    def _request(self, by: str, *, reason: str = "年度更换") -> int:
        facts = {"kind": "log", "files": self.files, "days": 30, "reason": reason, **self.acting(by)}
        return key_changes.request(self.owner, **facts)  # type: ignore[arg-type]
