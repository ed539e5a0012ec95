"""Before a delivery is confirmed its page tells which rows are rejected, why, and what is deleted because of them."""

import io
import re

import openpyxl
import psycopg
import pytest
from acting import NOW, entries
from desks import at, entered, words
from django.test import Client
from handing_files_in import number_of, rows, sent, stated

from hutong.plane.delivery.uploads import UploadBounds, Uploads
from hutong.web import plane

WARNS = "可能是因为文件里对应的行有错"


@pytest.fixture(autouse=True)
def _march():
    with at(NOW):
        yield


def mistyped(n: int) -> str:
    """Return a resident number that does not check, which the right one of a person was mistyped to."""
    right = number_of(n)
    return right[:-1] + ("0" if right[-1] != "0" else "1")


def spoilt(county, many: int, *wrong: int) -> bytes:
    """Return a snapshot in which the numbers of some people are mistyped, and their names missing."""
    text = rows(county, many).decode()
    for n in wrong:
        text = text.replace(f"{number_of(n)},张,", f"{mistyped(n)},,")
    return text.encode()


def confirmed(client: Client, page: str):
    return client.post(page, {**stated(client, page), "confirm": "on"})


def loaded(county, many: int) -> Client:
    editor = entered("editor")
    assert confirmed(editor, sent(editor, county, rows(county, many), key="whole")).status_code == 302
    return editor


def test_the_page_before_confirming_tells_the_rejected_rows_and_the_good_records_that_go(supplied):
    editor = loaded(supplied, 5)
    page = sent(editor, supplied, spoilt(supplied, 5, 2, 4), key="next")
    body = editor.get(page).content.decode()
    told = words(editor.get(page))
    assert "接收 3 行，退回 2 行" in told and "删除 2 条" in told
    assert f"将删除的 2 条中，最多有 2 条{WARNS}" in told
    table = body[body.index("将退回的行和原因"):]
    assert re.findall(r"<t[hd][^>]*>\s*(\d+)\s*</t[hd]>", table)[:2] == ["4", "6"]
    assert "“姓名”为必填项，未填写。" in table
    assert mistyped(2) not in body
    file = editor.get(f"{page}rejected.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert (lines[0][0], [line[0] for line in lines[1:]]) == ("文件第几行", [4, 6])
    assert entries(supplied.url, "audit.list_exported") == 1
    done = editor.get(confirmed(editor, page)["Location"])
    assert "报送 5 行，接收 3 行，退回 2 行；新增 0 条，更新 0 条，删除 2 条。" in words(done)


def test_in_english_the_same_is_told(supplied):
    editor = loaded(supplied, 5)
    page = sent(editor, supplied, spoilt(supplied, 5, 2), key="next").replace("/zh/", "/en/")
    told = words(editor.get(page))
    assert "Of the 1 records that would be deleted, up to 1 may go" in told
    assert "Rows that would be rejected, and why" in told


def test_nothing_is_warned_of_where_the_rows_are_right(supplied):
    editor = loaded(supplied, 5)
    told = words(editor.get(sent(editor, supplied, rows(supplied, 4), key="next")))
    assert "删除 1 条" in told and WARNS not in told and "将退回的行和原因" not in told


def test_a_file_of_which_nothing_is_accepted_cannot_be_confirmed_and_is_not_loaded(supplied):
    editor = entered("editor")
    page = sent(editor, supplied, spoilt(supplied, 2, 0, 1), key="none")
    told = words(editor.get(page))
    assert "不能交付 接收 0 行，退回 2 行。" in told and "确认后 " not in told
    assert "没有一行可以接收，这个文件不能交付" in told and "将退回的行和原因" in told
    assert 'name="confirm"' not in editor.get(page).content.decode()
    refused = confirmed(editor, page)  # as a page would send it that is older than the catalogue
    told = words(refused)
    assert (refused.status_code, "NOTHING_ACCEPTED" in told) == (403, True)
    kept = re.search(r'href="([^"]+/rejected/none/)"', refused.content.decode())[1]
    assert "退回 2 行" in words(editor.get(kept))
    with psycopg.connect(supplied.url, options="-c role=hutong_owner") as opened:
        assert opened.execute("select state, loaded_at from plane.delivery").fetchall() == [("refused", None)]


def test_who_confirms_while_it_is_being_loaded_is_told_so_and_not_that_nothing_was_loaded(supplied, tmp_path):
    editor = entered("editor")
    page = sent(editor, supplied, rows(supplied, 3), key="slow")
    form = {**stated(editor, page), "confirm": "on"}
    kept = Uploads(plane.spool(), "editor", plane.keyring(), UploadBounds(9, 1 << 30, 3_600))
    token = page.rstrip("/").rpartition("/")[2]
    with kept.taken(token, tmp_path / "taken"):  # as the first click does while it loads
        refused = editor.post(page, form)
        shown = editor.get(page)
    for told in (words(refused), words(shown)):
        assert "正在入库" in told and "UPLOAD_BEING_LOADED" in told and "没有入库" not in told
    assert (refused.status_code, shown.status_code) == (409, 409)
