"""Coalescing: questions that arrive while a list is being answered make up the next list (architecture 3.1).

A lone question is a list of one, and waits for nobody. Under load the lists grow, so that one transaction and one flush
to disk serve many callers: after a list of several, those just answered are given as long as it took to ask again, so
that all make one list and not two that take turns (decision 6).
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from hutong.core.errors import Problem, Unavailable
from hutong.messages import logger

Q = TypeVar("Q")
A = TypeVar("A")

SEVERAL = 4
"""Questions of a list after which the next one is waited with."""
LONGEST_PATIENCE = 0.05
"""Seconds that are waited at most, however long that list took: one that waited for PostgreSQL says nothing of when its
callers come back."""


class GatewayFull(Unavailable):
    """The gateway has {waiting} questions waiting and takes no more at this moment."""


class GatewayClosing(Unavailable):
    """The gateway is shutting down and takes no more questions."""


class DeadlinePassed(Unavailable):
    """The question waited {seconds} seconds without being taken; it was dropped and nothing was answered."""


class AnswerFailed(Unavailable):
    """The question could not be answered at this moment; nothing was given out."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait and how much is answered at once."""

    waiting: int = 1024
    """Most questions that wait; over it a caller is told so at once."""
    weight: int = 1024
    """Most weight (claims) in one list; a single heavier question goes alone."""
    seconds: float = 5.0
    """Longest a question waits to be taken."""


@dataclass(slots=True)
class _Waiting(Generic[Q, A]):
    question: Q
    weight: int
    until: float
    reply: "asyncio.Future[A | Problem]"


class Tick(Generic[Q, A]):
    """Gathers questions of one kind and hands them on as lists, in a worker thread.

    A question whose caller went away is dropped if it was not taken yet; once taken it is answered and
    entered, whoever still listens.
    """

    def __init__(self, answer: Callable[[Sequence[Q]], Sequence[A | Problem]], *, name: str, bounds: Bounds) -> None:
        self._answer = answer
        self._bounds = bounds
        self._queue: deque[_Waiting[Q, A]] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._closing = False
        self._expected = 0
        self._gathered: asyncio.Event = asyncio.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"tick-{name}")

    @property
    def waiting(self) -> int:
        """Questions not taken yet."""
        return len(self._queue)

    async def ask(self, question: Q, *, weight: int = 1) -> A | Problem:
        """Return the answer to `question` once it is committed; raises Unavailable if it was never taken."""
        if self._closing:
            raise GatewayClosing(retry_after=5)
        if len(self._queue) >= self._bounds.waiting:
            raise GatewayFull(waiting=len(self._queue), retry_after=1)
        reply: asyncio.Future[A | Problem] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(question, weight, time.monotonic() + self._bounds.seconds, reply))
        if len(self._queue) >= self._expected:
            self._gathered.set()
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain())
        return await reply

    async def close(self) -> None:
        """Take no more questions and return when those waiting have been answered."""
        self._closing = True
        self._gathered.set()
        if self._draining is not None:
            await self._draining
        self._threads.shutdown()

    async def _drain(self) -> None:
        try:
            while taken := self._take():
                began = time.monotonic()
                await self._answer_all(taken)
                if len(taken) >= SEVERAL and not self._closing and not self._full():
                    patience = min(time.monotonic() - began, LONGEST_PATIENCE)
                    await self._gather(min(len(taken) + len(self._queue), self._bounds.waiting), seconds=patience)
        finally:
            # At once, not when the loop gets to it: who was just answered may ask again before that.
            self._draining = None

    def _full(self) -> bool:
        """Return whether no more may wait, or a whole list waits already."""
        bounds = self._bounds
        return len(self._queue) >= bounds.waiting or sum([each.weight for each in self._queue]) >= bounds.weight

    async def _gather(self, count: int, *, seconds: float) -> None:
        """Return when so many wait, or so many seconds have passed."""
        self._expected = count
        self._gathered.clear()
        timer = asyncio.get_running_loop().call_later(seconds, self._gathered.set)
        await self._gathered.wait()
        timer.cancel()

    async def _answer_all(self, taken: Sequence[_Waiting[Q, A]]) -> None:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._threads, self._answer, [each.question for each in taken])
        except Exception:  # a door: logged and answered
            logger.exception("list_failed", questions=len(taken))
            answers = [AnswerFailed(retry_after=1)] * len(taken)
        for each, answer in zip(taken, answers, strict=True):
            if not each.reply.done():
                each.reply.set_result(answer)

    def _take(self) -> list[_Waiting[Q, A]]:
        taken: list[_Waiting[Q, A]] = []
        weight = 0
        now = time.monotonic()
        while self._queue:
            first = self._queue[0]
            if first.reply.done():
                self._queue.popleft()
            elif first.until < now:
                self._queue.popleft()
                first.reply.set_exception(DeadlinePassed(seconds=self._bounds.seconds, retry_after=1))
            elif taken and weight + first.weight > self._bounds.weight:
                break
            else:
                taken.append(self._queue.popleft())
                weight += first.weight
        return taken
