"""What a file has to be is told to who delivers for its provider, and to nobody else."""

from datetime import timedelta

import pytest
from acting import NOW

from hutong.control.catalog import expected, queries
from hutong.control.catalog.queries import NoSuchEntry
from hutong.control.procedures.rules import NotYourRole


def test_items_key_and_size_are_those_in_force(county):
    found = expected.of(county.code, actor=county.actor("editor"), today=NOW.date())
    said = queries.entry(county.code).current
    assert [item.code for item in found.items] == [item["code"] for item in said.items]
    assert (found.entry.code, list(found.key), found.most) == (county.code, said.key, 1 << 30)


@pytest.mark.parametrize("username", ["consumer", "approver", "authority"])
def test_nobody_else_is_told(county, username):
    with pytest.raises(NotYourRole):
        expected.of(county.code, actor=county.actor(username), today=NOW.date())


def test_there_is_nothing_to_tell_of_what_is_not_published(county):
    with pytest.raises(NoSuchEntry):
        expected.of("1/2", actor=county.actor("editor"), today=NOW.date() + timedelta(1))
