"""The one script: it tells how far a file is and asks before typed work is left; without it all goes on as well."""

import re
from pathlib import Path

import httpx
import pytest
from acting import PASSWORD
from browsing import follow
from django.test import Client, override_settings

import hutong.web
from hutong.plane.delivery import underway

WEB = Path(hutong.web.__file__).parent
SCRIPT = WEB / "static" / "js" / "hutong.js"
HEADER = "resident_number,name,address,street\n"
ROW = "330523199001011234,张伟,示范路1号,东华门街道\n"


def file(rows: str, *, name: str = "people.csv") -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": (HEADER + rows).encode()}


def test_there_is_one_small_script_and_nothing_inline():
    assert [path.name for path in (WEB / "static").rglob("*.js")] == ["hutong.js"]
    assert SCRIPT.stat().st_size < 10_000
    found = {path.name: path.read_text(encoding="utf-8") for path in (WEB / "templates").rglob("*.html")}
    scripts = [tag for text in found.values() for tag in re.findall(r"<script\b.*?</script>", text, re.S)]
    assert scripts == ["""<script src="{% static 'js/hutong.js' %}" defer></script>"""]
    assert {name for name, text in found.items() if re.search(r"\son[a-z]+=|javascript:", text)} == set()
    assert not re.search("[\u3400-\u9fff]", SCRIPT.read_text(encoding="utf-8"))


def test_a_page_runs_this_sites_script_alone(served):
    page, script = httpx.get(f"{served}/zh/"), httpx.get(f"{served}/static/js/hutong.js")
    policy = dict(part.split(maxsplit=1) for part in page.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert script.status_code == 200 and "javascript" in script.headers["content-type"]
    assert script.headers["x-content-type-options"] == "nosniff"


def on_sending(page, do) -> None:
    """Let `do` have the request by which a file is sent, and every other one go on."""
    page.route("**/desk/deliveries/", lambda route: do(route) if route.request.method == "POST" else route.continue_())


def hand_in(page, given) -> None:
    page.select_option("[name=code]", index=0)
    page.set_input_files("[name=file]", given)
    page.get_by_role("button", name="读取并核对", exact=True).click()


def test_a_file_that_is_sent_with_the_script_leads_to_what_was_read_and_back_leads_to_the_form(window):
    opened = window().enter("editor")
    page = opened.go("/zh/desk/deliveries/")
    hand_in(page, file(ROW))
    page.wait_for_url(re.compile(r"/zh/desk/deliveries/uploads/[0-9a-f]{32}/$"))
    page.get_by_role("heading", name="核对读到的内容").wait_for()
    assert page.title().startswith("读到的内容")
    page.go_back()
    page.get_by_role("button", name="读取并核对", exact=True).wait_for()
    page.go_forward()
    page.get_by_role("heading", name="核对读到的内容").wait_for()
    follow(page.get_by_role("button", name="确认交付", exact=True))
    assert "/delivered/" in page.url and page.locator("main").inner_text().count("1") > 0


@pytest.mark.full
def test_a_file_that_is_refused_is_told_in_place_with_the_words_of_the_page(window):
    page = window().enter("editor").go("/zh/desk/deliveries/")
    hand_in(page, {"name": "a.csv", "mimeType": "text/csv", "buffer": b"<html><body>no table</body></html>"})
    page.locator(".notice.bad").wait_for()
    assert "FILE_IS_OTHER" in page.locator(".notice.bad").inner_text()
    hand_in(page, file(ROW))  # and the form of that page works as well
    page.get_by_role("heading", name="核对读到的内容").wait_for()


@pytest.mark.full
def test_a_file_that_does_not_arrive_is_told_and_may_be_sent_again(window):
    opened = window().enter("editor")
    page = opened.go("/zh/desk/deliveries/")
    on_sending(page, lambda route: route.abort())
    hand_in(page, file(ROW))
    page.get_by_role("status").filter(has_text="发送中断，没有任何内容入库。").wait_for()
    page.unroute("**/desk/deliveries/")
    page.get_by_role("button", name="读取并核对", exact=True).click()
    page.get_by_role("heading", name="核对读到的内容").wait_for()
    opened.faults = [fault for fault in opened.faults if "ERR_FAILED" not in fault]


@pytest.mark.full
def test_how_far_the_server_is_is_shown_while_it_reads(window):
    page = window().enter("editor").go("/zh/desk/deliveries/")
    far = (("read", 16384), ("read", 20000), ("checked", 20000))
    told = iter(({}, *({"stage": stage, "rows": rows} for stage, rows in far)))
    held = []
    page.route("**/deliveries/progress/", lambda route: route.fulfill(json=next(told, {})))
    on_sending(page, held.append)
    hand_in(page, file(ROW * 100))
    shown, heard = page.locator(".sending p:not([role])"), page.locator(".sending").get_by_role("status")
    shown.filter(has_text="已读取 16,384 行。").wait_for()
    shown.filter(has_text="已读取 20,000 行。").wait_for()
    assert heard.inner_text() == "已读取 16,384 行。"  # each stage is announced once, not each number of it
    shown.filter(has_text="已检查 20,000 行。").wait_for()
    assert heard.inner_text() == "已检查 20,000 行。"
    held[0].continue_()
    page.get_by_role("heading", name="核对读到的内容").wait_for()


def test_how_many_bytes_are_sent_is_shown_while_they_are(window):
    page = window().enter("editor").go("/zh/desk/deliveries/")
    page.evaluate("XMLHttpRequest.prototype.send = function () { window.sending = this; }")  # it stays under way
    hand_in(page, file(ROW))
    shown, bar = page.locator(".sending p:not([role])"), page.locator(".sending progress")
    for sent, said in ((5, "已发送 5.0 MB，共 20.0 MB。"), (15.5, "已发送 15.5 MB，共 20.0 MB。")):
        event = {"lengthComputable": True, "loaded": sent * (1 << 20), "total": 20 << 20}
        page.evaluate("event => sending.upload.onprogress(event)", event)
        assert (shown.inner_text(), bar.evaluate("bar => bar.value / bar.max")) == (said, sent / 20)
    page.evaluate("sending.upload.onload()")
    assert (shown.inner_text(), bar.get_attribute("value")) == ("文件已到达，正在读取。", None)


def test_the_progress_of_a_file_is_told_to_its_officer_alone(county, tmp_path):
    with override_settings(SPOOL=tmp_path):
        progress_of_officers(tmp_path)


def progress_of_officers(tmp_path) -> None:
    clients = {name: Client(HTTP_HOST="localhost") for name in ("editor", "approver")}
    for name, client in clients.items():
        client.post("/zh/login/", {"username": name, "password": PASSWORD})

    def asked(name: str) -> object:
        answer = clients[name].get("/zh/desk/deliveries/progress/")
        assert answer.headers["Cache-Control"] == "no-store" and len(answer.content) < 100
        return answer.json()

    with underway.told(tmp_path, officer="editor") as tell:
        assert asked("editor") == {}
        tell("read", 7)
        assert (asked("editor"), asked("approver")) == ({"stage": "read", "rows": 7}, {})
        tell("prepared", 9)
        assert asked("editor") == {"stage": "checked", "rows": 9}
    assert asked("editor") == {} and list(tmp_path.iterdir()) == []
    stranger = Client(HTTP_HOST="localhost").get("/zh/desk/deliveries/progress/")
    assert (stranger.status_code, stranger["Location"].partition("?")[0]) == (302, "/zh/login/")


def leaving(page, act) -> list[str]:
    """Return the kinds of the questions that were asked while `act` was done; each is answered with no."""
    asked = []

    def answer(question) -> None:
        asked.append(question.type)
        question.dismiss()

    page.on("dialog", answer)
    act()
    page.remove_listener("dialog", answer)
    return asked


def test_typed_work_is_not_left_without_a_question(window, county):
    page = window().enter("consumer").go(f"/zh/desk/applications/new/{county.code}/")
    away = lambda: page.get_by_role("link", name="信息资源目录").first.click(no_wait_after=True)  # noqa: E731
    page.fill("[name=legal_basis]", "某办法第八条")
    assert leaving(page, away) == ["beforeunload"]
    assert "/applications/new/" in page.url and page.input_value("[name=legal_basis]") == "某办法第八条"
    page.fill("[name=legal_basis]", "")
    follow(page.get_by_role("link", name="信息资源目录").first)  # nothing is left unsent any more
    page.fill("[name=q]", "人口")
    follow(page.get_by_role("link", name="存证日志").first)  # nor in a search


@pytest.mark.full
def test_what_is_sent_is_left_without_a_question(window, county):
    page = window().enter("consumer").go(f"/zh/desk/applications/new/{county.code}/")
    page.fill("[name=legal_basis]", "某办法第八条")
    form = page.locator("main form[method=post]").first
    form.evaluate("form => form.noValidate = true")
    assert leaving(page, lambda: follow(form.locator("button").last)) == []


def test_without_scripts_a_file_is_delivered_and_a_form_left(browser, served, county):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{served}/zh/login/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    follow(page.locator("main button").first)
    page.goto(f"{served}/zh/desk/deliveries/")
    assert not page.locator(".sending").is_visible()
    page.set_input_files("[name=file]", file(ROW))
    follow(page.get_by_role("button", name="读取并核对", exact=True))
    assert page.get_by_role("heading", name="核对读到的内容").is_visible()
    follow(page.get_by_role("button", name="确认交付", exact=True))
    assert "/delivered/" in page.url
    page.goto(f"{served}/zh/desk/entries/new/")
    page.locator("[name=name]").first.fill("台账")
    follow(page.get_by_role("link", name="信息资源目录").first)
    context.close()
