"""A file larger than a form, sent to a real door: after its login has ended, or too large (issue 16)."""

import html
import re
import socket
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from acting import PASSWORD
from browsing import Open

from hutong.control.units.models import KeptForm
from hutong.web.front.buffering import HEAD_BYTES

LARGE = 3 << 20
NAME = "六月户籍.csv"
PAGE = "/zh/desk/deliveries/"


class Browser:
    """A browser at the door: what it is told, and the forms it sends."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.client = httpx.Client(base_url=place, timeout=120, headers={"Referer": place})

    def read(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def token(self, path: str) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.read(path).text)[1]

    def enter(self, username: str, *, path: str = "/zh/login/") -> httpx.Response:
        """Log in at a page of the login, and return the page that is led to."""
        wanted = parse_qs(urlsplit(path).query).get("next", [""])[0]
        form = {"username": username, "password": PASSWORD, "next": wanted, "csrfmiddlewaretoken": self.token(path)}
        led = self.client.post("/zh/login/", data=form)
        assert led.status_code == 302, led.text
        return self.read(led.headers["Location"])

    def leave(self) -> None:
        """Lose the session, as a browser does after eight hours."""
        del self.client.cookies["sessionid"]

    def hand_in(self, path: str, form: dict[str, str], *, field: str, size: int = LARGE, name: str = NAME):
        """Send a form with a file of a size, which its name and its first line alone say anything of."""
        return self.client.post(path, data=form, files={field: (name, b"no,such\n" + b"x" * size)})

    def announce(self, path: str, form: dict[str, str], *, field: str, size: int) -> str:
        """Send how a form with a huge file begins, and return the head of the answer, which comes before the rest."""
        part = '--zz\r\nContent-Disposition: form-data; name="{}"'
        parts = [f"{part.format(name)}\r\n\r\n{said}\r\n" for name, said in form.items()]
        parts.append(f'{part.format(field)}; filename="{NAME}"\r\n\r\n')
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.client.cookies.jar)
        host, port = urlsplit(self.place).netloc.split(":")
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {size}\r\nReferer: {self.place}\r\n"
            f"Cookie: {cookies}\r\nContent-Type: multipart/form-data; boundary=zz\r\n\r\n"
        )
        with socket.create_connection((host, int(port)), timeout=60) as opened:
            opened.sendall(head.encode() + "".join(parts).encode() + b"x" * 2 * HEAD_BYTES)
            return opened.recv(65536).decode(errors="replace").partition("\r\n\r\n")[0]


def text_of(answer: httpx.Response) -> str:
    return html.unescape(answer.text)


@pytest.fixture
def browser_of_editor(served: str) -> Iterator[Browser]:
    browser = Browser(served)
    browser.enter("editor")
    yield browser
    browser.client.close()


def delivery_form(browser: Browser, county) -> dict[str, str]:
    return {"csrfmiddlewaretoken": browser.token(PAGE), "code": county.code, "kind": "changes", "key": "k-七月"}


def test_a_large_file_sent_after_its_login_leads_to_the_login_with_what_was_typed_beside_it_kept(
    browser_of_editor, county
):
    browser, form = browser_of_editor, delivery_form(browser_of_editor, county)
    browser.leave()
    answer = browser.hand_in(PAGE, form, field="file")
    assert (answer.status_code, "why=kept_file" in answer.headers["Location"]) == (302, True)
    login = text_of(browser.read(answer.headers["Location"]))
    assert "文件没有保存。登录后请重新选择文件" in login
    page = text_of(browser.enter("editor", path=answer.headers["Location"]))
    assert (f"请重新选择：{NAME}" in page, 'value="k-七月"' in page, "请核对后自行提交" in page) == (True, True, True)
    assert re.search(r'<option value="changes" selected', page)
    english = browser.read(f"/en/login/?{urlsplit(answer.headers['Location']).query}")
    assert "the file is not kept. Choose the file again" in " ".join(text_of(english).split())


def test_nobody_else_sees_what_was_typed_beside_a_file(browser_of_editor, county):
    browser, form = browser_of_editor, delivery_form(browser_of_editor, county)
    browser.leave()
    answer = browser.hand_in(PAGE, form, field="file")
    page = text_of(browser.enter("approver", path=answer.headers["Location"]))
    assert ("k-七月" in page, NAME in page) == (False, False)


def test_a_large_attachment_sent_after_its_login_leads_to_its_case_and_is_named_there(served, county):
    no, browser = county.draft(), Browser(served)
    browser.enter("consumer")
    path = f"/zh/desk/applications/{no}/"
    form = {"csrfmiddlewaretoken": browser.token(path)}
    browser.leave()
    answer = browser.hand_in(
        f"/zh/desk/cases/sharing.application/{no}/attachments/", form, field="attachment", name="会议纪要.pdf"
    )
    assert (answer.status_code, "why=kept_file" in answer.headers["Location"]) == (302, True)
    page = browser.enter("consumer", path=answer.headers["Location"])
    assert (page.url.path, "请重新选择：会议纪要.pdf" in text_of(page)) == (path, True)


@pytest.mark.parametrize("cookie", ["", "last-login"])
def test_whose_login_it_was_is_not_known_is_led_to_the_login_and_nothing_is_kept(browser_of_editor, county, cookie):
    browser, form = browser_of_editor, delivery_form(browser_of_editor, county)
    browser.leave()
    if cookie:
        del browser.client.cookies[cookie]
    else:
        form.pop("csrfmiddlewaretoken")  # no form of ours
    answer = browser.hand_in(PAGE, form, field="file")
    assert answer.status_code == (302 if cookie else 403)
    if cookie:
        assert "why=lost_file" in answer.headers["Location"]
        assert "并重新选择文件" in text_of(browser.read(answer.headers["Location"]))
    assert not KeptForm.objects.exists()


@pytest.mark.full
def test_what_was_typed_beside_a_file_that_is_too_large_stays_and_the_file_is_told_beside_its_field(
    browser_of_editor, county
):
    browser, form = browser_of_editor, delivery_form(browser_of_editor, county)
    head = browser.announce(PAGE, form, field="file", size=600 << 20)
    assert " 303 " in head.splitlines()[0]
    page = browser.read(re.search(r"(?mi)^location: (\S+)", head)[1])
    told = text_of(page)
    assert (page.status_code, 'value="k-七月"' in told, f"请重新选择：{NAME}" in told) == (413, True, True)
    assert ("有 1 处需要更正" in told, 'href="#file"' in told, 'id="file-wrong"' in told) == (True, True, True)
    assert "文件有 600 MB" in told


def test_a_character_that_is_not_taken_beside_a_file_that_is_not_is_refused_in_words(browser_of_editor, county):
    browser, form = browser_of_editor, {**delivery_form(browser_of_editor, county), "key": "k\x00"}
    browser.leave()
    answer = browser.hand_in(PAGE, form, field="file")
    assert (answer.status_code, "CHARACTER_UNUSABLE" in answer.text) == (400, True)


def test_an_attachment_that_is_too_large_is_told_on_the_page_of_its_case(served, county):
    no, browser = county.draft(), Browser(served)
    browser.enter("consumer")
    form = {"csrfmiddlewaretoken": browser.token(f"/zh/desk/applications/{no}/")}
    path = f"/zh/desk/cases/sharing.application/{no}/attachments/"
    answer = browser.hand_in(path, form, field="attachment", size=22 << 20)
    assert answer.status_code == 303
    page = browser.read(answer.headers["Location"])
    told = text_of(page)
    assert (page.url.path, page.status_code) == (f"/zh/desk/applications/{no}/", 413)
    assert ('href="#attachment"' in told, 'id="attachment-wrong"' in told) == (True, True)


def test_a_large_file_of_wrong_columns_is_refused_with_what_was_typed_beside_it(browser_of_editor, county):
    browser, form = browser_of_editor, delivery_form(browser_of_editor, county)
    answer = browser.hand_in(PAGE, form, field="file")
    assert answer.status_code == 303
    told = text_of(browser.read(answer.headers["Location"]))
    assert ('value="k-七月"' in told, f"请重新选择：{NAME}" in told) == (True, True)


@pytest.mark.parametrize("scripts", [True, False])
def test_in_a_browser_a_large_file_is_led_back_to_its_form_by_the_login(window: Open, county, tmp_path, scripts):
    (tmp_path / NAME).write_bytes(b"no,such\n" + b"x" * (8 << 20))
    opened = window().enter("editor")
    page = opened.page
    if not scripts:
        page.route("**/*.js", lambda route: route.abort())
    opened.go(PAGE)
    page.fill("[name=key]", "k-八月")
    page.set_input_files("[name=file]", tmp_path / NAME)
    page.context.clear_cookies(name="sessionid")
    page.locator("form[enctype] button").first.click()
    page.wait_for_url("**why=kept_file**")
    assert "登录后请重新选择文件" in page.inner_text("main")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url(f"**{PAGE}?kept=*")
    assert page.input_value("[name=key]") == "k-八月"
    assert f"请重新选择：{NAME}" in page.inner_text("main")
    # a script that is not there, and a page that the script puts in the place of one with a focus, are told there
    opened.faults[:] = [each for each in opened.faults if "ERR_FAILED" not in each and "Autofocus" not in each]
