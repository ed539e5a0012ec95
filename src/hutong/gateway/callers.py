"""Refusals of known callers where no grant is named: their nonces are spent and each refusal is entered."""

from collections.abc import Sequence

from hutong.core.errors import Problem
from hutong.db.database import Cur
from hutong.gateway.auth import Call
from hutong.gateway.state import Gateway
from hutong.plane.answer import callers
from hutong.plane.answer.asking import SignedQuestion
from hutong.plane.definition import Mode


def refuse_unread(gateway: Gateway, unread: Sequence[tuple[Call, Problem]], *, mode: Mode) -> list[Problem]:
    """Enter calls that could not be read, spend their nonces, and return the problem for each caller.

    That is why its call could not be read, unless it is a replay or its system was stopped.
    """
    now = gateway.config.now()
    asked = [_asked(call) for call, _ in unread]
    with gateway.answering.transaction() as cur:
        refused = callers.refusals(cur, asked, now=now)
        told = [refusal or problem for refusal, (_, problem) in zip(refused, unread, strict=True)]
        pairs = list(zip(asked, told, strict=True))
        callers.enter_refused(cur, pairs, mode=mode, keyring=gateway.keyring, now=now)
    return told


def spend_or_refuse(cur: Cur, gateway: Gateway, call: Call) -> Problem | None:
    """Spend the call's nonce and return why its caller may not ask anything, entered; None where it may."""
    (refused,) = callers.refusals(cur, [_asked(call)], now=call.received_at)
    if refused is not None:
        enter_refused(cur, gateway, call, refused)
    return refused


def enter_refused(cur: Cur, gateway: Gateway, call: Call, problem: Problem) -> None:
    """Enter that a caller was refused; `problem` is told its entry."""
    refused, now = [(_asked(call), problem)], call.received_at
    callers.enter_refused(cur, refused, mode=Mode.COMPARE, keyring=gateway.keyring, now=now)


def _asked(call: Call) -> SignedQuestion:
    return SignedQuestion(call.caller, call.context, "", call.received_at)
