"""Who reads English gets English, or is told where it is; what somebody chose lasts."""

import pytest
from acting import PASSWORD
from django.test import Client

OFFER = "This page is available in"


def reading(accepted: str = "") -> Client:
    return Client(HTTP_HOST="localhost", **({"HTTP_ACCEPT_LANGUAGE": accepted} if accepted else {}))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-GB,en;q=0.9,zh;q=0.1", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("zh-TW", "zh"), ("fr", "zh"), ("", "zh"),
     ("de;q=0.9,en;q=0.5", "en"), ("*", "zh"), ("nonsense;;q=", "zh")],
)  # fmt: skip
def test_the_platforms_address_opens_in_the_language_the_browser_asks_for(county, accepted, language):
    answer = reading(accepted).get("/")
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/")
    assert {"Accept-Language", "Cookie"} <= {each.strip() for each in answer["Vary"].split(",")}


@pytest.mark.parametrize(("accepted", "chosen"), [("zh-CN", "en"), ("en-US", "zh")])
def test_a_chosen_language_lasts_and_the_page_stays(county, accepted, chosen):
    other = "zh" if chosen == "en" else "en"
    client = reading(accepted)
    page = client.get(f"/{other}/catalog/?q=a&sort=name").content.decode()
    link = page.partition('<nav aria-label="')[2].partition(f'lang="{"en" if chosen == "en" else "zh-CN"}"')[0]
    address = link.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/{chosen}/catalog/?q=a&sort=name")
    kept = answer.cookies["hutong_language"]
    assert (kept.value, kept["max-age"], kept["samesite"]) == (chosen, 365 * 24 * 3600, "Lax")
    assert client.get("/")["Location"] == f"/{chosen}/"
    assert client.get("/desk/")["Location"] == f"/{chosen}/desk/"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:x", "", "/"]
)
def test_choosing_a_language_leads_to_this_site_alone(county, wanted):
    assert reading().get("/language/en/", {"next": wanted})["Location"] == "/en/"
    assert reading().get("/language/xx/", {"next": "/zh/"}).status_code == 404


def test_who_reads_english_is_told_on_a_chinese_page_where_it_is_and_nobody_else_is(county):
    for path in ("", "login/", "catalog/", "nowhere/", "help/"):
        told = reading("en-US,en;q=0.5").get(f"/zh/{path}").content.decode()
        assert OFFER in told and f"/language/en/?next=%2Fen%2F{path.partition('/')[0].replace('nowhere', '')}" in told
        assert OFFER not in reading("zh-CN,en;q=0.5").get(f"/zh/{path}").content.decode()
        assert OFFER not in reading("en-US").get(f"/en/{path}").content.decode()
    client = reading("en-US")
    client.get("/language/zh/")
    assert OFFER not in client.get("/zh/").content.decode()


def test_login_and_refusals_are_in_the_readers_language(county):
    client = reading("en-US")
    assert client.get("/en/desk/")["Location"].startswith("/en/login/")
    refused = client.post("/en/login/", {"username": "consumer", "password": "wrong"})
    assert refused.status_code == 401 and "Type them again" in refused.content.decode()
    assert client.post("/en/login/", {"username": "consumer", "password": PASSWORD})["Location"] == "/en/desk/"
    assert "There is no such page" in client.get("/en/desk/nothing/").content.decode()
    guarded = Client(HTTP_HOST="localhost", HTTP_ACCEPT_LANGUAGE="en", enforce_csrf_checks=True)
    expired = guarded.post("/en/login/", {"username": "consumer"})
    assert expired.status_code == 403 and 'lang="en"' in expired.content.decode()
    assert 'lang="en"' in reading("en").get("/nothing/").content.decode()
