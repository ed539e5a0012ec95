"""Several who have copies of one key on one database sign nothing twice differently, wherever one of them falls."""

import shutil
import signal
import threading
from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import dying
import pytest
from remembering import NOW, usage
from test_signing import cut_back, enter, notes

from hutong.audit import export, log, signing, tree, verify
from hutong.audit.heads import Heads
from hutong.core.lifecycle import Seat
from hutong.db.database import Database

HOUR = timedelta(hours=1)


class Memory(Heads):
    """A folder of heads that tells of everything that was ever signed by whom it is."""

    def keep(self, epoch: int, note: str) -> None:
        with (self.folder / "all").open("a") as file:
            file.write(f"{note}\0")
        super().keep(epoch, note)

    @property
    def signed(self) -> list[bytes]:
        told = (self.folder / "all").read_bytes() if (self.folder / "all").exists() else b""
        kept = self.read(1)
        return [each for each in [*told.split(b"\0"), kept or b""] if each]


def memory(folder: Path, *, of: Memory | None = None) -> Memory:
    """Make a folder of heads, or a copy of one as it is now."""
    folder.mkdir()
    if of is not None:
        shutil.copy(of.path(1), folder)
    return Memory(folder)


def by_size(*lists: list[bytes]) -> dict[bytes, set[bytes]]:
    """Every note there is, by the size it is of."""
    found = defaultdict(set)
    for note in (note for notes_ in lists for note in notes_):
        found[note.split(b"\n")[1]].add(note)
    return found


def sound(db, signer, folder, *, now):
    given = {"now": now, "by": "吴敏", "seats": {Seat("auditor", "unit")}}
    export.export(db, folder, vkey=signer.verifier, **given)
    return verify.verify(folder, now=now, vkey=signer.verifier).faults == ()


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("more", [0, 7])
@pytest.mark.parametrize("step", dying.STEPS)
def test_where_one_falls_another_signs_the_same(db, database_url, signer, tmp_path, step, more):
    first = memory(tmp_path / "first")
    enter(db, 20)
    tree.integrate(db, now=NOW, signer=signer, heads=first)
    second = memory(tmp_path / "second", of=first)
    enter(db, 30)
    assert dying.integrate(database_url, first.folder, step=step, now=NOW) == -signal.SIGKILL

    enter(db, more)
    for count in (0, 5):
        enter(db, count)
        for _ in range(100):  # the server notices a lost client when it next writes to it
            tree.integrate(db, now=NOW + HOUR, signer=signer, heads=second)
            with db.transaction() as cur:
                if cur.execute("select count(*) from audit.pending_leaf").fetchone() == (0,):
                    break
    enter(db, 3)
    tree.integrate(db, now=NOW + HOUR, signer=signer, heads=first)  # it is back
    tree.integrate(db, now=NOW + HOUR, signer=signer, heads=second)

    found = by_size(first.signed, second.signed, notes(db))
    assert {size: len(each) for size, each in found.items()} == dict.fromkeys(found, 1)
    assert first.read(1) == second.read(1) == notes(db)[-1]
    assert sound(db, signer, tmp_path / "log", now=NOW + HOUR)


@pytest.mark.clause("SX-11-a")
def test_of_several_at_once_none_signs_what_another_signed_differently(db, database_url, signer, tmp_path):
    memories = [memory(tmp_path / "first")]
    enter(db, 1)
    tree.integrate(db, now=NOW, signer=signer, heads=memories[0])
    memories += [memory(tmp_path / name, of=memories[0]) for name in ("second", "third")]
    over, failed = threading.Event(), []

    def work(own: Memory, number: int) -> None:
        with closing(Database(database_url, role="logkeeper", size=1)) as each:
            while not over.is_set():
                try:
                    tree.integrate(each, now=NOW + timedelta(seconds=number), signer=signer, heads=own, limit=7)
                except Exception as fault:  # told below
                    failed.append(fault)

    workers = [threading.Thread(target=work, args=each[::-1]) for each in enumerate(memories)]
    for worker in workers:
        worker.start()
    try:
        for number in range(60):
            with db.transaction() as cur:
                log.append(cur, [usage(number)] * (1 + number % 9))
    finally:
        over.set()
        for worker in workers:
            worker.join()
    while tree.integrate(db, now=NOW + HOUR, signer=signer, heads=memories[0]):
        pass

    assert failed == []
    found = by_size(*(each.signed for each in memories), notes(db))
    assert {size: len(each) for size, each in found.items()} == dict.fromkeys(found, 1)
    assert sound(db, signer, tmp_path / "log", now=NOW + HOUR)


@pytest.mark.clause("SX-11-a")
def test_who_signs_nothing_remembers_what_the_others_published(db, signer, tmp_path):
    first = memory(tmp_path / "first")
    enter(db, 300)
    tree.integrate(db, now=NOW, signer=signer, heads=first)
    second = memory(tmp_path / "second", of=first)
    enter(db, 50)
    for heads in (first, second):
        tree.integrate(db, now=NOW, signer=signer, heads=heads)
    cut_back(db, size=300)
    enter(db, 60)
    for heads in (first, second):
        with pytest.raises(signing.HeadNotContinued):
            tree.integrate(db, now=NOW, signer=signer, heads=heads)


def test_a_copy_of_the_key_without_what_it_signed_signs_nothing(db, signer, tmp_path):
    enter(db, 3)
    tree.integrate(db, now=NOW, signer=signer, heads=memory(tmp_path / "first"))
    enter(db, 3)
    with pytest.raises(signing.HeadLost):
        tree.integrate(db, now=NOW, signer=signer, heads=memory(tmp_path / "copy"))
    assert len(notes(db)) == 1
