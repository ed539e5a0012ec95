"""A problem is told by a title of its kind that stays, in its reader's language, beside what is wrong this time."""

import inspect
import json
import pkgutil
from datetime import datetime
from importlib import import_module
from types import ModuleType

import pytest

import hutong.gateway
import hutong.plane.answer
from hutong.core import (
    beijing,
    content_digest,
    errors,
    labels,
    signature_input,
    signatures,
    statuses,
    structured,
    text,
)
from hutong.core.errors import Problem
from hutong.gateway import auth, parsing, problems
from hutong.gateway.config import GatewayNotConfigured
from hutong.gateway.received import BodyTooSlow
from hutong.gateway.state import ReplyKeyUnreadable
from hutong.plane.answer.mismatches import ShareSpent


def told() -> set[type[Problem]]:
    """Return the failures that the rooms behind the gateway define, but for those of its start."""
    rooms: list[ModuleType] = [content_digest, signature_input, signatures, structured]
    for package in (hutong.gateway, hutong.plane.answer):
        rooms += [import_module(f"{package.__name__}.{each.name}") for each in pkgutil.iter_modules(package.__path__)]
    every = {each for room in rooms for _, each in inspect.getmembers(room, inspect.isclass)}
    kinds = {each for each in every if issubclass(each, Problem) and each.__module__ != errors.__name__}
    return kinds - {GatewayNotConfigured, ReplyKeyUnreadable}


def test_what_the_gateway_tells_has_a_title_of_its_own() -> None:
    assert {each.code for each in told()} - labels.subject_of("titles").keys() == set()


def test_whoever_has_spent_what_there_is_is_told_when_to_ask_again_unless_time_alone_gives_none_back() -> None:
    evening = datetime(2026, 3, 2, 23, 59, 0, tzinfo=beijing.BEIJING)
    spent = {each for each in told() if issubclass(each, errors.Exhausted)}
    assert spent
    assert {each for each in spent if problems.retry_after(each(), now=evening) != 60} == {ShareSpent}
    assert problems.retry_after(ShareSpent(), now=evening) is None
    away = {each for each in told() if issubclass(each, errors.Unavailable)}
    assert {problems.retry_after(each(), now=evening) for each in away} == {statuses.AGAIN_SECONDS}


def test_every_kind_has_a_title_for_those_that_have_none() -> None:
    kinds = {each.code for each in Problem.__subclasses__() if each.__module__ == errors.__name__}
    assert kinds - labels.subject_of("titles").keys() == set()


def test_no_title_is_left_over() -> None:
    kinds = {each.code for each in Problem.__subclasses__()}
    assert labels.subject_of("titles").keys() - kinds - text.table().keys() == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_title_stays_and_the_detail_says_what_it_is_this_time(language: labels.Language) -> None:
    first, second = (
        json.loads(problems.rendered(auth.HeaderTwice(header=name), language=language)[1]) for name in ("a", "b")
    )
    assert first["title"] == second["title"] == labels.subject_of("titles")["HEADER_TWICE"][language]
    assert first["detail"] != second["detail"]
    assert first["title"] not in (first["code"], first["detail"])


@pytest.mark.parametrize(
    ("problem", "status"),
    [(problems.MethodNotAllowed(), 405), (BodyTooSlow(), 408), (parsing.ContentTypeNotTaken(), 415),
     (parsing.ContentCodingNotTaken(), 415), (auth.NotSigned(), 401), (auth.HostUnclear(), 400)],
)  # fmt: skip
def test_a_failure_has_the_status_that_http_has_for_it(problem: Problem, status: int) -> None:
    assert problems.status(problem) == status
