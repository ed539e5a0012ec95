"""A clock that was ahead and is set right: an honest log verifies with a word, a forged back-dating stays a fault."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remembering import NOW

from hutong.audit.clock_corrections import AHEAD_AT_FIRST, SET_BACK, ClockCorrections
from hutong.audit.faults import Findings
from hutong.audit.succession import Before, Succession
from hutong.core.leaves import moment
from hutong.core.log_keys import KeyChain
from hutong.core.merkle import Frontier, leaf_hash
from hutong.core.signed_note import Checkpoint, LogSigner

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OUT, FUTURE = "out_of_time", "in_future"


@dataclass
class Machine:
    """A platform's machine as a log sees it: a true time that goes on, a clock that may be ahead, and what it enters.

    Checkpoints are signed as the platform signs them: their moments never fall.
    """

    signer: LogSigner
    true_at: datetime = NOW
    ahead: timedelta = timedelta()
    leaves: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _frontier: Frontier = field(default_factory=Frontier)
    _signed: list[tuple[int, datetime]] = field(default_factory=list)

    @property
    def shown_at(self) -> datetime:
        return self.true_at + self.ahead

    def enter(self, *, at: datetime | None = None, event: str = "plane.compared") -> None:
        told = {"at": moment(at or self.shown_at), "class": "usage", "commitment": "ab" * 32, "event": event, "v": 1}
        self.leaves.append(json.dumps(told, separators=(",", ":")).encode())
        self._frontier.extend([leaf_hash(self.leaves[-1])])

    def sign(self, *, at: datetime | None = None) -> None:
        after, before = self._signed[-1] if self._signed else (None, NOW - 9999 * DAY)
        if after == len(self.leaves):
            return
        said = max(at or self.shown_at, before)
        head = Checkpoint(self.signer.name, len(self.leaves), self._frontier.root(), moment(said), after)
        self._signed.append((len(self.leaves), said))
        self.notes.append(self.signer.sign(head.text()))

    def work(self, minutes: int, *, every: int = 1) -> None:
        for _ in range(minutes // every):
            self.true_at += every * MINUTE
            self.enter()
            self.sign()

    def set_right(self) -> None:
        self.ahead = timedelta()
        self.enter(event=SET_BACK)


@pytest.fixture
def machine(signer):
    return Machine(signer)


def verified(machine, tmp_path, *, now=None, before=None, clock=None, end=True):
    """Return what is found wrong, each kind once, and the clock as it was found."""
    path, found = tmp_path / "checkpoints.jsonl", Findings()
    path.write_text("".join(json.dumps(note) + "\n" for note in machine.notes))
    clock = clock or ClockCorrections()
    keys = KeyChain(machine.signer.public)
    succession = Succession(path, found, keys=keys, now=now or machine.true_at, before=before, clock=clock)
    for chunk in itertools.batched(machine.leaves, 7) if hasattr(itertools, "batched") else _chunks(machine.leaves, 7):
        succession.take(chunk, [leaf_hash(each) for each in chunk])
    if end:
        clock.end()
    return sorted({str(fault.what) for fault in found.faults}), clock, succession.left


def _chunks(leaves, size):
    return [leaves[start : start + size] for start in range(0, len(leaves), size)]


def ahead_once(machine, *, ahead, lasts, before=90, after=90, every=1):
    machine.work(before, every=every)
    machine.ahead = ahead
    machine.work(lasts, every=every)
    machine.set_right()
    machine.work(after, every=every)


TICK = 10
"""Minutes between two checkpoints of a generated log."""


@pytest.mark.clause("SX-10-b")
@given(
    ahead=st.integers(2, 3 * 24 * 60), lasts=st.integers(1, 20), after=st.integers(0, 25), early=st.integers(0, 59),
    checked=st.integers(0, 300),
)  # fmt: skip
def test_an_honest_log_whose_clock_was_ahead_and_was_set_right_verifies_with_a_word(
    signer, tmp_path_factory, ahead, lasts, after, early, checked
):
    machine = Machine(signer)
    ahead_once(machine, ahead=ahead * MINUTE, lasts=lasts * TICK, after=after * TICK, every=TICK)
    machine.enter(at=machine.shown_at - min(early, after * TICK) * MINUTE)  # a long transaction after it
    machine.sign()

    found, clock, _ = verified(machine, tmp_path_factory.mktemp("log"), now=machine.true_at + checked * MINUTE)

    assert found == []
    (told,) = clock.corrections
    assert (told.covers, told.entry, told.epoch, told.back) == (True, 9 + lasts, 1, ahead * MINUTE)


@pytest.mark.clause("SX-10-b")
@given(
    ahead=st.integers(65, 3 * 24 * 60), lasts=st.integers(1, 20), back=st.integers(1, 5 * 24 * 60),
    where=st.sampled_from(["before", "ahead", "after", "long after"]),
)  # fmt: skip
def test_whatever_else_is_dated_back_beside_such_an_entry_stays_a_fault(
    signer, tmp_path_factory, ahead, lasts, back, where
):
    machine = Machine(signer)
    machine.work(90, every=TICK)
    if where == "before":
        machine.enter(at=machine.shown_at - HOUR - back * MINUTE)
        machine.sign()
    machine.ahead = ahead * MINUTE
    machine.work(lasts * TICK, every=TICK)
    if where == "ahead":
        machine.enter(at=machine.shown_at - HOUR - back * MINUTE)
        machine.sign()
    machine.set_right()
    set_to = machine.shown_at
    machine.work(TICK, every=TICK)
    if where == "after":  # older than the longest transaction before the moment it was set to
        machine.enter(at=set_to - HOUR - back * MINUTE)
    if where == "long after":  # the clock is past what it had shown
        machine.true_at += ahead * MINUTE
        machine.work(TICK, every=TICK)
        machine.enter(at=machine.shown_at - HOUR - back * MINUTE)
    machine.sign()
    assert OUT in verified(machine, tmp_path_factory.mktemp("log"))[0]


@pytest.mark.clause("SX-10-b")
@given(lived=st.integers(15, 40), back=st.integers(61, 130), more=st.integers(1, 4))
def test_a_log_that_was_never_ahead_covers_nothing_by_saying_that_its_clock_was_set_back(
    signer, tmp_path_factory, lived, back, more
):
    machine = Machine(signer)
    machine.work(lived * TICK, every=TICK)
    machine.true_at -= back * MINUTE  # as a forger who wants to write an earlier day's entries sets it
    machine.set_right()
    machine.work(more * TICK, every=TICK)
    found, clock, _ = verified(machine, tmp_path_factory.mktemp("log"), now=NOW + 9 * DAY)
    assert (found, [each.covers for each in clock.corrections]) == ([OUT], [False])


@pytest.mark.clause("SX-10-b")
def test_a_jump_covers_once_what_it_was_ahead_by(machine, tmp_path):
    ahead_once(machine, ahead=3 * HOUR, lasts=10, after=200)
    assert verified(machine, tmp_path)[0] == []
    machine.true_at -= 3 * HOUR
    machine.set_right()
    machine.work(3)
    found, clock, _ = verified(machine, tmp_path, now=machine.true_at + DAY)
    assert (found, [each.covers for each in clock.corrections]) == ([OUT], [True, False])


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("days", "covers"), [(6, True), (8, False)])
def test_a_gap_of_more_than_a_week_before_explains_nothing(machine, tmp_path, days, covers):
    machine.work(90)
    machine.ahead = 3 * HOUR
    for _ in range(24 * days):
        machine.true_at += HOUR
        machine.enter()
        machine.sign()
    machine.set_right()
    machine.work(5)
    found, clock, _ = verified(machine, tmp_path, now=machine.true_at + DAY)
    assert ([each.covers for each in clock.corrections], found == []) == ([covers], covers)


@pytest.mark.clause("SX-10-b")
def test_a_clock_that_is_set_right_in_two_steps_is_covered_by_one_jump(machine, tmp_path):
    machine.work(90)
    machine.ahead = 5 * HOUR
    machine.work(10)
    machine.ahead = 2 * HOUR
    machine.enter(event=SET_BACK)
    machine.work(10)
    machine.set_right()
    machine.work(400)
    found, clock, _ = verified(machine, tmp_path)
    assert (found, [each.covers for each in clock.corrections]) == ([], [True, True])


@pytest.mark.clause("SX-10-b")
def test_what_waits_longest_may_jump_with_the_clock_and_no_later_jump_excuses_it(machine, tmp_path):
    ahead_once(machine, ahead=30 * DAY, lasts=5)
    assert verified(machine, tmp_path)[0] == []
    other = Machine(machine.signer)
    other.work(90)
    other.true_at += 30 * DAY
    other.enter(at=NOW + 91 * MINUTE)  # signed thirty days later, whatever the clock did after it
    other.sign()
    other.work(90)
    other.ahead = 31 * DAY
    other.work(5)
    other.set_right()
    other.work(5)
    assert "signed_late" in verified(other, tmp_path)[0]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize("checked", [timedelta(minutes=1), DAY, 400 * DAY])
def test_an_entry_of_a_moment_that_has_not_come_is_covered_by_no_step_before_it(machine, tmp_path, checked):
    ahead_once(machine, ahead=2 * HOUR, lasts=60)
    machine.enter(at=machine.true_at + 500 * DAY)
    machine.sign(at=machine.true_at + 500 * DAY)
    assert FUTURE in verified(machine, tmp_path, now=machine.true_at + checked)[0]


@pytest.mark.clause("SX-10-b")
def test_without_the_entry_the_same_log_has_faults(machine, tmp_path):
    machine.work(90)
    machine.ahead = 5 * HOUR
    machine.work(60)
    machine.ahead = timedelta()
    machine.work(20)
    assert verified(machine, tmp_path)[0] == [FUTURE, OUT]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("ahead", "covers"), [(8 * HOUR, True), (AHEAD_AT_FIRST + HOUR, False)])
def test_a_log_may_begin_with_its_clock_ahead_by_less_than_a_day(machine, tmp_path, ahead, covers):
    ahead_once(machine, ahead=ahead, lasts=10, before=0)
    found, clock, _ = verified(machine, tmp_path)
    assert ([each.covers for each in clock.corrections], found == []) == ([covers], covers)


@pytest.mark.clause("SX-10-b")
def test_nobody_dates_back_to_a_day_the_log_has_lived_through_because_its_beginning_may_have_been_ahead(
    machine, tmp_path
):
    machine.work(300)
    machine.true_at = NOW + 30 * MINUTE
    machine.set_right()
    machine.work(3)
    assert verified(machine, tmp_path, now=NOW + DAY)[0] == [OUT]


@pytest.mark.clause("SX-10-b")
def test_a_clock_that_was_ahead_at_the_end_of_one_epoch_is_set_right_in_the_next(machine, tmp_path):
    machine.work(90)
    machine.ahead = 4 * HOUR
    machine.work(10)
    found, clock, left = verified(machine, tmp_path, end=False)
    assert isinstance(left, Before)
    later = Machine(machine.signer, true_at=machine.true_at)
    later.enter(event="audit.epoch_begun")
    later.sign(at=machine.shown_at)
    later.set_right()
    later.sign(at=machine.shown_at)
    for _ in range(5):
        later.true_at += MINUTE
        later.enter()
        later.sign(at=machine.shown_at)
    assert (found, verified(later, tmp_path, before=left, clock=clock)[0]) == ([], [])
    again = ClockCorrections()
    verified(machine, tmp_path, clock=again, end=False)
    later.leaves = [leaf for leaf in later.leaves if SET_BACK.encode() not in leaf]
    assert "begun_before" in verified(later, tmp_path, before=left, clock=again)[0]


@pytest.mark.clause("SX-10-b")
@pytest.mark.parametrize(("seen", "covers"), [(HOUR, True), (HOUR + MINUTE, True), (HOUR + 2 * MINUTE, False)])
def test_a_witness_that_saw_a_checkpoint_before_it_at_a_later_moment_says_that_it_is_not_true(seen, covers):
    clock = ClockCorrections()
    clock.begin(trains=False)
    for at in (NOW, NOW + 5 * HOUR):
        clock.signed(moment(at))
    clock.seen(moment(NOW + seen))
    clock.set_back(moment(NOW + HOUR), epoch=1, entry=7)
    assert [each.covers for each in clock.corrections] == [covers]


@pytest.mark.clause("SX-10-b")
def test_what_a_training_clock_jumped_ahead_excuses_nothing_in_the_epoch_after_it():
    clock = ClockCorrections()
    clock.begin(trains=True)
    for at in (NOW, NOW + 900 * DAY):
        clock.signed(moment(at))
    clock.set_back(moment(NOW), epoch=1, entry=7)
    assert clock.corrections == []
    clock.begin(trains=False)
    clock.set_back(moment(NOW), epoch=2, entry=1)
    assert [each.covers for each in clock.corrections] == [False]
