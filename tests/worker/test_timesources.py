"""What keeps the machine's clock: a time server's answer is believed where it is one to our question."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from hutong.db.database import Database
from hutong.installation import watching
from hutong.plane import rulebook
from hutong.worker import machine, timesources
from hutong.worker.timesources import NoTime

SINCE_1900 = 2_208_988_800


def real() -> datetime:
    return datetime.now(UTC)


def ntp(moment: datetime) -> bytes:
    """Return a moment as NTP writes it; from 2036 on in its second era."""
    seconds = moment.timestamp() + SINCE_1900
    return struct.pack(">II", int(seconds) % (1 << 32), int(seconds % 1 * (1 << 32)))


def answer(question: bytes, *, ahead: timedelta = timedelta(), first: int = 0x24, stratum: int = 2) -> bytes:
    moment = ntp(real() + ahead)
    return bytes([first, stratum, 0, 0]) + bytes(20) + question[40:48] + moment + moment


@contextmanager
def time_server(answering: Callable[[bytes], bytes]) -> Iterator[str]:
    """Answer on a port of this machine, as a time server would; yields its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    question, whom = line.recvfrom(512)
                except TimeoutError:
                    continue
                line.sendto(answering(question), whom)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{line.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize("ahead", [0, 3600, -0.75, -86400])
def test_tells_how_far_the_clock_is_off_a_time_servers(ahead: float) -> None:
    with time_server(lambda question: answer(question, ahead=timedelta(seconds=ahead))) as server:
        told = timesources.apart(server, clock=real)
    assert abs(told + ahead) <= 0.5  # what the answer took is given to the server
    assert told == 0 or told * ahead < 0


def test_a_server_of_the_second_era_is_understood() -> None:
    shift = timedelta(days=12 * 366)
    with time_server(lambda question: answer(question, ahead=shift)) as server:
        assert abs(timesources.apart(server, clock=lambda: real() + shift)) < 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda asked: answer(asked, first=0xE4),  # says itself that nothing keeps its clock
        lambda asked: answer(asked, stratum=0),  # "kiss of death"
        lambda asked: answer(asked, stratum=16),
        lambda asked: answer(asked, first=0x23),  # a question
        lambda asked: answer(bytes(48)),  # to another question
        lambda asked: answer(asked)[:47],
    ],
)
def test_what_is_no_answer_to_our_question_is_not_believed(wrong: Callable[[bytes], bytes]) -> None:
    with time_server(wrong) as server, pytest.raises(NoTime):
        timesources.apart(server, clock=real)


@pytest.mark.clause("SX-10-b")
def test_what_keeps_the_clock_is_noted_and_told_until_it_is_well(database_url: str, db: Database) -> None:
    def told() -> list[str]:
        with db.transaction() as cur:
            seen = watching.look(watching.Watched(), cur, now=real(), clock=real, machine="m1")
        return [each.code for each in seen.problems]

    def once(*servers: str) -> list[str]:
        return [each.code for each in machine.once(own, clock=real, own_clock=real, servers=servers)]

    def off(question: bytes) -> bytes:
        return answer(question, ahead=timedelta(seconds=90))

    with db.transaction() as cur:
        rulebook.keep(cur, {"watch.clock_seconds": 60}, version=1, from_date=date(2020, 1, 1))
    alone = [] if timesources.kept_by_system() else ["CLOCK_UNKEPT"]
    with closing(Database(database_url, role="worker", size=1)) as own:
        assert once() == told() == alone
        assert once("127.0.0.1:9", "no such name.example") == told() == alone
        with time_server(answer) as right, time_server(off) as wrong:
            assert once(right) == told() == []
            assert once(right, wrong, "127.0.0.1:9") == told() == ["CLOCK_APART"]
            with db.transaction() as cur:
                rulebook.keep(cur, {"watch.clock_seconds": 120}, version=2, from_date=date(2020, 1, 1))
            assert once(right, wrong) == told() == []
