"""What the page and the form of an application, a list of grants and an officer's first page are told."""

import pytest
from acting import NOW

from hutong.control.sharing import home, reading
from hutong.control.sharing.queries import NoSuchApplication


def test_a_page_says_who_may_change_an_application_and_whether_its_resource_is_still_there(county):
    no = county.draft()
    found = reading.page(no, actor=county.actor("consumer"))
    assert (found.editable, found.withdrawn, found.ladder, found.ended) == (True, False, [], None)
    county.take(no, "lodge", by="consumer")
    county.withdraw()
    found = reading.page(no, actor=county.actor("competent"))
    assert (found.application.no, found.editable, found.withdrawn) == (no, False, True)
    assert [rung.sufficient for rung in found.ladder] == [True]


def test_a_form_says_whose_it_is_and_why_it_cannot_be_changed_now(county):
    no = county.draft()
    form = reading.form(no, actor=county.actor("consumer"))
    assert (form.may, form.refusal) == (True, None)
    with pytest.raises(NoSuchApplication):
        reading.form(no, actor=county.actor("approver"))
    county.take(no, "lodge", by="consumer")
    form = reading.form(no, actor=county.actor("consumer"))
    assert form.refusal.facts == {"no": no, "case_state": "已提出，待县直主管部门审核"}
    form = reading.form(no, actor=county.actor("competent"))
    assert (form.may, form.refusal) == (False, None)


def test_beside_no_grant_nothing_is_told(county):
    told = reading.details([], actor=county.actor("operator"), now=NOW)
    assert told == reading.GrantDetails({}, {}, {}, {}, {})


def test_the_first_page_has_the_newest_applications_of_the_own_unit(county):
    drafts = [county.draft() for _ in range(3)]
    page = home.page(county.actor("consumer"), now=NOW, consultations=5, own=2)
    assert [each.no for each in page.own] == drafts[:0:-1]
    assert (page.suspended, page.revoked, page.unmoved, page.first_end, page.consultations) == (0, 0, 0, None, [])
    assert home.page(county.actor("editor"), now=NOW, consultations=5, own=2).own == []
