"""Attachments on a page: added, listed, handed out as files and never shown, taken away."""

import copy
import re
from dataclasses import replace

import pytest
import specimens
from acting import PASSWORD, entries
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import clear_url_caches
from test_admission import sent

from hutong.control.procedures import attachments
from hutong.control.procedures.attachments import CaseReference
from hutong.control.rulebook import operations as rulebook
from hutong.control.units import queries
from hutong.plane.keys import Keyring
from hutong.web import clock, plane
from hutong.web.desk import attachments as desk
from hutong.web.front import admission

MIB = 1 << 20
CASE = CaseReference("trial", "1")
AT = "/zh/trial/1/attachments/"


@pytest.fixture(autouse=True)
def trial(county, tmp_path, monkeypatch):
    """A room with cases that have attachments, and a page of them."""
    ring = Keyring.create(tmp_path / "keyring.json")
    monkeypatch.setattr(plane, "keyring", lambda: ring)
    shown = '{% include "parts/problem.html" %}{% include "parts/attachments.html" %}'
    (tmp_path / "attachment_page.html").write_text(shown)
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    with override_settings(
        ROOT_URLCONF="attachment_addresses", TEMPLATES=templates, FILE_UPLOAD_TEMP_DIR=str(tmp_path)
    ):
        clear_url_caches()
        yield
    clear_url_caches()


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def upload(client: Client, name: str, content: bytes, *, at: str = AT):
    return client.post(at, {"attachment": SimpleUploadedFile(name, content)})


@pytest.fixture
def consumer():
    return entered("consumer")


def test_a_file_that_is_added_is_listed_and_handed_out_as_it_was(consumer, county):
    answer = upload(consumer, "低保申请 表1.pdf", specimens.pdf())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/zh/trial/1/")

    page = consumer.get("/zh/trial/1/").content.decode()
    (address,) = re.findall(r'href="([^"]*attachments/[^"]+)"', page)
    assert ("低保申请 表1.pdf" in page, ">PDF<" in page, ">1 KB<" in page, "张伟" in page) == (True,) * 4
    got = entered("approver").get(address)
    assert (got.status_code, got.content) == (200, specimens.pdf())
    assert entries(county.url, "procedures.attachment_read") == 1


@pytest.mark.parametrize("name", specimens.GOOD)
def test_no_file_is_ever_shown_by_the_browser(name, consumer):
    upload(consumer, name, specimens.GOOD[name])
    (added,) = attachments.listed(CASE)
    got = consumer.get(f"{AT}{added.id}/")

    assert got.content == specimens.GOOD[name]
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plain.txt", 'attachment; filename="plain.txt"'),
        ("a;b,c'd.txt", "attachment; filename=\"a;b,c'd.txt\""),
        ("附件 1.txt", "attachment; filename*=utf-8''%E9%99%84%E4%BB%B6%201.txt"),
    ],
)
def test_a_name_travels_as_rfc_6266_has_it(name, said, consumer):
    upload(consumer, name, b"text")
    (added,) = attachments.listed(CASE)

    assert consumer.get(f"{AT}{added.id}/").headers["Content-Disposition"] == said


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("合同.pdf", specimens.EXE, 422, "ATTACHMENT_NOT_ITS_KIND"),
        ("a.pdf.exe", specimens.pdf(), 422, "ATTACHMENT_KIND_REFUSED"),
        ("a.docx", specimens.docx({"word/vbaProject.bin": b"\0"}), 422, "ATTACHMENT_ACTIVE"),
        ("a.png", specimens.png() + b"PK", 422, "ATTACHMENT_POLYGLOT"),
        ("a\u202efdp.exe.pdf", specimens.pdf(), 422, "ATTACHMENT_NAME_MISLEADING"),  # Django has left the mark out
        ("NUL.pdf", specimens.pdf(), 422, "ATTACHMENT_NAME_UNUSABLE"),
        ("a.txt", b"", 422, "ATTACHMENT_EMPTY"),
    ],
)
def test_a_refused_file_is_told_in_words_with_what_to_do(name, content, status, code, consumer):
    answer = upload(consumer, name, content)
    page = answer.content.decode()

    assert (answer.status_code, code in page, "怎么办" in page) == (status, True, True)
    assert attachments.listed(CASE) == []


def test_a_posted_form_without_a_file_is_told_so(consumer):
    assert "ATTACHMENT_MISSING" in consumer.post(AT, {}).content.decode()


def test_who_may_not_add_adds_nothing_and_who_may_not_read_reads_nothing(consumer, county):
    upload(consumer, "a.txt", b"text")
    (added,) = attachments.listed(CASE)
    approver, operator = entered("approver"), entered("operator")

    for client, why in ((approver, "ATTACHMENT_NOT_YOURS"), (operator, "MAY_NOT_ATTACH")):
        assert "MAY_NOT_ATTACH" in upload(client, "b.txt", b"text").content.decode()
        assert why in client.post(AT, {"remove": added.id}).content.decode()
    assert operator.get(f"{AT}{added.id}/").status_code == 403
    assert "a.txt" not in operator.get("/zh/trial/1/").content.decode()
    assert Client(HTTP_HOST="localhost").get(f"{AT}{added.id}/").status_code == 302
    assert attachments.listed(CASE) == [added]
    assert entries(county.url, "procedures.attachment_read") == 0


def test_a_page_is_given_no_file_that_its_reader_may_not_read(consumer):
    upload(consumer, "a.txt", b"text")
    allowed = desk.Allowed(CASE, may_add=True, may_remove=True, may_read=True, address=AT, back="/")
    given = [desk.part(each, officer="consumer") for each in (allowed, replace(allowed, may_read=False))]

    assert [len(part.files) for part in given] == [1, 0]


def test_an_attachment_under_another_cases_address_is_not_found(consumer):
    upload(consumer, "a.txt", b"text")
    (added,) = attachments.listed(CASE)

    assert consumer.get(f"/zh/trial/2/attachments/{added.id}/").status_code == 404
    assert consumer.get(f"{AT}nothing/").status_code == 404


def test_only_who_added_a_file_is_offered_to_take_it_away_and_does(consumer):
    upload(consumer, "a.txt", b"text")
    (added,) = attachments.listed(CASE)
    offered = f'name="remove" value="{added.id}"'

    assert offered in consumer.get("/zh/trial/1/").content.decode()
    assert offered not in entered("approver").get("/zh/trial/1/").content.decode()
    assert consumer.post(AT, {"remove": added.id}).status_code == 302
    assert attachments.listed(CASE) == []


def test_addresses_take_no_other_method(consumer):
    upload(consumer, "a.txt", b"text")
    (added,) = attachments.listed(CASE)

    assert consumer.get(AT).status_code == 405
    assert consumer.post(f"{AT}{added.id}/").status_code == 405
    assert consumer.head(f"{AT}{added.id}/").status_code == 405


def test_a_file_of_20_mib_is_taken_and_one_byte_more_is_not(consumer):
    upload(consumer, "a.txt", b"a" * 20 * MIB)
    assert "ATTACHMENT_TOO_LARGE" in upload(consumer, "b.txt", b"a" * (20 * MIB + 1)).content.decode()

    assert [file.size for file in attachments.listed(CASE)] == [20 * MIB]


def test_200_mib_are_refused_before_a_byte_is_read(consumer):
    assert sent(consumer, AT, 200 * MIB).status_code == 413
    assert sent(consumer, AT, 20 * MIB + admission.FORM_BYTES + 1).status_code == 413
    with pytest.raises(AssertionError, match="was read"):
        sent(consumer, AT, 20 * MIB + admission.FORM_BYTES)


def test_where_the_rulebook_allows_more_the_door_lets_more_in(consumer):
    rulebook.change(
        {"attachments.file_bytes": 22 * MIB}, from_date=clock.today(), reason="县大数据局〔2026〕9号",
        actor=queries.actor("authority", now=clock.now()), now=clock.now(),
    )  # fmt: skip

    assert upload(consumer, "a.txt", b"a" * 22 * MIB).status_code == 302
    assert sent(consumer, AT, 22 * MIB + admission.FORM_BYTES + 1).status_code == 413


def test_a_stranger_sends_no_large_file_and_is_led_to_the_login_unread(county):
    answer = sent(Client(HTTP_HOST="localhost"), AT, 2 * MIB)
    assert (answer.status_code, answer.url.startswith("/zh/login/")) == (302, True)


def test_the_page_is_english_for_who_reads_english(consumer):
    upload(consumer, "a.txt", b"text")
    page = consumer.get("/en/trial/1/").content.decode()

    assert "At most 20 MB a file, 100 MB and 100 files for this case." in page
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>|张伟", "", page))


@pytest.mark.parametrize(("size", "said"), [(1, "1 KB"), (1024, "1 KB"), (1025, "2 KB"), (MIB * 3 // 2, "1.5 MB")])
def test_sizes_are_told_as_people_tell_them(size, said):
    assert desk.shown_size(size) == said
