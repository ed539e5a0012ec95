"""The pages are valid HTML by the judgement of the Nu Html Checker: every address, in both languages."""

import re
from collections.abc import Iterator

import pytest
from acting import NOW, PASSWORD, county, database_url, django_db, log_down, peopled, template
from browsing import place
from crowded import crowded
from django.test import Client
from filling import rejected_rows
from formread import FormRead
from readers import BROKEN, full
from tools import NODE, ask

from hutong.control.sharing.models import Application
from hutong.control.units import operations as members

__all__ = ["county", "crowded", "database_url", "django_db", "log_down", "peopled", "place", "template"]
pytestmark = pytest.mark.full
LED_TO = {"together": "confirmed", "grant-step-revoke": "reason", "new_password": "again"}
"""A page that only a form leads to → the name of a field by which it is known."""
CHECKER = NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def checked(pages: dict[str, str], folder) -> tuple[bool, str]:
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return ask("java", "-jar", str(CHECKER), "--errors-only", "--format", "gnu", str(folder))


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    if username:
        assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def refused(client: Client, address: str) -> Iterator[str]:
    """Yield the page that answers each form of a page that is sent with nothing typed into it."""
    for form in FormRead(client.get(address, follow=True).content.decode()).forms:
        if {each.kind for each in form} - {"hidden", "checkbox", "radio", "select"}:
            sent = {each.name: each.value for each in form if each.kind == "hidden"}
            yield client.post(address, sent, follow=True).content.decode()


def led_to(readers: dict[str, Client], language: str) -> Iterator[tuple[str, str]]:
    """Yield the pages that only a form leads to: cases together, a step about a grant, a new password."""
    desk = f"/{language}/desk"
    boxes = re.findall(r'name="case" value="([^"]+)"', _page(readers["competent"].get(f"{desk}/")))
    yield "together", _page(readers["competent"].post(f"{desk}/together/", {"case": boxes[-2:]}, follow=True))
    no = Application.objects.exclude(grant_no="").first().grant_no
    for reader, action in (("operator", "suspend"), ("operator", "revoke"), ("consumer", "relinquish")):
        yield f"grant-step-{action}", _page(readers[reader].get(f"{desk}/grants/{no}/{action}/"))
    members.set_password(username="approver", password=PASSWORD, now=NOW, by="accounts")
    given = {"username": "approver", "password": PASSWORD}
    yield "new_password", _page(Client(HTTP_HOST="localhost").post(f"/{language}/login/", given, follow=True))


def _page(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_valid_html(county, crowded, tmp_path, language):
    rejected_rows(county, 3)
    members.set_active(username="operator", active=True, now=NOW, by="init")
    readers: dict[str, Client] = {}
    pages = {}
    for name, page in full(county).items():
        client = readers.setdefault(page.reader, entered(page.reader))
        for state, asked in (("full", ""), ("refused", BROKEN)):
            pages[f"{name}-{state}"] = client.get(f"/{language}/{page.path}{asked}", follow=True).content.decode()
        for number, answer in enumerate(refused(client, f"/{language}/{page.path}")):
            pages[f"{name}-empty-{number}"] = answer
    readers.setdefault("operator", entered("operator"))
    pages |= led_to(readers, language)
    pages["missing"] = Client(HTTP_HOST="localhost").get(f"/{language}/nothing/").content.decode()
    agreed, said = checked(pages, tmp_path)
    assert agreed, said
    told = [name for name, page in pages.items() if "-empty-" in name and 'id="faults"' in page]
    assert len(pages) > 150 and len(told) > 20
    assert all(f'name="{name}"' in pages[page] for page, name in LED_TO.items())


def test_a_fault_is_found(tmp_path):
    page = '<!doctype html><html lang="zh"><title>x</title><form><input type="file" value="x"></form></html>'
    agreed, said = checked({"planted": page}, tmp_path)
    assert not agreed and "value" in said
