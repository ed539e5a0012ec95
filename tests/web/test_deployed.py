"""The pages in a network: by HTTPS of their own, and behind the proxies as the page on deploying has them.

A browser that trusts the tests' authority comes by the county's name; a wrong name it refuses by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from acting import PASSWORD
from browsing import CHROMIUM, QUIET, Window, follow, opened

import ports
import proxies
from certifying import Authority
from proxies import GATEWAY, NAME, PROXIES, Behind

ROWS = ["resident_number,name,address,street", *(f"{number:018},张伟,示范路1号,东华门街道" for number in range(30_000))]
STRANGER = "127.0.0.9"
"""From where somebody asks who is no proxy of ours."""


@dataclass(frozen=True)
class Site:
    """The pages of a county under their name."""

    at: str
    port: int
    authority: Authority


@pytest.fixture(params=proxies.SITES)
def site(request, county, tmp_path) -> Iterator[Site]:
    """The pages under the county's name: of their own, or behind a proxy."""
    proxies.here(request.param)
    authority = Authority.made(tmp_path)
    pem, key = authority.certify(NAME, GATEWAY)
    data = tmp_path / "data"
    data.mkdir()
    if request.param == "own":
        given = {"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}
        with opened(county.url, data, named=given) as port:
            yield Site(f"https://{NAME}:{port}", port, authority)
        return
    port = ports.free_port()
    with (
        opened(county.url, data, named=proxies.given()) as pages,
        PROXIES[request.param](tmp_path, Behind(pem, key, pages=pages), port=port),
    ):
        yield Site(f"https://{NAME}:{port}", port, authority)


@pytest.fixture
def trusting(site) -> Iterator[Window]:
    """A window of a browser that trusts the authority of the county's certificate."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    home = site.authority.home()
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patched, sync_playwright() as tool:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        named = "--host-resolver-rules=MAP * 127.0.0.1"
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, named], env={"HOME": str(home)})
        yield Window(site.at, browser.new_page(locale="zh-CN"))
        browser.close()


def entered(url: str, event: str) -> list[str]:
    """Return from where the entries of an event say it was done."""
    with psycopg.connect(url) as connection:
        asked = "select record::json ->> 'source' from audit.entry where event = %s order by id"
        return [source for (source,) in connection.execute(asked, [event])]


@pytest.mark.full
def test_an_officer_comes_in_fills_in_a_form_hands_in_a_file_and_leaves(county, site, trusting):
    answer = trusting.page.goto(f"{site.at}/zh/login/")
    assert answer.header_value("strict-transport-security") == "max-age=31536000"
    trusting.enter("editor")
    kept = {each["name"]: each for each in trusting.page.context.cookies()}
    assert {(each["secure"], each["httpOnly"], each["sameSite"]) for each in kept.values()} == {(True, True, "Lax")}
    assert {name.partition("-")[0] for name in kept} == {"csrftoken", "sessionid", "device", "last"}

    page = trusting.go("/zh/desk/deliveries/")
    file = {"name": "人口.csv", "mimeType": "text/csv", "buffer": "\n".join(ROWS).encode()}
    page.set_input_files("[name=file]", file)
    page.fill("[name=key]", "2026-03-02")
    follow(page.get_by_role("button", name="读取并核对"))
    follow(page.get_by_role("button", name="确认交付"))
    page = trusting.go("/zh/desk/deliveries/")
    assert "2026-03-02" in page.inner_text("tbody")

    page = trusting.go("/zh/account/")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", "another good horse 互通")
    page.fill("[name=present]", PASSWORD)
    follow(page.locator("main form button").first)
    assert page.url.endswith("?changed")

    follow(page.get_by_role("button", name="退出"))
    assert page.url == f"{site.at}/zh/"
    assert trusting.go("/zh/desk/").url.startswith(f"{site.at}/zh/login/")


def test_a_wrong_name_is_refused_by_the_browser_and_a_right_one_by_who_does_not_trust_the_authority(site, trusting):
    # Caddy lets nobody come to a name it has no certificate of; the others show the one they have.
    with pytest.raises(Exception, match=r"ERR_CERT_COMMON_NAME_INVALID|ERR_SSL_PROTOCOL_ERROR"):
        trusting.page.goto(f"https://other.example:{site.port}/zh/login/")
    with httpx.Client() as mistrusting, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asked = mistrusting.build_request("GET", f"https://127.0.0.1:{site.port}/", extensions={"sni_hostname": NAME})
        mistrusting.send(asked)


def test_the_log_names_who_asked_whatever_they_say_of_themselves_and_the_proxy_is_nobody(county, site):
    told = {"Host": f"{NAME}:{site.port}", "Origin": site.at}
    told |= {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http"}
    transport = httpx.HTTPTransport(verify=site.authority.context(), local_address=STRANGER)
    server_name = {"extensions": {"sni_hostname": NAME}}
    with httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{site.port}", headers=told) as client:
        page = client.get("/zh/login/", **server_name)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        cookie = {"Cookie": f"csrftoken={page.cookies['csrftoken']}"}
        form = {"username": "editor", "password": "a wrong one", "csrfmiddlewaretoken": token}
        answer = client.post("/zh/login/", data=form, headers=cookie, **server_name)
        assert answer.status_code == 401, answer.text
    assert entered(county.url, "auth.failed") == [STRANGER]
