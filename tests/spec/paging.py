"""An officer's browser without a window, for the chapters about the pages."""

import re

from acting import PASSWORD
from django.test import Client


def entered(username: str) -> Client:
    """Return the browser of an officer who is in."""
    client = Client(HTTP_HOST="localhost")
    assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def read(username: str, path: str) -> str:
    """Return what an officer reads on a page, without its marks."""
    page = entered(username).get(path).content.decode().partition('<div class="work" id="work" tabindex="-1">')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
