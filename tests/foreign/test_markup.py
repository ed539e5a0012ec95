"""The pages are valid HTML by the judgement of the Nu Html Checker: every address, in both languages."""

import pytest
from acting import NOW, PASSWORD, county, database_url, django_db, log_down, peopled, template
from browsing import place
from crowded import crowded
from django.test import Client
from filling import rejected_rows
from test_accessibility import BROKEN, full
from tools import NODE, ask

from hutong.control.units import operations as members

__all__ = ["county", "crowded", "database_url", "django_db", "log_down", "peopled", "place", "template"]
pytestmark = pytest.mark.full
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
    pages["missing"] = Client(HTTP_HOST="localhost").get(f"/{language}/nothing/").content.decode()
    agreed, said = checked(pages, tmp_path)
    assert agreed, said
    assert len(pages) > 100


def test_a_fault_is_found(tmp_path):
    page = '<!doctype html><html lang="zh"><title>x</title><form><input type="file" value="x"></form></html>'
    agreed, said = checked({"planted": page}, tmp_path)
    assert not agreed and "value" in said
