"""Attachments of applications and entries: who adds, who reads, who takes away, in every state of the case."""

import io
import re
from datetime import timedelta

import psycopg
import pytest
import specimens
from acting import NOW
from at_once import Doing
from desks import at, entered, seen, words
from django.core.files.uploadedfile import SimpleUploadedFile

from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.plane.keys import Keyring
from hutong.web import plane
from hutong.web.desk.rooms import KINDS

OFFICERS = ("consumer", "competent", "authority", "editor", "approver", "operator")


@pytest.fixture(autouse=True)
def keyring(tmp_path, monkeypatch):
    """The keys of this installation."""
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)


@pytest.fixture
def no(county) -> str:
    return county.draft()


def address(lifecycle: str, number: str) -> str:
    return f"/zh/desk/cases/{lifecycle}/{number}/attachments/"


def upload(username: str, lifecycle: str, number: str, name: str = "依据.pdf"):
    return entered(username).post(
        address(lifecycle, number), {"attachment": SimpleUploadedFile(name, specimens.pdf())}
    )


class Unread(io.RawIOBase):
    """A body that may not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, into) -> int:
        raise AssertionError("the body was read")


def sent(client, path: str, length: int):
    """Post a body of which it is said how long it is, and of which no byte is there."""
    return client.generic(
        "POST", path, b"", CONTENT_TYPE="multipart/form-data; boundary=x", CONTENT_LENGTH=str(length),
        **{"wsgi.input": Unread()},
    )  # fmt: skip


def seen_by(client, address: str) -> str:
    """Return what is read on a page by who is there already."""
    return words(client.get(address))


def listed(lifecycle: str, number: str) -> list[str]:
    return [file.name for file in attachments.listed(CaseReference(lifecycle, number))]


def adders(lifecycle: str, number: str) -> list[str]:
    """Return who adds a file to a case, of everyone who tries; each is offered it on the page, and nobody else."""
    added = [name for name in OFFICERS if upload(name, lifecycle, number).status_code == 302]
    pages = {name: entered(name).get(KINDS[lifecycle].page(number)).content.decode() for name in OFFICERS}
    assert [name for name in OFFICERS if 'name="attachment"' in pages[name]] == added
    return added


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("DRAFT", ["consumer"]),
        pytest.param("LODGED", ["competent"], marks=pytest.mark.full),
        pytest.param("COMPLIANCE_CHECK", ["authority"], marks=pytest.mark.full),
        pytest.param("PROVIDER_REPLY", ["approver"], marks=pytest.mark.full),
        ("PROVIDER_AGREED", ["authority", "approver"]),
        pytest.param("PROVIDER_SUPPLYING", ["editor"], marks=pytest.mark.full),
        pytest.param("PURPOSE_VERIFYING", ["operator"], marks=pytest.mark.full),
        ("FILED", []),
    ],
)
def test_who_edits_an_application_or_decides_on_it_adds_and_nobody_else_does(county, no, state, who):
    county.walk(no, to=state)

    with at(NOW):
        assert adders("sharing.application", no) == who


def test_who_may_end_what_is_late_adds_what_that_rests_on(county, no):
    county.walk(no, to="LODGED")

    with at(NOW + timedelta(days=60)):
        assert adders("sharing.application", no) == ["competent", "authority"]


def test_who_decides_sees_what_the_applicant_attached_and_reads_it(county, no):
    upload("consumer", "sharing.application", no)
    county.walk(no, to="PROVIDER_REPLY")
    for name in ("competent", "authority", "approver", "operator"):
        client = entered(name)
        page = client.get(f"/zh/desk/applications/{no}/").content.decode()
        (found,) = re.findall(r'href="([^"]*/attachments/[^"]+)" download', page)
        assert client.get(found).content == specimens.pdf()


def test_a_case_that_an_officer_does_not_see_has_no_attachments_for_that_officer(county, no):
    upload("consumer", "sharing.application", no)
    (added,) = attachments.listed(CaseReference("sharing.application", no))
    for name in ("approver", "authority"):  # a draft is the applicant's own
        assert upload(name, "sharing.application", no).status_code == 404
        assert entered(name).get(f"{address('sharing.application', no)}{added.id}/").status_code == 404


def test_a_file_is_taken_away_while_the_case_is_edited_and_by_who_added_it(county, no):
    def removed(by: str) -> bool:
        (file, *_) = attachments.listed(CaseReference("sharing.application", no))
        before = len(listed("sharing.application", no))
        entered(by).post(address("sharing.application", no), {"remove": file.id})
        return len(listed("sharing.application", no)) < before

    upload("consumer", "sharing.application", no)
    county.take(no, "lodge", by="consumer")
    assert [removed(name) for name in OFFICERS] == [False] * len(OFFICERS)
    county.take(no, "return", by="competent", reason="请补充依据")
    assert [removed(name) for name in ("competent", "authority", "consumer")] == [False] * 3
    assert 'name="remove"' not in entered("consumer").get(f"/zh/desk/applications/{no}/").content.decode()


def test_what_was_added_since_the_last_step_is_taken_away_and_both_stand_in_what_was_done(county, no):
    upload("consumer", "sharing.application", no, "申请.pdf")
    county.take(no, "lodge", by="consumer")
    county.take(no, "return", by="competent", reason="请补充依据")
    upload("consumer", "sharing.application", no, "补充.pdf")
    (_, file) = attachments.listed(CaseReference("sharing.application", no))
    page = f"/zh/desk/applications/{no}/"
    assert re.findall(r'name="remove" value="([^"]+)"', entered("consumer").get(page).content.decode()) == [file.id]
    assert seen("consumer", page).count("已随办理步骤提交，不能移除") == 1
    client = entered("consumer")
    removed = client.post(address("sharing.application", no), {"remove": file.id})
    assert removed.status_code == 302
    called = f"已办理“移除附件”：共享申请 {no}（示范县民政局 → 人口基本信息）"
    assert called in seen_by(client, removed["Location"])
    assert listed("sharing.application", no) == ["申请.pdf"]
    told = seen("competent", page).partition("办理经过")[2]
    assert ("移除附件" in told, "申请.pdf · PDF" in told, "补充.pdf" in told) == (True, True, False)


def test_who_decides_takes_nothing_away_not_even_the_own_file(county, no):
    county.walk(no, to="LODGED")
    upload("competent", "sharing.application", no)
    (file,) = attachments.listed(CaseReference("sharing.application", no))
    county.take(no, "return", by="competent", reason="请补充依据")

    answer = entered("competent").post(address("sharing.application", no), {"remove": file.id})
    assert (answer.status_code, listed("sharing.application", no)) == (403, ["依据.pdf"])


def test_who_adds_is_told_beforehand_whether_the_file_can_be_taken_away_again(county, no):
    def told(by: str) -> list[bool]:
        page = words(entered(by).get(f"/zh/desk/applications/{no}/"))
        return [said in page for said in ("提交之后不能移除", "添加之后不能移除")]

    with at(NOW):
        assert told("consumer") == [True, False]
        county.take(no, "lodge", by="consumer")
        assert [told("competent"), told("consumer")] == [[False, True], [False, False]]


def test_an_entry_and_a_change_of_it_have_attachments_as_an_application_has(county):
    assert adders("catalog.entry", county.code) == ["authority"]  # it may withdraw the entry, for a reason
    no = county.begin_change()
    assert upload("editor", "catalog.change", no, "变更依据.pdf").status_code == 302
    assert "变更依据.pdf" in entered("approver").get(f"/zh/desk/entries/changes/{no}/").content.decode()
    assert upload("consumer", "catalog.change", no).status_code == 404


def test_a_kind_of_case_that_there_is_not_has_no_attachments(county):
    assert upload("consumer", "sharing.nothing", "1").status_code == 404


@pytest.mark.parametrize("what", ["added", "taken away"])
def test_while_a_step_is_taken_nothing_is_added_or_taken_away_by_who_may_no_more(county, no, what):
    lifecycle = "sharing.application"
    with at(NOW):
        upload("consumer", lifecycle, no, name="第一份.pdf")
        (first,) = attachments.listed(CaseReference(lifecycle, no))
        browser = entered("consumer")
        another = SimpleUploadedFile("第二份.pdf", specimens.pdf())
        sent = {"attachment": another} if what == "added" else {"remove": first.id}
        with psycopg.connect(county.url, options="-c role=hutong_owner") as step:
            step.execute("update sharing_application set state = 'LODGED' where no = %s", [no])
            meanwhile = Doing(lambda: browser.post(address(lifecycle, no), sent).status_code)
            assert meanwhile.waits()
        assert meanwhile.done() == (403 if what == "added" else 409)  # the state comes with the file, which is not read
    assert listed(lifecycle, no) == ["第一份.pdf"]


@pytest.mark.parametrize(
    ("who", "lifecycle", "number"),
    [
        ("consumer", "sharing.application", "GX20260302-9999"), ("consumer", "catalog.entry", "308001/000999"),
        ("consumer", "no.such", "1"), ("approver", "sharing.application", None),
    ],
    ids=["no such case", "no such entry", "no such kind", "a case the officer does not see"],
)  # fmt: skip
def test_a_large_file_for_a_case_that_is_not_there_is_refused_before_a_byte_is_read(county, no, who, lifecycle, number):
    assert sent(entered(who), address(lifecycle, number or no), 8 << 20).status_code == 404


def test_a_large_file_for_a_case_to_which_the_officer_adds_none_is_refused_unread_and_else_it_is_read(county, no):
    with pytest.raises(AssertionError, match="was read"):
        sent(entered("consumer"), address("sharing.application", no), 8 << 20)
    county.take(no, "lodge", by="consumer")
    assert sent(entered("consumer"), address("sharing.application", no), 8 << 20).status_code == 403
