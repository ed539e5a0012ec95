"""Keys, names and numbers as people and machines type them: every list that shows them opens, and leads on."""

import html
import re

import filling
import psycopg
import pytest
from acting import NOW, already
from desks import at, entered, words
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from hutong.control.procedures import models
from hutong.control.sharing.models import Application
from hutong.core import bounds


def filled(county) -> None:
    """A delivery with a rejected row, and an application that waits at a desk with a head."""
    filling.rejected_rows(county, 1)
    filling.waiting_for_a_head(county, 1)


peopled = already("what was typed", filled)

ODD = ("a/b", "/", "..", ".", "?#%2f", "%", "~2F", "a b", "，", "\n", "<b>", "k" * 200, "宽" * 200)
taken = st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda each: not bounds.UNUSABLE.search(each))
"""What a text may have in it; a control is refused before a page sees it."""
texts = st.text(taken, min_size=1, max_size=200)
keys = st.sampled_from(ODD) | texts | st.text("./\\?#%;&+~ ", min_size=1, max_size=20)


def led_to(body: str) -> list[str]:
    """Return the addresses of the rejected rows on a page of deliveries."""
    return [html.unescape(address) for address in re.findall(r'href="([^"]*/rejected/[^"]*)"', body)]


@settings(max_examples=40)
@given(key=keys)
def test_a_delivery_is_listed_and_its_rejected_rows_are_read_whatever_its_key_is(county, key):
    with psycopg.connect(county.url, options=filling.OWNER) as opened:
        opened.execute("delete from plane.rejected_row")
        opened.execute("update plane.delivery set key = %s, rejected = 1", [key])
    client = entered("editor")
    with at(NOW):
        answer = client.get("/zh/desk/deliveries/")
        (address,) = led_to(answer.content.decode())
        found = client.get(address)
    assert (answer.status_code, found.status_code) == (200, 200)
    assert f"<code>{key}</code>" in html.unescape(found.content.decode()) or "\n" in key


@pytest.mark.parametrize("segment", ["none", "~2", "~FF", "%2e%2e", "a~2Fb"])
def test_the_rejected_rows_of_a_key_that_nothing_was_delivered_under_are_not_found(county, segment):
    assert entered("editor").get(f"/zh/desk/deliveries/{county.code}/rejected/{segment}/").status_code == 404


NUMBERS = ("a/b", "..", " ", "GX0000-0000", "?#", "甲", "x" * 300, "a,b", "\n", "", "a|b")
BOXES = (*(f"sharing.application|{number}|endorse" for number in NUMBERS), "x", "||", "a|b|c")
shorter = st.text(taken, min_size=1, max_size=30)
odd_boxes = st.lists(st.sampled_from(BOXES) | shorter, min_size=1, max_size=6, unique=True)


@settings(max_examples=25)
@given(sent=odd_boxes)
def test_of_cases_given_out_together_each_is_answered_for_itself_and_what_is_no_case_by_name(county, sent):
    good = f"sharing.application|{Application.objects.get().no}|endorse"
    models.Turn.objects.update(handler="")
    answer = entered("head").post("/zh/desk/giving/", {"case": [*sent, good], "to": "competent"})
    assert (answer.status_code, words(answer).count("已交给 孙丽")) == (200, 1)
    assert answer.content.decode().count("未办理</span>") == len(sent)
    assert {row.handler for row in models.Turn.objects.filter(leads=True)} == {"competent"}


@settings(max_examples=25)
@given(sent=st.lists(st.sampled_from(BOXES[: len(NUMBERS)]), min_size=1, max_size=6, unique=True))
def test_of_cases_decided_together_each_is_answered_for_itself_and_what_is_no_case_by_name(county, sent):
    with transaction.atomic():
        no = Application.objects.get().no
        good = f"sharing.application|{no}|endorse"
        answer = entered("competent").post("/zh/desk/together/", {"case": [*sent, good], "confirmed": "1"})
        assert (answer.status_code, Application.objects.get(no=no).state) == (200, "DEPARTMENT_ENDORSED")
        assert f"已办理 1 件，未能办理 {len(sent)} 件" in words(answer)
        transaction.set_rollback(True)


@pytest.mark.parametrize("path", ["giving/", "together/"])
@pytest.mark.parametrize("sent", [["a/b"], [""], ["||"], [f"sharing.application|{no}|endorse" for no in range(51)]])
def test_where_nothing_can_be_done_nothing_is_and_it_is_said(county, path, sent):
    answer = entered("head").post(f"/zh/desk/{path}", {"case": sent, "to": "competent", "confirmed": "1"})
    assert answer.status_code == 422
