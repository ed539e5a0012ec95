"""Whoever guesses is stopped, however many at once, and nobody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from acting import NOW, PASSWORD
from django.db import connection
from django.test import Client

from hutong.control.orgs import operations
from hutong.control.orgs.models import FailedLogin
from hutong.control.orgs.rules import ATTEMPTS, SOURCE_ATTEMPTS, LoginBlocked


def tried(username: str, password: str = "wrong", source: str = "10.0.0.1") -> int:
    client = Client(HTTP_HOST="localhost", REMOTE_ADDR=source)
    return client.post("/zh/login/", {"username": username, "password": password}).status_code


@pytest.mark.clause("SX-11-a")
def test_guesses_at_one_account_shut_out_no_other_behind_the_same_proxy(county):
    assert [tried("consumer") for _ in range(ATTEMPTS + 1)] == [401] * ATTEMPTS + [429]

    assert tried("editor", PASSWORD) == 302
    assert tried("consumer", PASSWORD, source="10.0.0.2") == 302
    assert tried("consumer", PASSWORD) == 429


@pytest.mark.clause("SX-11-a")
def test_guesses_at_the_same_moment_are_not_more_than_are_allowed(county):
    def guess(_: int) -> int:
        try:
            return tried("consumer")
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as together:
        answers = list(together.map(guess, range(32)))

    assert sorted(answers) == [401] * ATTEMPTS + [429] * (32 - ATTEMPTS)


@pytest.mark.clause("SX-11-a")
def test_a_source_that_tries_account_after_account_is_stopped_too(county):
    for number in range(SOURCE_ATTEMPTS):
        operations.claim_attempt(username=f"guessed{number}", source="10.0.0.1", now=NOW)

    with pytest.raises(LoginBlocked):
        operations.claim_attempt(username="consumer", source="10.0.0.1", now=NOW)


def test_who_comes_in_is_no_failure_from_there(county):
    assert (tried("consumer"), tried("consumer", PASSWORD)) == (401, 302)

    assert FailedLogin.objects.count() == 0
