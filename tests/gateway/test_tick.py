"""Questions that arrive together are answered together."""

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest

from hutong.core.errors import Problem
from hutong.gateway.tick import AnswerFailed, Bounds, DeadlinePassed, GatewayClosing, GatewayFull, Tick


def test_gathers_what_arrives_while_a_list_is_being_answered() -> None:
    lists: list[list[int]] = []
    gate = threading.Event()

    def answer(questions: Sequence[int]) -> Sequence[int | Problem]:
        lists.append(list(questions))
        gate.wait(5)
        return [question * 10 for question in questions]

    async def work() -> None:
        tick: Tick[int, int] = Tick(answer, name="t", bounds=Bounds(weight=4))
        asked = [asyncio.create_task(tick.ask(number)) for number in range(3)]
        await asyncio.sleep(0.05)
        asked += [asyncio.create_task(tick.ask(number)) for number in range(3, 8)]
        asked.append(asyncio.create_task(tick.ask(8, weight=100)))
        await asyncio.sleep(0.05)
        gate.set()
        assert await asyncio.gather(*asked) == [number * 10 for number in range(9)]
        await tick.close()
        with pytest.raises(GatewayClosing):
            await tick.ask(1)

    asyncio.run(work())
    assert sorted(number for each in lists for number in each) == list(range(9))
    assert lists[0] == [0, 1, 2]
    assert lists[1:] == [[3, 4, 5, 6], [7], [8]]


def test_who_was_just_answered_may_ask_again_at_once() -> None:
    async def work() -> list[int | Problem]:
        tick: Tick[int, int] = Tick(list, name="t", bounds=Bounds())
        answers = [await tick.ask(number) for number in range(50)]
        await tick.close()
        return answers

    assert asyncio.run(asyncio.wait_for(work(), 10)) == list(range(50))


def test_drops_whose_caller_went_away_and_what_waited_too_long() -> None:
    seen: list[int] = []
    gate = threading.Event()

    def answer(questions: Sequence[int]) -> Sequence[int | Problem]:
        seen.extend(questions)
        gate.wait(5)
        return list(questions)

    async def work() -> None:
        tick: Tick[int, int] = Tick(answer, name="t", bounds=Bounds(waiting=2, seconds=0.1))
        first = asyncio.create_task(tick.ask(1))
        await asyncio.sleep(0.02)
        gone = asyncio.create_task(tick.ask(2))
        late = asyncio.create_task(tick.ask(3))
        await asyncio.sleep(0.02)
        with pytest.raises(GatewayFull):
            await tick.ask(4)
        gone.cancel()
        await asyncio.sleep(0.2)
        gate.set()
        assert await first == 1
        with pytest.raises(DeadlinePassed):
            await late
        await tick.close()

    asyncio.run(work())
    assert seen == [1]


def test_tells_everyone_of_a_list_that_failed() -> None:
    def answer(questions: Sequence[int]) -> Sequence[int | Problem]:
        raise OSError("the disk")

    async def work() -> None:
        tick: Tick[int, int] = Tick(answer, name="t", bounds=Bounds())
        told = await asyncio.gather(tick.ask(1), tick.ask(2))
        assert [type(each) for each in told] == [AnswerFailed, AnswerFailed]
        await tick.close()

    asyncio.run(work())


def test_a_list_that_took_long_does_not_keep_the_next_caller_waiting() -> None:
    def answer(questions: Sequence[int]) -> Sequence[int | Problem]:
        time.sleep(1 if len(questions) > 1 else 0)
        return list(questions)

    async def work() -> float:
        tick: Tick[int, int] = Tick(answer, name="t", bounds=Bounds())
        await tick.ask(0)
        await asyncio.gather(*(tick.ask(number) for number in range(8)))
        began = time.monotonic()
        assert await tick.ask(9) == 9
        took = time.monotonic() - began
        await tick.close()
        return took

    assert asyncio.run(work()) < 0.3


@pytest.mark.parametrize(
    ("bounds", "first"),
    # Where nobody is waited for after the first list, it is the second after which the first time is.
    [(Bounds(waiting=8), 8), (Bounds(weight=8), 8), (Bounds(waiting=9), 9), (Bounds(), 16)],
    ids=["no more may wait", "a whole list waits", "one more may wait", "all may"],
)
def test_a_list_waits_for_no_more_than_may_wait(bounds: Bounds, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    gate = threading.Event()

    async def gather(_: object, count: int, *, seconds: float) -> None:
        counts.append(count)

    def answer(questions: Sequence[int]) -> Sequence[int | Problem]:
        gate.wait(5)
        return list(questions)

    async def work() -> None:
        tick: Tick[int, int] = Tick(answer, name="t", bounds=bounds)
        asked = [asyncio.create_task(tick.ask(number)) for number in range(8)]
        await asyncio.sleep(0.01)
        asked += [asyncio.create_task(tick.ask(number)) for number in range(8, 16)]
        await asyncio.sleep(0.01)
        gate.set()
        await asyncio.gather(*asked)
        await tick.close()

    monkeypatch.setattr(Tick, "_gather", gather)
    asyncio.run(work())
    assert counts[0] == first
