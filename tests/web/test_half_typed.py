"""What is half typed into a case that was handed in before is for who writes it, until it is sent."""

import html

from desks import entered
from test_forms_refused import GOOD

from hutong.control.sharing.models import Application

HALF = "尚未想好的依据，请勿外传"
READERS = ("competent", "approver", "authority", "operator")


def page(who: str, no: str) -> str:
    answer = entered(who).get(f"/zh/desk/applications/{no}/")
    assert answer.status_code in (200, 404), (who, answer.status_code)
    return html.unescape(answer.content.decode())


def half(no: str) -> None:
    sent = entered("consumer").post(
        f"/zh/desk/applications/{no}/edit/", {**GOOD, "purpose": "", "legal_basis": HALF, "draft": "1"}
    )
    assert (sent.status_code, Application.objects.get(no=no).unfinished is not None) == (302, True)


def test_others_read_of_a_returned_case_what_it_said_until_its_correction_is_sent(county):
    client = entered("consumer")
    client.post(f"/zh/desk/applications/new/{county.code}/", GOOD)
    no = Application.objects.get().no
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补充")
    half(no)
    assert HALF in page("consumer", no)
    for reader in READERS:
        told = page(reader, no)
        assert (HALF in told, "草稿尚未填完" in told) == (False, False), reader
    assert GOOD["legal_basis"] in page("competent", no)


def test_a_draft_that_was_given_up_tells_nobody_what_had_been_typed(county):
    client = entered("consumer")
    client.post(f"/zh/desk/applications/new/{county.code}/", {"legal_basis": HALF, "draft": "1"})
    no = Application.objects.get().no
    assert HALF in page("consumer", no)
    county.take(no, "take_back", by="consumer")
    for reader in READERS:
        assert HALF not in page(reader, no), reader
    assert entered("consumer").get(f"/zh/desk/applications/{no}/").status_code == 200
