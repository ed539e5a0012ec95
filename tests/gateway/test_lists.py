"""What one request of a list does to the others: nothing."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from gateway_county import County, Door, claim, now

from hutong.core.errors import Malformed
from hutong.gateway import lists, routes
from hutong.gateway.received import Received
from hutong.gateway.state import Gateway


class Headers(dict[str, str]):
    """Header fields as the server gives them."""


class Asked:
    """A signed comparison as the server gives it."""

    http_version, method, path, query_string, client = "1.1", "POST", "/v1/compare", "", "127.0.0.1:1"

    def __init__(self, headers: dict[str, str], authority: str) -> None:
        self.headers, self.authority = Headers(headers | {"host": authority}), authority


@pytest.fixture
def gateway(county: County) -> Iterator[Gateway]:
    made = Gateway(replace(county.given, authorities=(), now=now))
    yield made
    for database in (made.db, made.answering, made.loading):
        database.close()


def signed(county: County, gateway: Gateway, body: bytes) -> Received:
    door = Door("", "gate.example", county, None)  # type: ignore[arg-type]
    headers = door.signed("POST", "/v1/compare", body)
    return Received(Asked(headers, "gate.example"), gateway.config.now(), body)


def test_a_request_nobody_could_foresee_fails_alone(
    county: County, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = lists.auth.check_body

    def poisoned(call: Any) -> None:
        if b"poison" in call.request.body:
            raise ZeroDivisionError("poison")
        read(call)

    monkeypatch.setattr(lists.auth, "check_body", poisoned)
    bodies = [claim(), claim("poison"), claim(number=2)]
    answers = lists.answer(
        gateway, routes.SIGNED["POST", "/v1/compare"], [signed(county, gateway, body) for body in bodies]
    )
    assert [each.status for each in answers] == [200, 503, 200]
    assert "signature" in dict(answers[1].headers)
    assert b"poison" not in answers[1].content
    assert county.entries() == 3


@pytest.mark.parametrize(("body", "sent", "status"), [(claim(), b"other", 401), (b"{", b"{", 400)])
def test_keeps_nothing_of_what_it_refused(
    county: County, gateway: Gateway, body: bytes, sent: bytes, status: int
) -> None:
    received = signed(county, gateway, body)._replace(body=sent)
    kept = weakref.ref(received.scope)
    gc.disable()
    try:
        (reply,) = lists.answer(gateway, routes.SIGNED["POST", "/v1/compare"], [received])
        assert reply.status == status
        del received
        assert kept() is None
    finally:
        gc.enable()


def test_a_question_that_fails_leaves_the_others_of_its_list(county: County) -> None:
    def answer(gateway: Any, question: int) -> int:
        if question == 2:
            raise Malformed
        return 10 // question

    several = routes._one_by_one(answer)
    first, failed, refused, last = several(None, [1, 0, 2, 5], lambda _, made: made)  # type: ignore[arg-type]
    assert (first, last) == (10, 2)
    assert type(failed).__name__ == "AnswerFailed"
    assert type(refused) is Malformed
