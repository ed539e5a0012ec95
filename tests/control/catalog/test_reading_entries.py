"""What the pages of the catalogue are told: of an entry, a change, a version, and of a resource for the public."""

import pytest
from acting import NOW

from hutong.control.catalog import operations, portal, queries, reading
from hutong.core import beijing


def page(county, by: str) -> reading.EntryPage:
    return reading.entry_page(county.code, actor=county.actor(by), now=NOW, newest=1)


def test_a_change_is_begun_by_the_provider_alone_and_one_at_a_time(county):
    assert (page(county, "editor").may_begin, page(county, "authority").may_begin) == (True, False)
    no = county.begin_change()
    found = page(county, "editor")
    assert (found.may_begin, found.under_way.no, [each.no for each in found.changes]) == (False, no, [no])
    assert found.formers is None
    with pytest.raises(reading.EntryNotYours):
        page(county, "consumer")


def test_a_form_says_whose_a_change_is_and_why_it_cannot_be_altered_now(county):
    no = county.begin_change()
    form = reading.change_form(no, actor=county.actor("editor"))
    assert (form.may, form.refusal) == (True, None)
    assert reading.change_page(no, actor=county.actor("editor")).editable
    assert not reading.change_form(no, actor=county.actor("authority")).may
    county.bring_change(no, to="SUBMITTED")
    form = reading.change_form(no, actor=county.actor("editor"))
    assert form.refusal.facts == {"change": no, "case_state": "待登记审核"}
    assert not reading.change_page(no, actor=county.actor("editor")).editable
    with pytest.raises(queries.NoSuchChange):
        reading.change_form(no, actor=county.actor("consumer"))


def test_a_version_stands_beside_the_one_before_it_or_the_one_asked_for(county):
    assert reading.version_page(county.code, 1, beside=None).other is None
    no = county.begin_change()
    operations.edit(no, changes={"abstract": "新的摘要。"}, actor=county.actor("editor"), now=NOW)
    county.bring_change(no, to="PUBLISHED")
    found = reading.version_page(county.code, 2, beside=None)
    assert (found.version.number, found.numbers, found.other.number) == (2, [2, 1], 1)
    assert reading.version_page(county.code, 1, beside=2).other.number == 2
    assert reading.version_page(county.code, 2, beside=2).other is None
    with pytest.raises(queries.NoSuchVersion):
        reading.version_page(county.code, 2, beside=3)


def test_the_public_reads_what_is_published_and_by_which_rules_it_is_applied_for(county):
    found = portal.resource(county.code, reader=None, day=beijing.day(NOW))
    assert (found.version.name, found.stored, found.applied_for, found.book.region) == ("人口基本信息", None, True, "")
    first = portal.first_page(entries=8)
    assert ([each.name for each in first.entries], first.count) == (["人口基本信息"], 1)
    assert (first.overview.resources, first.overview.providers) == (1, 1)
    assert portal.evidence(name="log", vkeys=[]).head is None
    county.withdraw()
    with pytest.raises(queries.NoSuchEntry):
        portal.resource(county.code, reader=None, day=beijing.day(NOW))
