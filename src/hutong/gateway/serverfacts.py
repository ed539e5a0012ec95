"""What a front-end server says of itself, `POST /v1/server-facts`: that it runs, what it declares, an outage."""

from hutong.core.errors import Problem
from hutong.gateway import callers, parsing, servershapes
from hutong.gateway.auth import Call
from hutong.gateway.state import Gateway
from hutong.plane import front_ends


def read(call: Call) -> tuple[Call, servershapes.ServerFactsIn]:
    """Return the call with what it tells; raises BodyUnreadable and ParameterUnreadable."""
    parsing.check_no_parameters(call.request.query)
    return call, parsing.body(call.request, servershapes.ServerFactsIn)


def take(gateway: Gateway, told: tuple[Call, servershapes.ServerFactsIn]) -> servershapes.ServerFactsOut:
    """Keep what a server tells of itself, under the system that signed it; a refusal is entered."""
    call, facts = told
    turned: Problem | None = None
    with gateway.db.transaction() as cur:
        refused = callers.spend_or_refuse(cur, gateway, call)
        if refused is None:
            try:
                front_ends.hear(
                    cur, system=call.caller.system, unit=call.caller.unit, digest=facts.digest or "",
                    outage=_outage(facts.outage), now=call.received_at,
                )  # fmt: skip
            except front_ends.OutageTurned as problem:
                turned = problem  # the nonce stays spent
                callers.enter_refused(cur, gateway, call, problem)
    if refused or turned:
        raise refused or turned  # type: ignore[misc]  # one of them is there
    return servershapes.ServerFactsOut(call.received_at)


def _outage(told: servershapes.OutageIn | None) -> front_ends.Outage | None:
    return None if told is None else front_ends.Outage(told.from_at, told.until_at, told.words)
