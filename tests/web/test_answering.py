"""Who is asked for the unit's opinion answers on top of the page, before the case itself."""

import pytest
from acting import NOW
from desks import entered, words

from hutong.control.procedures import handling
from hutong.control.sharing.procedure import APPLICATIONS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_question_and_the_form_that_answers_stand_before_turns_and_facts(county, language):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    given = {"actor": county.actor("authority"), "now": NOW}
    for question in ("是否可行", "另有接口否"):
        handling.consult(APPLICATIONS, no, unit=county.police, words=question, **given)
    answer = entered("editor").get(f"/{language}/desk/applications/{no}/")
    body = answer.content.decode()
    assert body.count('name="act" value="answer"') == 2
    last = body.rindex('name="act" value="answer"')
    assert last < body.index('<section class="card', last + 1)
    assert last < body.index("DB-001")
    assert "是否可行" in words(answer)
    assert body.count('id="consulted"') == 1
    ids = [part.partition('"')[0] for part in body.split(' id="')[1:]]
    assert len(ids) == len(set(ids))


def test_who_is_not_asked_has_no_such_form(county):
    no = county.draft()
    county.walk(no, to="COMPLIANCE_CHECK")
    for name in ("authority", "consumer", "approver"):
        assert 'value="answer"' not in entered(name).get(f"/zh/desk/applications/{no}/").content.decode()
