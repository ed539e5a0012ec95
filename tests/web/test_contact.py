"""How the operator is reached is said once and stands on every page, under each refusal, and on a page of its own."""

import pytest
from acting import PASSWORD
from django.test import Client, override_settings

from hutong import settings
from hutong.core.labels import Both

REACHED = settings.Contact("县大数据中心", "0572-1234567", "help@county.gov.cn", Both("工作日 8:30–17:30", "weekdays"))
ZH = "县大数据中心（电话 0572-1234567、邮箱 help@county.gov.cn、工作日 8:30–17:30）"
EN = "县大数据中心 (telephone 0572-1234567, mail help@county.gov.cn, weekdays)"


def read(path: str, **posted: str) -> str:
    client = Client(HTTP_HOST="localhost")
    return (client.post(path, posted) if posted else client.get(path)).content.decode()


@override_settings(CONTACT=REACHED)
@pytest.mark.parametrize(("language", "words"), [("zh", ZH), ("en", EN)])
def test_it_stands_at_the_foot_of_each_page_and_under_each_refusal(county, language, words):
    for path in ("", "login/", "catalog/", "help/", "help/accessibility/", "nothing/"):
        page = read(f"/{language}/{path}")
        foot = page.partition("<footer")[2]
        assert words in foot, path
        assert f"/{language}/help/contact/" in foot and f"/{language}/help/accessibility/" in foot
        assert (words in page.partition("<main")[2].partition("</main>")[0]) is (path == "nothing/")
    refused = read(f"/{language}/login/", username="consumer", password="wrong")
    assert words in refused.partition('role="alert"')[2].partition("</div>")[0]
    client = Client(HTTP_HOST="localhost")
    client.post("/zh/login/", {"username": "editor", "password": PASSWORD})
    form = client.post(f"/{language}/desk/entries/new/", {"name": "台账"}, follow=True).content.decode()
    assert words in form.partition('id="faults"')[2].partition("</div>")[0]


@override_settings(CONTACT=REACHED)
def test_its_page_has_what_is_dialled_and_written_to(county):
    page = read("/zh/help/contact/")
    assert 'href="tel:0572-1234567"' in page and 'href="mailto:help@county.gov.cn"' in page
    assert "工作日 8:30–17:30" in page and "weekdays" in read("/en/help/contact/")


def test_where_nobody_said_it_the_page_says_so_and_no_refusal_invents_one(county):
    assert "本县尚未在平台公布联系方式" in read("/zh/help/contact/")
    assert "has not said" in read("/en/help/contact/")
    assert "请联系" not in read("/zh/").partition("<footer")[2]
    assert "仍不能解决" not in read("/zh/nothing/")


def test_the_statement_says_what_is_met_what_is_not_when_and_how_to_complain(county):
    page = read("/zh/help/accessibility/")
    for words in ("GB/T 37668", "WCAG 2.2", "没有做到或没有检查", "2026年11月30日", "投诉和求助", "没有经过第三方检测"):
        assert words in page
    english = read("/en/help/accessibility/")
    for words in ("GB/T 37668", "What is not met", "30 November 2026", "Complaints"):
        assert words in english
