"""An officer comes by an identity service with a real browser: what the pages show, and where they lead."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import services
from acting import PASSWORD
from axe_playwright_python.sync_playwright import Axe
from browsing import Window, follow, opened
from hostile_service import hostile, send

from hutong.control.signon.models import Binding
from hutong.plane.keys import Keyring
from hutong.web.signon import provider

LANGUAGES = {"zh": ("用县统一身份认证登录", "绑定本人账号"), "en": ("Log in with 县统一身份认证", "Bind your account")}
WIDTHS = (390, 1440)


@pytest.fixture
def service():
    """A service that knows who is there, and leads back at once."""
    with hostile() as made:

        def leads_back(asked) -> None:
            told = {name: value for name, (value,) in parse_qs(urlsplit(asked.path).query).items()}
            made.claims["nonce"] = told["nonce"]
            back = f"{told['redirect_uri']}?{urlencode({'code': 'given', 'state': told['state']})}"
            send(asked, b"", status=302, Location=back)

        made.pages["/authorize"] = leads_back
        yield made


@pytest.fixture
def site(county, service, tmp_path) -> Iterator[str]:
    with opened(county.url, tmp_path) as port:
        keyring = Keyring.load(tmp_path / "keys" / "keyring.json")
        told = provider.described(service.issuer)
        services.in_force(county, keyring, described=told, issuer=service.issuer, client_id="hutong")
        yield f"http://127.0.0.1:{port}"


@pytest.mark.clause("SX-11-a")
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_is_shown_a_code_types_it_and_comes_in_by_the_service(county, site, browser, service, language):
    by_service, bind = LANGUAGES[language]
    page = browser.new_context(locale="zh-CN").new_page()
    window, found = Window(site, page), []

    def look(name: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            window.keep(f"{language}-{name}-{width}")
            found.extend((name, width, each["id"]) for each in Axe().run(page).response["violations"])
            found.extend((name, width, each) for each in (window.overflow() > 0, *window.cut()) if each)

    window.go(f"/{language}/login/")
    look("login")
    follow(page.get_by_role("button", name=by_service))
    look("code")
    code = re.search(r"\w{5}(?:-\w{5}){2}", page.inner_text("main"))[0]
    window.enter("editor", language=language).go(f"/{language}/desk/signon/own/")
    look("own")
    page.fill("[name=code]", code)
    page.fill("[name=present]", PASSWORD)
    follow(page.get_by_role("button", name=bind))
    look("bound")
    assert Binding.objects.get().bound_by == "editor"
    follow(page.locator("header form button").first)
    window.go(f"/{language}/login/")
    follow(page.get_by_role("button", name=by_service))
    assert page.url == f"{site}/{language}/desk/"
    page.context.close()
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_administrators_read_and_fill_in_the_pages_of_services_and_bindings(county, site, browser, language):
    services.bound(county)
    page = browser.new_context(locale="zh-CN").new_page()
    window, found = Window(site, page), []
    for who, paths in (
        ("accounts", ("", "services/", "services/new/", "services/1/")), ("chief", ("", "new/", "of/1/")),
        ("guard", ("services/1/",)),
    ):  # fmt: skip
        page.context.clear_cookies()
        window.go(f"/{language}/login/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", PASSWORD)
        follow(page.locator("main button").first)
        for path in paths:
            window.go(f"/{language}/desk/signon/{path}")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                window.keep(f"{language}-{who}-{path.replace('/', '_')}-{width}")
                found += [(path, width, each) for each in (window.overflow() > 0, *window.cut()) if each]
    page.context.close()
    assert found == []
