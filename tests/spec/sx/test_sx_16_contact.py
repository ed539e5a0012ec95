"""Article 16 (六): a contact changed late or without a word is a fact, shown to who decides; no machine judges."""

from datetime import timedelta

import psycopg
import pytest
import telling
from acting import NOW
from desks import at, entered, seen, words

from hutong.control.notices import passes
from hutong.control.procedures.procedure import installed
from hutong.control.units import postings

HOME = "/zh/desk/contacts/"
JUDGED = "擅自"


def entered_in_time(county, no: str) -> list[object]:
    of_case = "%s in (record::jsonb ->> 'case', record::jsonb ->> 'notice')"
    asked = f"select record::jsonb -> 'in_time' from audit.entry where {of_case}"
    with psycopg.connect(county.url, options="-c role=hutong_owner") as opened:
        return [told for (told,) in opened.execute(f"{asked} order by id", [no])]


@pytest.mark.clause("SX-16-(六)")
def test_a_change_told_too_late_is_shown_to_operator_authority_and_auditor_with_its_days_and_stays_in_the_log(county):
    telling.staffed(county)
    telling.named(county)
    no = telling.told(county, "second", effective_date=telling.IN_TIME - timedelta(days=1))
    passes.take_effect(now=NOW + timedelta(days=9), calendar=county.calendar)
    for reader in ("operator", "authority"):
        listed, page = seen(reader, f"{HOME}changes/?state=LATE"), seen(reader, f"{HOME}changes/{no}/")
        assert no in listed and "否，最迟应于" in listed, reader
        assert "已生效，未按期通知" in page and "否，最迟应于" in page, reader
    assert entered_in_time(county, no) == [False, False]


@pytest.mark.clause("SX-16-(六)")
def test_a_contact_who_left_without_a_word_is_shown_as_wanting(county):
    telling.staffed(county)
    telling.named(county)
    assert "钱进" in seen("operator", HOME)
    postings.move(username="first", unit=county.police, reason="调动", now=NOW, by="accounts")
    listed = seen("operator", HOME)
    assert "钱进" not in listed and ("待确定联系人" in listed or "没有联系人" in listed)


@pytest.mark.clause("SX-16-(六)")
def test_the_platform_says_of_nobody_that_a_change_was_unauthorised(county):
    """是否擅自变更，由人员认定：no state, step or condition of a notice says it, and no page of one."""
    telling.staffed(county)
    telling.named(county)
    no = telling.told(county, "second", effective_date=NOW.date() - timedelta(days=9))
    life = installed()["notices.contact_change"].life
    said = [state.name for state in life.states.values()] + [move.label for move in life.moves]
    assert not [each for each in (*said, *life.conditions.values()) if JUDGED in each]
    with at(NOW + timedelta(days=1)):
        for reader in ("operator", "unit_admin"):
            for page in (HOME, f"{HOME}changes/", f"{HOME}changes/{no}/", "/zh/desk/messages/", "/zh/desk/"):
                assert JUDGED not in words(entered(reader).get(page)), (reader, page)
