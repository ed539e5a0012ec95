"""A delivery that waits stands on the first page of who may confirm it; its own page says who, where, which file."""

import hashlib
from datetime import timedelta

import pytest
from acting import NOW
from desks import at, entered, hire, words
from django.core.files.uploadedfile import SimpleUploadedFile
from handing_files_in import HERE, approving, rows, sent, stated, waiting

HOME = "/zh/desk/"
HELD = "待您确认的数据交付"
PAGE = f"{HERE}307001/000001/delivered/few/"


@pytest.fixture(autouse=True)
def _march():
    with at(NOW):
        yield


def hired(supplied, username: str, name: str) -> None:
    hire(supplied, username, name, unit=supplied.actor("editor").unit, roles=("provider_editor",))


def test_it_is_on_the_first_page_of_the_second_officer_alone_until_it_is_confirmed(supplied):
    hired(supplied, "second", "周敏")
    content = waiting(supplied)
    digest = hashlib.sha256(content).hexdigest()[:12]
    second = entered("second")
    told = words(second.get(HOME))
    assert HELD in told and "没有需要您办理的事项" not in told
    for said in ("人口基本信息", "由 赵磊 交付", "批次号 few", digest, "40"):
        assert said in told
    for other in ("editor", "approver", "consumer", "authority"):
        assert HELD not in words(entered(other).get(HOME))
    english = words(second.get("/en/desk/"))
    assert "Deliveries for you to confirm" in english and "Delivered by 赵磊" in english
    done = second.post(HERE, {**approving(second), "file": SimpleUploadedFile("甲.csv", content)})
    assert "报送 1 行，接收 1 行，退回 0 行；新增 0 条，更新 0 条，删除 39 条。" in words(second.get(done["Location"]))
    assert HELD not in words(second.get(HOME))


def test_its_page_says_who_confirms_it_where_and_with_which_file(supplied):
    hired(supplied, "second", "周敏")
    digest = hashlib.sha256(waiting(supplied)).hexdigest()[:12]
    told = words(entered("editor").get(PAGE))
    assert "须由本单位另一名经办人确认：周敏。" in told and "对方的“待办”已列出这一批" in told
    assert f"文件由 赵磊 交付，摘要（SHA-256）以 {digest} 开头。" in told
    assert "页首确认：选择同一个文件。" in words(entered("second").get(PAGE))


def test_who_is_the_only_editor_has_it_on_the_own_first_page(supplied):
    waiting(supplied)
    editor = entered("editor")
    assert HELD in words(editor.get(HOME))
    assert "页首确认：选择同一个文件。" in words(editor.get(PAGE))


def test_what_newer_data_overtook_waits_for_nobody(supplied):
    hired(supplied, "second", "周敏")
    waiting(supplied)
    editor = entered("editor")
    with at(NOW + timedelta(minutes=9)):
        more = sent(editor, supplied, rows(supplied, 41, name="李"), key="more")
        assert editor.post(more, {**stated(editor, more), "confirm": "on"}).status_code == 302
        assert HELD not in words(entered("second").get(HOME))
        assert "经办人确认：" not in words(editor.get(PAGE))
        told = words(editor.get(PAGE))
        assert "此后已有新的数据入库，本批不必再确认。" in told and "填写一个没有用过的批次号" in told
        assert "确属减少的，请确认" not in told


def test_a_file_that_waits_or_was_overtaken_and_comes_again_is_told_as_what_it_is(supplied):
    content = waiting(supplied)
    editor = entered("editor")
    told = words(editor.get(sent(editor, supplied, content, key="few")))
    assert "还没有入库，正在“数据交付”页首等待确认" in told and "交付过；内容相同的不会重复入库" not in told
    with at(NOW + timedelta(minutes=9)):
        more = sent(editor, supplied, rows(supplied, 41, name="李"), key="more")
        assert editor.post(more, {**stated(editor, more), "confirm": "on"}).status_code == 302
        told = words(editor.get(sent(editor, supplied, content, key="few")))
        assert "没有入库：此后已有新的数据入库，那一批不必再确认。" in told and "填写一个没有用过的批次号" in told
        assert "交付过；内容相同的不会重复入库" not in told
        told = words(editor.get(sent(editor, supplied, rows(supplied, 41, name="李"), key="more")))
        assert "交付过；内容相同的不会重复入库" in told
