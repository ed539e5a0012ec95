"""What is sent twice is done once: by the key that a program gives a request (`Idempotency-Key`)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from hutong.control.units import answered
from hutong.web import clock
from hutong.web.api.door import ProgramRequest, shown

HEADER = "Idempotency-Key"


def once(request: ProgramRequest, form: QueryDict, do: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return what `do` returns, or returned before for the same key; without a key it is done each time.

    What it does and what it was answered are kept together or not at all. Raises KeyMisshaped and KeyUsedOtherwise.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return do()
    said = {"method": request.method, "path": request.path, "body": dict(form.lists())}
    token = request.program.bearer.token
    return answered.once(token, key, said=said, shown=shown(request), do=do, now=clock.now())
