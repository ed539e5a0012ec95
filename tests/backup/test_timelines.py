"""Of the database's log the line that is restored is followed: what a server wrote that was given up is none of it."""

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from lost_county import Lost, Receiving, owner, real, settings

from hutong.backup import nightly, place, reading_back, restoring, streaming, timelines
from hutong.backup.place import SEGMENT_BYTES, Segment
from hutong.backup.programs import Source
from hutong.backup.restoring import Restored
from hutong.backup.timelines import Stretch
from hutong.db import postmaster
from hutong.installation import opening


def test_a_history_says_of_which_timelines_a_line_is_made(tmp_path: Path) -> None:
    (tmp_path / "00000002.history").write_text("1\t0/3000100\tbefore 2026-11-30\n")
    (tmp_path / "00000003.history").write_text("# of a restore\n1\t0/3000100\tx\n\n2\t0/5000000\ty\n")
    (tmp_path / "00000004.history").write_text("1\t0/2000000\tx\n")
    (tmp_path / "00000005.history").write_text("7\t0/2000000\tafter itself\n")
    (tmp_path / "00000006.history").write_bytes(b"\xff\x00 nothing")
    found = timelines.known(tmp_path)
    assert sorted(found) == [2, 3, 4]
    third = timelines.of(found, 3)
    assert third.stretches == (Stretch(3, 0x5000000, None), Stretch(2, 0x3000100, 0x5000000), Stretch(1, 0, 0x3000100))
    assert third.includes(1, 0x3000100) and not third.includes(1, 0x3000101) and not third.includes(2, 0x3000000)
    assert [[each.timeline for each in third.of_segment(number)] for number in (2, 3, 4, 5)] == [[1], [2, 1], [2], [3]]
    assert timelines.newest(found, timeline=1, position=0x1000000).number == 4
    assert timelines.newest(found, timeline=1, position=0x2000001).number == 3
    assert timelines.newest(found, timeline=2, position=0x6000000).number == 2
    assert timelines.newest(found, timeline=9, position=0x6000000).stretches == (Stretch(9, 0, None),)


def test_segments_of_other_lines_are_none_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "00000002.history").write_text("1\t0/3000100\tx\n")
    there = [
        Segment(tmp_path / f"{place.segment_name(timeline, number)}{end}", timeline, number)
        for timeline, number, end in (
            (1, 2, ".zst"), (1, 3, ".zst"), (1, 4, ".zst"), (2, 3, ".zst"), (2, 4, ".partial"),
        )
    ]
    kept = timelines.of(timelines.known(tmp_path), 2).segments(there)
    assert {number: [each.timeline for _, each in here] for number, here in kept.items()} == {2: [1], 3: [2, 1], 4: [2]}


@dataclass(frozen=True)
class Forked:
    """A place to which two servers wrote, one after the other."""

    lost: Lost
    first: Restored
    fork_at: datetime
    system: str

    def of(self, timeline: int) -> list[Segment]:
        return [each for each in self.lost.place.segments(self.system) if each.timeline == timeline]


@pytest.fixture
def forked(lost: Lost, tmp_path: Path) -> Forked:
    """The county was put back as it was at a moment; what its lost server wrote after that stays at the place."""
    own = lost.copied(tmp_path / "second")
    fork_at = own.moments[1]
    first = own.restored(tmp_path / "one", moment=fork_at)
    with opening.opened(settings(tmp_path / "one")) as installation:
        assert installation.server is not None
        server = installation.server
        source = Source(server.superuser_url(), postmaster.programs()[postmaster.major(server.cluster) or 0])
        system = source.cluster().system
        given = restoring.restored_from(first)
        place.take_over(own.written, owner(installation), restored_from=given, now=real())
        streaming.set_aside(own.place, system=system, since="now")
        received = Receiving(source, own.written, system)
        with closing(psycopg.connect(server.superuser_url("hutong"), autocommit=True)) as connection:
            connection.execute("create table public.of_the_second (said text)")
            for _ in range(4):
                connection.execute("insert into public.of_the_second values ('a row')")
                connection.execute("select pg_switch_wal()")
        received.end(installation)
    return Forked(own, first, fork_at, system)


def of_the_second(data: Path) -> int | None:
    """Return how many rows of the second server came back; None where it had not begun."""
    with opening.opened(settings(data)) as installation:
        assert installation.server is not None
        with closing(psycopg.connect(installation.server.superuser_url("hutong"))) as connection:
            if connection.execute("select to_regclass('public.of_the_second')").fetchall() == [(None,)]:
                return None
            ((count,),) = connection.execute("select count(*) from public.of_the_second").fetchall()
            return int(count)


@pytest.mark.full
@pytest.mark.clause("SX-11-c")
def test_after_two_servers_the_line_of_the_second_comes_back_and_that_of_the_first_where_a_moment_is_of_it(
    forked: Forked, tmp_path: Path
) -> None:
    own = forked.lost
    assert {each.timeline for each in own.place.segments(forked.system)} == {1, 2}
    assert nightly.broken(own.place, own.place.set()) is None
    whole = [each for each in forked.of(2) if each.compressed]
    assert len(whole) >= 4 and {streaming.look(each, system=forked.system) for each in whole} == {None}

    newest = own.restored(tmp_path / "newest")
    assert (newest.plan.timeline.number, newest.unreachable, newest.evidence.stored) == (2, None, own.sizes[1])
    assert newest.evidence.timeline == 3
    assert of_the_second(tmp_path / "newest") == 4

    assert restoring.plan(own.place, moment=forked.fork_at, number=None).timeline.number == 2
    between = own.restored(tmp_path / "between", moment=own.moments[2])  # when the first server alone was there
    assert (between.plan.timeline.number, between.evidence.stored) == (1, own.sizes[2])
    assert of_the_second(tmp_path / "between") is None


@pytest.mark.clause("SX-11-c")
@pytest.mark.full
def test_where_a_line_lacks_a_segment_that_is_told_and_none_of_another_is_replayed_in_its_place(
    forked: Forked, tmp_path: Path
) -> None:
    own = forked.lost
    gone = forked.of(2)[0]
    there = [each for each in forked.of(1) if each.number == gone.number]
    assert there  # what the first server wrote there after it was given up
    gone.path.unlink()

    gap = reading_back.log_break(own.place, own.place.set())
    restored = own.restored(tmp_path / "new")
    assert (restored.unreachable, restored.plan.timeline.number) == (gone.name, 2)
    assert restored.evidence.stored <= own.sizes[1]
    assert of_the_second(tmp_path / "new") is None
    assert gap is None  # by name its beginning is there, on the line before


@pytest.mark.full
@pytest.mark.clause("SX-11-c")
def test_a_set_of_a_server_that_was_given_up_is_not_taken_for_the_line_that_left_it(
    forked: Forked, tmp_path: Path
) -> None:
    own = forked.lost
    first = own.place.set()
    later = own.place.next_set(real())
    shutil.copytree(first.folder, later)
    position = (max(each.number for each in forked.of(1)) + 1) * SEGMENT_BYTES - 1
    told = replace(first, folder=later, number=2, start_lsn=position - 1, stop_lsn=position)
    own.written.write_set(told)
    assert restoring.plan(own.place, moment=None, number=None).chosen.number == 1
    chosen = restoring.plan(own.place, moment=None, number=2)
    assert (chosen.chosen.number, chosen.timeline.number) == (2, 1)
