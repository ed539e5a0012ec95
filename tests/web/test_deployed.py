"""The pages in a network: by HTTPS of their own, and behind the proxies as the page on deploying has them.

A browser that trusts the tests' authority comes by the county's name; a wrong name it refuses by itself.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from acting import PASSWORD
from browsing import CHROMIUM, QUIET, Window, opened

from certifying import Authority

NAME, GATEWAY = "county.example", "gateway.county.example"
PAGE = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
ROWS = ["resident_number,name,address,street", *(f"{number:018},张伟,示范路1号,东华门街道" for number in range(30_000))]
STRANGER = "127.0.0.9"
"""From where somebody asks who is no proxy of ours."""


@dataclass(frozen=True)
class Site:
    """The pages of a county under their name."""

    at: str
    port: int
    authority: Authority


def block(language: str) -> str:
    """Return the only block of the page in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@contextmanager
def running(*command: str | Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(list(map(str, command)))
    try:
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the proxy stopped"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def put(text: str, **places: object) -> str:
    """Put this test's files and ports in the places of the page's; each of them has to be there."""
    for old, new in {f"/etc/hutong/county.{kind}": places[kind] for kind in ("pem", "key")}.items():
        assert old in text
        text = text.replace(old, str(new))
    assert "127.0.0.1:8000" in text
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{places['pages']}")


@contextmanager
def nginx(folder: Path, **places: object) -> Iterator[int]:
    port, own = free_port(), folder / "nginx"
    own.mkdir()
    servers = put(block("nginx"), **places)
    assert servers.count("listen 443 ssl;") == 2
    kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kinds = "\n".join(f"{kind}_temp_path {own}/{kind};" for kind in kept)
    user = "user root;" if os.geteuid() == 0 else ""
    servers = servers.replace("listen 443 ssl", f"listen {port} ssl")
    conf = own / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {own}/pid; error_log stderr; {user}\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kinds}\n{servers}\n}}\n"
    )
    with running(shutil.which("nginx") or "", "-e", "stderr", "-p", own, "-c", conf, port=port):
        yield port


@contextmanager
def caddy(folder: Path, **places: object) -> Iterator[int]:
    port, own = free_port(), folder / "caddy"
    own.mkdir()
    conf = own / "Caddyfile"
    ports = f"https_port {port}\nhttp_port {free_port()}\nauto_https disable_redirects"
    conf.write_text(f"{{\n{ports}\nadmin off\nstorage file_system {own}\n}}\n{put(block('caddyfile'), **places)}")
    with running(shutil.which("caddy") or "", "run", "--adapter", "caddyfile", "--config", conf, port=port):
        yield port


PROXIES: Mapping[str, Callable[..., object]] = {"nginx": nginx, "caddy": caddy}


@pytest.fixture(params=["own", *PROXIES])
def site(request, county, tmp_path) -> Iterator[Site]:
    """The pages under the county's name: of their own, or behind a proxy."""
    if request.param != "own" and shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} on this machine")
    authority = Authority.made(tmp_path)
    pem, key = authority.certify(NAME, GATEWAY)
    data = tmp_path / "data"
    data.mkdir()
    if request.param == "own":
        given = {"HUTONG_TLS_CERTIFICATE": str(pem), "HUTONG_TLS_KEY": str(key)}
        with opened(county.url, data, named=given) as port:
            yield Site(f"https://{NAME}:{port}", port, authority)
        return
    behind = PAGE.partition("## Behind a reverse proxy")[2]
    given = dict(re.findall(r"(HUTONG_(?:TRUSTED_PROXIES|WEB_NAMES))=(\S+)", behind.partition("hutong up")[0]))
    with (
        opened(county.url, data, named=given) as pages,
        PROXIES[request.param](tmp_path, pem=pem, key=key, pages=pages) as port,  # type: ignore[attr-defined]
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


def test_an_officer_comes_in_fills_in_a_form_hands_in_a_file_and_leaves(county, site, trusting):
    answer = trusting.page.goto(f"{site.at}/zh/login/")
    assert answer.header_value("strict-transport-security") == "max-age=31536000"
    trusting.enter("editor")
    kept = {cookie["name"]: cookie["secure"] for cookie in trusting.page.context.cookies()}
    assert set(kept.values()) == {True}
    assert {name.partition("-")[0] for name in kept} == {"csrftoken", "sessionid", "device"}

    page = trusting.go("/zh/desk/deliveries/")
    file = {"name": "人口.csv", "mimeType": "text/csv", "buffer": "\n".join(ROWS).encode()}
    page.set_input_files("[name=file]", file)
    page.fill("[name=key]", "2026-03-02")
    page.get_by_role("button", name="检查并入库").click()
    assert "2026-03-02" in page.inner_text("tbody")

    page = trusting.go("/zh/account/")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", "another good horse 互通")
    page.fill("[name=present]", PASSWORD)
    page.locator("main form button").first.click()
    assert page.url.endswith("?changed")

    page.get_by_role("button", name="退出").click()
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
    context = ssl.create_default_context(cafile=site.authority.path)
    told = {"Host": f"{NAME}:{site.port}", "Origin": site.at}
    told |= {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "http"}
    transport = httpx.HTTPTransport(verify=context, local_address=STRANGER)
    server_name = {"extensions": {"sni_hostname": NAME}}
    with httpx.Client(transport=transport, base_url=f"https://127.0.0.1:{site.port}", headers=told) as client:
        page = client.get("/zh/login/", **server_name)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        cookie = {"Cookie": f"csrftoken={page.cookies['csrftoken']}"}
        form = {"username": "editor", "password": "a wrong one", "csrfmiddlewaretoken": token}
        answer = client.post("/zh/login/", data=form, headers=cookie, **server_name)
        assert answer.status_code == 401, answer.text
    assert entered(county.url, "auth.failed") == [STRANGER]
