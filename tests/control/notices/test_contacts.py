"""Contacts of units: who they are, page by page, and what a notice must say."""

from datetime import timedelta

import pytest
import telling
from acting import NOW
from psycopg.errors import InsufficientPrivilege

from hutong.control.notices import queries, rules
from hutong.control.notices.models import ContactChange
from hutong.control.units.models import Unit
from hutong.core.errors import Faults


def test_a_units_page_of_contacts_is_short_of_nobody(county):
    actor, found, after = county.actor("operator"), [], None
    while page := queries.contacts(actor, after=after, limit=2, now=NOW):
        found += [each.unit for each in page]
        after = (page[-1].unit_name, page[-1].unit)
    assert sorted(found) == sorted(Unit.objects.values_list("credit_code", flat=True))
    assert queries.contacts_counted(actor) == len(found)


def test_all_that_a_notice_lacks_is_told_at_once(county):
    telling.staffed(county)
    with pytest.raises(Faults) as told:
        telling.told(county, "", phone=" ", reason="", effective_date=None)
    assert {each.code for each in told.value.problems} == {"NOTICE_INCOMPLETE"}
    assert len(told.value.problems) == 4


@pytest.mark.parametrize("phone", ["请打办公室", "张三 0572-1234567", "—", "0572-1234567，周一至周五"])
def test_what_is_no_telephone_is_refused(county, phone):
    telling.staffed(county)
    with pytest.raises(rules.PhoneMisshaped) as refused:
        telling.told(county, phone=phone)
    assert refused.value.fields == ("phone",)


@pytest.mark.parametrize(
    "phone",
    ["0572-1234567 转 801", "（0572）1234567、1234568", "+86 572 1234567", "０５７２－１２３４５６７", "110"],
)  # fmt: skip
def test_a_telephone_is_taken_as_offices_write_it(county, phone):
    telling.staffed(county)
    telling.told(county, phone=phone)
    assert ContactChange.objects.get().phone == phone


def test_what_cannot_wait_holds_today_and_who_is_the_contact_already_is_not_told_of_again(county):
    telling.staffed(county)
    with pytest.raises(rules.EmergencyWaits):
        telling.told(county, emergency=True, effective_date=telling.IN_TIME)
    telling.named(county)
    with pytest.raises(rules.ContactAlready):
        telling.told(county, "first", effective_date=telling.IN_TIME)


def test_a_change_that_happened_before_it_was_told_is_taken_and_marked(county):
    telling.staffed(county)
    telling.named(county)
    no = telling.told(county, "second", effective_date=NOW.date() - timedelta(days=10))
    assert telling.state(no) == "LATE"


def test_nothing_is_told_where_its_entry_cannot_be_written(county, log_down):
    telling.staffed(county)
    log_down(county.url)
    with pytest.raises(InsufficientPrivilege):
        telling.named(county)
    assert not ContactChange.objects.exists()


def test_a_notice_is_found_by_its_number_its_unit_and_whom_it_names(county):
    telling.staffed(county)
    no = telling.told(county)
    for words, many in ((no, 1), ("钱进", 1), ("民政", 1), ("民政 钱", 1), ("郑明", 0), ("民政 郑", 0)):
        asked = queries.NoticeFilters(words=words)
        found = queries.visible(county.actor("operator"), asked)
        assert (len(found), queries.counted(county.actor("operator"), asked)) == (many, many), words


@pytest.mark.clause("SX-12-a")
def test_who_was_told_of_last_is_the_contact_though_the_day_is_over_and_lies_before_the_last_one(county):
    telling.staffed(county)
    telling.named(county)
    telling.told(county, "second", effective_date=NOW.date() - timedelta(days=10))
    found = queries.contact(county.civil, now=NOW)
    assert (found.name, found.since) == ("郑明", NOW.date() - timedelta(days=10))
