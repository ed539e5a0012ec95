"""An application is entered with what it says, once it says it."""

import psycopg
from acting import NOW

from hutong.control.sharing import drafting
from hutong.control.sharing import operations as sharing
from hutong.control.sharing.models import Application
from hutong.core import canonical
from hutong.core.errors import Judging


def drafted(county) -> list[tuple[str, str]]:
    with psycopg.connect(county.url, options="-c role=hutong_owner") as owner:
        rows = owner.execute(
            "select record from audit.entry where event = 'sharing.application_drafted' order by id"
        ).fetchall()
    return [(said["legal_basis"], said["digest"]) for said in (canonical.loads(row) for (row,) in rows)]


def test_a_draft_of_which_nothing_is_said_is_entered_and_again_with_what_it_says(county):
    no = county.draft(purpose="", typed={"legal_basis": ["办法"]})
    found = Application.objects.get()
    nothing = drafting.nothing(NOW)
    assert {name: getattr(found, name) for name in drafting.FACTS} == nothing
    assert drafted(county) == [("", drafting.digest(nothing))]
    whole = {name: getattr(Application.objects.get(no=county.draft()), name) for name in drafting.FACTS}
    lacking = sharing.judged(found, {**whole, "purpose": ""}, now=NOW, judging=Judging())
    assert lacking is not None
    assert lacking.fields == ("purpose",)
    sharing.amend(no, changes=whole, twice=True, actor=county.actor("consumer"), now=NOW)
    assert drafted(county)[-1] == (whole["legal_basis"], drafting.digest(whole))
    assert sharing.judged(Application.objects.get(no=no), {}, now=NOW, judging=Judging()) is None
