"""Two copies of one county are told apart: at the foot of every page, on the page of the log, by the folder served."""

import re
from uuid import UUID, uuid4

import httpx
import pytest
from browsing import opened
from desks import entered
from django.test import Client, override_settings

from hutong.installation import identity

ONE, OTHER = str(UUID(int=1 << 120)), str(UUID(int=2 << 120))
SAID = {"zh": "实例", "en": "Instance"}


def foot(body: str) -> str:
    """Return what is read at the foot of a page."""
    (found,) = re.findall(r"<footer>(.*?)</footer>", body, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_tells_at_its_foot_which_of_two_copies_it_is_of(county, language):
    officer = entered("operator")
    pages = [(Client(HTTP_HOST="localhost"), path) for path in ("", "catalog/", "evidence/", "login/", "nothing/here/")]
    pages += [(officer, path) for path in ("desk/", "desk/entries/", "desk/security/plans/", "desk/nothing/")]
    for client, path in pages:
        feet = []
        for instance in (ONE, OTHER, ""):
            with override_settings(INSTANCE=instance):
                feet.append(foot(client.get(f"/{language}/{path}").content.decode()))
        said = [f"{SAID[language]} {instance[:8]}" for instance in (ONE, OTHER)]
        assert [told in found for told, found in zip(said, feet, strict=False)] == [True, True], (path, feet)
        assert feet[0].replace(ONE[:8], "") == feet[1].replace(OTHER[:8], "")
        assert SAID[language] not in feet[2]  # nobody has said yet which it is


@pytest.mark.parametrize(("language", "named"), [("zh", "平台实例"), ("en", "Instance of the platform")])
def test_the_page_of_the_log_tells_the_whole_number(county, language, named):
    for instance in (ONE, OTHER):
        with override_settings(INSTANCE=instance):
            page = Client(HTTP_HOST="localhost").get(f"/{language}/evidence/").content.decode()
        assert re.search(rf"<dt>{named}</dt>\s*<dd><code>{instance}</code></dd>", page)
    with override_settings(INSTANCE=""):
        assert named not in Client(HTTP_HOST="localhost").get(f"/{language}/evidence/").content.decode()


def test_the_pages_that_are_served_are_of_the_instance_their_folder_says(county, tmp_path):
    own = identity.Identity(uuid4(), uuid4(), identity.located(tmp_path))
    identity.write(tmp_path, own)
    with opened(county.url, tmp_path) as port:
        page = httpx.get(f"http://127.0.0.1:{port}/zh/evidence/").text
    assert str(own.instance) in page
    assert f"实例 {str(own.instance)[:8]}" in foot(page)
