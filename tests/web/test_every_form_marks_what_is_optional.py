"""What may be left empty says so, in every form and in one way: 选填; what must be filled in never does."""

import re

import hostile
import pytest
from acting import NOW, already
from desks import at, entered
from django.conf import settings
from formread import FormRead
from hostile import SOME_OFFICERS

from hutong.web.forms import Field

peopled = already("something of everything", hostile.everything)
TYPED = {"text", "textarea", "number", "file", "password", "search"}
MARK = re.compile(r'<label for="([^"]+)">[^<]*</label>\s*<span class="optional">([^<]+)</span>')
IN_A_TABLE = re.compile(r"item-\d+-\w+")
"""Cells of the table of items, whose columns the form explains."""


@pytest.mark.parametrize("officer", SOME_OFFICERS)
def test_each_field_an_officer_is_shown_has_to_be_filled_in_or_is_marked(county, monkeypatch, tmp_path, officer):
    monkeypatch.setattr(settings, "DATABASE_URL", county.url)
    monkeypatch.setattr(settings, "SPOOL", tmp_path)
    with at(NOW):
        wrong, seen = {}, 0
        for path, _, page in hostile.crawled(entered(officer), most=80):
            marked = dict(MARK.findall(page.text))
            for _, controls in FormRead(page.text).sent_to:
                for each in controls:
                    if each.kind not in TYPED or IN_A_TABLE.fullmatch(each.name) or not each.id:
                        continue
                    seen += 1
                    if each.required == (each.id in marked):
                        wrong[path, each.id] = (each.required, marked.get(each.id))
        assert wrong == {}
        assert seen or officer in ("head",)


@pytest.mark.parametrize(
    ("field", "optional"),
    [
        (Field("a", "甲"), True), (Field("a", "甲", required=True), False), (Field("a", "甲", depends=True), False),
        (Field("a", "甲", kind="box"), False), (Field("a", "甲", kind="choice", options=(("1", "一"),)), False),
        (Field("a", "甲", kind="choice", options=(("", "全部"), ("1", "一"))), True),
        (Field("a", "甲", kind="choice", options=(("", "请选择"),), required=True), False),
    ],
)  # fmt: skip
def test_what_may_be_left_empty_is_known(field, optional):
    assert field.optional is optional
