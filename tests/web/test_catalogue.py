"""The catalogue anyone may read: links alone lead through it, and keep what was asked for."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from acting import catalogued
from django.test import Client


@pytest.fixture
def long_catalogue(county):
    catalogued(
        {"code": f"308001/{n:06}", "name": f"A&B 台账{n:03}", "provider_id": county.civil, "sharing_type": 1 + n % 3,
         "sharing_basis": "某法"}
        for n in range(230)
    )  # fmt: skip
    return county


def read(address: str) -> str:
    answer = Client(HTTP_HOST="localhost").get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def link(page: str, which: str) -> str | None:
    found = re.search(rf'rel="{which}" href="([^"]*)"', page)
    return found and html.unescape(found[1])


def walked(address: str) -> list[str]:
    pages = [read(address)]
    while onward := link(pages[-1], "next"):
        pages.append(read(f"/zh/catalog/{onward}"))
    return pages


def listed(page: str) -> list[str]:
    return re.findall(r"/zh/catalog/(\d{6}/\d+)/", page)


def test_links_lead_through_all_of_it_and_back(long_catalogue):
    pages = walked("/zh/catalog/")
    codes = [code for page in pages for code in listed(page)]
    assert len(codes) == len(set(codes)) == 231
    assert "共 231 项" in pages[0]
    assert link(pages[0], "prev") is None
    back = read("/zh/catalog/" + link(pages[-1], "prev"))
    assert listed(back) == listed(pages[-2])
    assert [listed(read("/zh/catalog/" + link(page, "prev"))) for page in pages[2:4]] == list(map(listed, pages[1:3]))
    assert listed(read("/zh/catalog/" + link(pages[1], "prev"))) == listed(pages[0])


def test_words_and_filters_stay_in_the_links(long_catalogue):
    pages = walked(f"/zh/catalog/?q=A%26B&provider={long_catalogue.civil}&type=3")
    codes = [code for page in pages for code in listed(page)]
    assert codes == [f"308001/{n:06}" for n in range(230) if n % 3 == 2]
    assert all('value="A&amp;B"' in page for page in pages)
    assert all('<option value="3" selected>' in page for page in pages)


def test_what_does_not_fit_a_filter_is_said(long_catalogue):
    assert "没有找到符合的目录" in read("/zh/catalog/?q=没有这个词&type=1")
    assert "回到第一页" in read("/zh/catalog/?after=龥")
    assert "共 231 项" in read("/zh/catalog/?type=9")


def test_the_other_language_keeps_the_place(long_catalogue):
    page = read("/zh/catalog/" + link(read("/zh/catalog/?q=A%26B"), "next"))
    address = html.unescape(re.search(r'href="([^"]*)" lang="en"', page)[1])
    assert parse_qs(urlsplit(address).query)["next"][0].startswith("/en/catalog/?q=A%26B&after=")
    assert Client(HTTP_HOST="localhost").get(address)["Location"].startswith("/en/catalog/?q=A%26B&after=")
