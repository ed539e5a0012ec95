"""Something that is done beside the test, in a thread of its own: whether it waits, and what comes of it."""

from collections.abc import Callable
from threading import Thread

from django.db import connections


class Doing:
    """Something that is done in a thread of its own, and what came of it."""

    def __init__(self, what: Callable[[], object]) -> None:
        self.came: object = None
        self._what = what
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.came = self._what()
        except Exception as fault:  # whatever it is, the test looks at it
            self.came = fault
        finally:
            connections.close_all()

    def waits(self) -> bool:
        self._thread.join(0.7)
        return self._thread.is_alive()

    def done(self) -> object:
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.came
