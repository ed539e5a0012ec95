"""Whose a database is: the owner says it once, doors read it, nobody else changes it."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from hutong.audit import instance
from hutong.audit.instance import Instance
from hutong.db import database

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)


def test_what_is_said_first_stays_and_passes_on_within_the_platform_alone(database_url):
    platform, one, two = uuid4(), uuid4(), uuid4()
    with database.connection(database_url, role="owner") as connection, connection.cursor() as cur:
        assert instance.read(cur) is None
        instance.begin(cur, platform=platform, instance=one, now=NOW)
        instance.begin(cur, platform=uuid4(), instance=two, now=NOW)
        assert instance.read(cur) == Instance(platform, one, NOW)
        assert not instance.pass_on(cur, platform=uuid4(), instance=two, now=NOW)
        assert instance.pass_on(cur, platform=platform, instance=two, now=NOW)
    for role in ("control", "plane", "auditor"):
        with database.connection(database_url, role=role) as connection, connection.cursor() as cur:
            assert instance.read(cur) == Instance(platform, two, NOW)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                instance.pass_on(cur, platform=platform, instance=one, now=NOW)


def test_a_database_of_which_nothing_was_made_is_nobodys(server):
    with psycopg.connect(server.superuser_url()) as connection, connection.cursor() as cur:
        assert instance.read_unmade(cur) is None
