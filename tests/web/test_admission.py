"""What is refused before a page sees it, and where an upload waits."""

import io
import re
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from acting import NOW, PASSWORD
from desks import at
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test import Client
from django.utils import translation

from hutong import web
from hutong.control.units import deputies
from hutong.core.errors import Problem
from hutong.plane.delivery import receiving
from hutong.web.front import admission
from hutong.web.wording import labels


class Unread(io.BytesIO):
    def read(self, *given):
        raise AssertionError("a byte of the body was read")


def sent(client: Client, path: str, length: int, *, body: io.BytesIO | None = None):
    return client.generic(
        "POST", path, b"", CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(length), **{"wsgi.input": body or Unread()},
    )  # fmt: skip


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("path", ["/zh/login/", "/zh/catalog/", "/zh/nothing/"])
def test_a_large_body_of_a_stranger_is_refused_unread(county, path):
    answer = sent(Client(HTTP_HOST="localhost"), path, 150 << 20)

    assert answer.status_code == 413
    assert "提交的内容有 150 MB，本页面一次最多接收 1 MB。" in answer.content.decode()


@pytest.mark.parametrize("path", ["deliveries/", "applications/", "cases/sharing.application/1/attachments/"])
def test_a_large_body_for_a_page_of_officers_leads_who_is_not_in_to_the_login_unread(county, path):
    no = county.draft()
    answer = sent(Client(HTTP_HOST="localhost"), f"/zh/desk/{path}".replace("/1/", f"/{no}/"), 150 << 20)

    assert (answer.status_code, "why=lost_file" in answer.headers["Location"]) == (302, True)


def test_a_large_body_of_an_officer_is_taken_at_the_deliveries_only_with_the_role_and_up_to_a_bound(county):
    assert sent(entered("consumer"), "/zh/desk/deliveries/", 2 << 20).status_code == 413
    editor = entered("editor")
    assert sent(editor, "/zh/desk/applications/", 2 << 20).status_code == 413
    assert sent(editor, "/zh/desk/deliveries/", admission.DELIVERY_BYTES + 1).status_code == 413
    with pytest.raises(AssertionError, match="was read"):
        sent(editor, "/zh/desk/deliveries/", 2 << 20)
    with pytest.raises(AssertionError, match="was read"):  # the places are given back
        for _ in range(admission.DELIVERIES_AT_ONCE + 1):
            sent(editor, "/zh/desk/deliveries/", 2 << 20)


def test_who_fills_in_for_a_provider_hands_in_a_large_file_too(county):
    assert sent(entered("competent"), "/zh/desk/deliveries/", 2 << 20).status_code == 413
    deputies.name(
        role="provider_editor", unit=county.police, username="competent", until_date=date(2026, 12, 31),
        reason="空缺", actor=county.actor("authority"), now=NOW,
    )  # fmt: skip
    with at(NOW), pytest.raises(AssertionError, match="was read"):
        sent(entered("competent"), "/zh/desk/deliveries/", 2 << 20)


def test_more_large_bodies_than_places_are_told_to_come_later(county):
    editor, most = entered("editor"), admission.DELIVERIES_AT_ONCE
    with ExitStack() as others:  # whichever process of the pages they came to
        for number in range(most):
            given = {"most": most, "whose": f"{number}", "twice": Problem(), "full": Problem()}
            others.enter_context(receiving.place(settings.SPOOL, **given))
        assert sent(editor, "/zh/desk/deliveries/", 2 << 20).status_code == 503
    with pytest.raises(AssertionError, match="was read"):
        sent(editor, "/zh/desk/deliveries/", 2 << 20)


def test_an_account_holds_one_place_and_keeps_nobody_else_out(county):
    editor, consumer, met = entered("editor"), entered("consumer"), []
    change = f"/zh/desk/cases/catalog.change/{county.begin_change()}/attachments/"
    application = f"/zh/desk/cases/sharing.application/{county.draft()}/attachments/"

    class Cut(io.BytesIO):
        def read(self, *given):
            raise OSError

    class Meanwhile(io.BytesIO):
        def read(self, *given):
            for _ in range(admission.DELIVERIES_AT_ONCE):
                met.append(sent(editor, change, 2 << 20).status_code)
            met.append(sent(consumer, application, 2 << 20, body=Cut()).status_code)
            raise OSError

    for _ in range(2):  # the place is given back
        assert sent(editor, "/zh/desk/deliveries/", 2 << 20, body=Meanwhile()).status_code == 400
    assert met == [*[409] * admission.DELIVERIES_AT_ONCE, 400] * 2


def test_a_body_that_came_too_slowly_is_told_as_that(county):
    answer = Client(HTTP_HOST="localhost").post("/zh/login/", {}, **{"hutong.body_fault": "slow"})

    assert (answer.status_code, "UPLOAD_INCOMPLETE" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("field", ["username", "password", "next"])
def test_a_login_with_a_nul_is_refused_in_words(county, field):
    form = {"username": "consumer", "password": PASSWORD, field: "con\x00sumer"}
    answer = Client(HTTP_HOST="localhost", raise_request_exception=False).post("/zh/login/", form)

    assert answer.status_code == 400
    assert "CHARACTER_UNUSABLE" in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "field", "zh", "en"),
    [
        ("desk/entries/new/", "code", "信息资源代码", "Resource code"),
        ("desk/entries/new/", "item-3-key", "识别项 3", "identifying 3"),
        ("desk/deliveries/", "code", "信息资源", "Resource"),
        ("desk/deliveries/", "key", "批次号", "Delivery key"),
        ("login/code/", "code", "动态口令或恢复码", "Code from your app, or a recovery code"),
        ("account/", "password", "新密码", "New password"),
        ("desk/grants/", "no", "授权编号", "Grant"),
        ("desk/applications/1/", "reason", "理由", "Reason"),
        ("desk/applications/1/", "basis", "法律依据", "Legal basis"),
        ("desk/applications/new/1/", "mode", "怎样使用", "How it is used"),
        ("desk/applications/new/1/", "need", "为什么比对或查询不够用", "Why comparison or query does not suffice"),
    ],
)
def test_a_field_with_a_nul_goes_by_the_label_its_form_shows(county, page, field, zh, en):
    chinese = f"“{zh}”含有控制字符或者改变书写方向的字符，无法保存。"
    said = {"zh": chinese, "en": f"<b>{en} contains a character that is not taken"}
    for language in said:
        answer = Client(HTTP_HOST="localhost").post(f"/{language}/{page}", {field: "a\x00"})
        assert (answer.status_code, said[language] in answer.content.decode()) == (400, True)


def test_every_field_a_form_shows_has_a_label():
    shown = set()
    for file in (Path(web.__file__).parent / "templates").rglob("*.html"):
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", file.read_text())
        shown |= {re.search(r'name="([^"]+)"', each)[1] for each in fields if not re.search(r'\bhidden\b', each)}
    for file in Path(web.__file__).parent.rglob("*.py"):
        shown |= set(re.findall(r'\b(?:Field|Boxes)\(\s*"([^"]+)"', file.read_text()))
    names = {name for name in shown if "{{" not in name}  # what is filled in stands in a Field or Boxes
    names.add("inside-street")  # the records a grant is limited to, by item
    with translation.override("zh"):
        assert names  # or nothing was looked at
    pages = ("", *labels.ELSEWHERE)
    assert {name for name in names if all(labels.label(name, page=page) == name for page in pages)} == set()


@pytest.mark.parametrize("path", ["catalog/?q=%00", "catalog/?%00=1", "catalog/%00/", "login/?next=%00"])
def test_an_address_with_a_nul_is_refused_in_words(county, path):
    answer = Client(HTTP_HOST="localhost", raise_request_exception=False).get(f"/en/{path}")

    assert (answer.status_code, "CHARACTER_UNUSABLE" in answer.content.decode()) == (400, True)


def test_so_is_a_cookie_that_hides_one(county):
    cookie = "sessionid=" + '"' + r"\000" * 12 + '"'
    answer = Client(HTTP_HOST="localhost", raise_request_exception=False).get("/zh/desk/", HTTP_COOKIE=cookie)

    assert answer.status_code == 400


def test_what_django_spools_is_readable_by_the_process_alone(settings_of_uploads):
    with TemporaryUploadedFile("rows.csv", "text/csv", 0, None) as file:
        path = Path(file.temporary_file_path())

        assert (path.parent, path.stat().st_mode & 0o777) == (settings_of_uploads, 0o600)


@pytest.fixture
def settings_of_uploads():
    from django.conf import settings

    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    assert folder.name == "spool"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
