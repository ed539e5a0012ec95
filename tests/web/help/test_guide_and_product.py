"""Every button, menu, link, heading and field that a page of help names stands on the pages of the product."""

import re
from collections import defaultdict
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from acting import NOW, PASSWORD
from django.test import Client
from django.urls import reverse
from django.utils import translation
from filling import rejected_rows
from readers import full

import hutong.web
from hutong.control.handovers.models import Handover
from hutong.control.notices.models import ContactChange, MaintenanceNotice
from hutong.control.procedures.models import Handling
from hutong.control.rulebook import operations as rulebook
from hutong.control.sharing.models import Application
from hutong.control.units import operations as members
from hutong.core import text
from hutong.web.help import guide, shown

TEMPLATES = Path(hutong.web.__file__).parent / "templates"
SEEN_AS = {
    "menu": {"a"}, "top": {"a", "button", "title"}, "button": {"button"}, "link": {"a"}, "field": {"label"},
    "heading": {"h1", "h2", "h3", "summary", "legend", "caption", "b"}, "choice": {"th", "label", "name"},
}  # fmt: skip
"""Kind of an element → the elements of HTML, or attributes, in which its words stand."""
IN_A_STATE = {
    "确认删除并入库": "desk/deliveries/waiting.html", "读到的内容无误，确认入库": "desk/deliveries/waiting.html",
    "确认交付": "desk/deliveries/expected.html", "取消": "desk/deliveries/expected.html",
    "确认后": "desk/deliveries/expected.html", "读到的内容": "desk/deliveries/read.html",
    "已保存，进入工作台": "recovery_codes.html", "重新生成恢复码": "second_factor.html",
    "确认，全部登记": "desk/registration_table.html", "提交新的等级保护证明": "desk/registration.html",
    "停用双因素认证": "", "授予角色或改变任期": "", "收回一个角色": "", "管理": "account.html",
    "终止这次登录": "account.html",
    "确认移交职责": "desk/offices.html", "查看完毕": "desk/limits.html", "查看": "desk/home.html",
    "终止代理": "desk/deputies.html", "一并办理勾选的事项…": "", "指定代理人": "desk/deputies.html",
    "确定旧版本的最后答复日": "parts/last_days.html", "比较": "desk/version.html",
    "修改密码": "new_password.html", "重新生成订阅地址": "calendar.html", "收回订阅地址": "calendar.html",
    "逐件查看": "desk/due/calendars.html",
    "以原来的内容重新起草": "parts/case.html", "修改申请": "", "领办": "", "退回本处": "",
    "改用新版本": "", "分办给本处其他人员…": "", "接手办理…": "", "上移": "", "下移": "",
    "动态口令或恢复码": "", "仍要再申请一次": "", "核实了什么（必填，各方会看到）": "",
    "是否查到用途的依据（必填）": "", "整改核查情况（必填）": "", "查看情况（必填）": "",
}  # fmt: skip
"""Words that stand on a page in a state that no page is in here → the template that has them, of a field none."""
KINDS = {"button": "button", "link": "a", "heading": "h1|h2|summary|legend"}


class Elements(HTMLParser):
    """Gathers the words of the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = defaultdict(set)
        self.open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("title"):
            self.found["title"].add(given["title"])
        if given.get("aria-label"):
            self.found["name"].add(given["aria-label"])
        if tag in ("a", "button", "label", "h1", "h2", "h3", "summary", "legend", "caption", "th", "b"):
            self.open.append((tag, []))

    def handle_data(self, data):
        for _, words in self.open:
            words.append(data)

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            words = " ".join("".join(self.open.pop()[1]).split())
            self.found[tag] |= {words, words.removesuffix(" →").removesuffix("…"), re.sub(r"^\d+ ", "", words)}


def entered(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    if username:
        assert client.post("/zh/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.full)])
def test_what_the_guide_names_stands_on_the_pages(county, crowded, language):
    rejected_rows(county, 3)
    members.set_active(username="operator", active=True, now=NOW, by="init")
    elements = Elements()
    clients = {}
    pages = {(page.reader, page.path) for name, page in full(county).items() if name != "case-step"}
    pages |= {(who, "desk/") for who in ("consumer", "operator", "editor", "authority", "accounts", "auditor")}
    pages |= {("competent", "desk/"), ("head", "desk/"), ("operator", "desk/grants/"), ("auditor", "desk/records/")}
    grant = Application.objects.exclude(grant_no="").first().grant_no
    pages |= {("operator", f"desk/grants/{grant}/{action}/") for action in ("suspend", "revoke")}
    pages |= {("consumer", "desk/grants/"), ("consumer", f"desk/grants/{grant}/relinquish/")}
    pages |= {("consumer", "desk/messages/"), ("authority", "desk/registrations/")}
    notice = ContactChange.objects.latest("id").no
    pages.add(("unit_admin", f"desk/cases/notices.contact_change/{notice}/steps/take_back/"))
    handover = Handover.objects.latest("id").no
    pages.add(("unit_admin", f"desk/cases/handovers.handover/{handover}/steps/take_back/"))
    pages.add(("unit_admin", "desk/handovers/new/"))
    work = MaintenanceNotice.objects.latest("id").no
    pages.add(("unit_admin", f"desk/cases/notices.maintenance/{work}/steps/cancel/"))
    pages |= {("unit_admin", "desk/maintenance/"), ("unit_admin", "desk/faults/")}
    pages |= {("consumer", f"catalog/{county.code}/"), ("editor", f"desk/entries/{county.code}/")}
    pages |= {(who, "desk/due/") for who in ("head", "operator", "unit_admin")}
    pages |= {("operator", f"desk/security/{path}") for path in ("", "drills/", "plans/new/", "drills/new/")}
    for no in Application.objects.filter(state="LODGED").values_list("no", flat=True):
        pages |= {("competent", f"desk/applications/{no}/"), ("consumer", f"desk/applications/{no}/")}
        pages.add(("editor", f"desk/applications/{no}/") if consulted(no) else ("consumer", "desk/"))
        pages.add(("consumer", f"desk/cases/sharing.application/{no}/steps/take_back/"))
    for reader, path in sorted(pages):
        client = clients.setdefault(reader, entered(reader))
        answer = client.get(f"/{language}/{path}")
        assert answer.status_code == 200, (reader, path)
        elements.feed(answer.content.decode())
    wanting = []
    for page in guide.guide().values():
        for element in page.names.values():
            if element.kind == "step":
                continue
            with translation.override(language):
                words = shown.called(element)
            if words in set().union(*(elements.found[tag] for tag in SEEN_AS[element.kind])):
                continue
            if not in_the_template(element):
                wanting.append((page.name, element.kind, words))
    assert not wanting, "\n".join(map(str, wanting))


def consulted(no: str) -> bool:
    return Handling.objects.filter(case=no, kind="consult").exists()


def in_the_template(element) -> bool:
    """Return whether words of a state that no page is in here stand in the element of their template."""
    if element.words not in IN_A_STATE:
        return False
    if not IN_A_STATE[element.words]:
        made = [path.read_text(encoding="utf-8") for path in TEMPLATES.parent.rglob("*.py")]
        return any(f'"{element.words}"' in text for text in made)
    text = (TEMPLATES / IN_A_STATE[element.words]).read_text(encoding="utf-8")
    tags, words = KINDS[element.kind], re.escape(element.words)
    return bool(re.search(rf"<({tags})\b[^>]*>(?:(?!</\1>).)*{{% trans [\"']{words}[\"'] %}}", text, re.S))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_help_opens_without_a_login_and_each_of_its_links_leads_somewhere(county, language):
    anybody, to_look_at, looked_at = Client(HTTP_HOST="localhost"), [f"/{language}/help/"], set()
    while to_look_at:
        address = to_look_at.pop()
        looked_at.add(address)
        answer = anybody.get(address)
        assert answer.status_code in (200, 302), (address, answer.status_code)
        if "/help/" in address:
            body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
            links = {each for each in re.findall(r'href="([^"]+)"', body) if each.startswith("/")}
            to_look_at += sorted(links - looked_at - set(to_look_at))
    with translation.override(language):
        every = {reverse("help-page", args=[page]) for page in guide.guide()}
    assert every <= looked_at


@pytest.mark.parametrize(("language", "word", "page"), [
    ("zh", "恢复码", "second-factor"), ("en", "Excel", "deliver"), ("zh", "批量", "handle"), ("zh", "延期", "grants"),
    ("zh", "删除的草稿", "apply"),
])
def test_help_is_found_by_its_words_in_the_readers_language(county, language, word, page):
    anybody = Client(HTTP_HOST="localhost")
    found = anybody.get(f"/{language}/help/", {"q": word.upper()}).content.decode()
    assert f"/{language}/help/{page}/" in found and f"/{language}/help/giving/" not in found
    nothing = anybody.get(f"/{language}/help/", {"q": "zzzzz"}).content.decode()
    assert f"/{language}/help/{page}/" not in nothing.partition("<main")[2]


@pytest.mark.parametrize(
    ("code", "page", "advice"),
    [("ALREADY_APPLIED", "apply", "请先查看该申请"), ("grounds_missing", "answer-competent", ""),
     ("COMPARE_SUFFICES", "apply", "勾选比对不够用的理由"), ("SHEET_TOO_LARGE", "", "")],
)  # fmt: skip
def test_the_code_of_a_refusal_is_found_in_the_help(county, code, page, advice):
    told = Client(HTTP_HOST="localhost").get("/zh/help/", {"q": code}).content.decode().partition("<main")[2]
    assert (f"/zh/help/{page}/" in told) is bool(page), "the page that speaks of it"
    assert (f"错误代码：<code>{code.upper()}</code>" in told) is (code.upper() in text.table())
    assert advice in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_leads_to_its_help_beside_its_heading(county, language):
    body = entered("editor").get(f"/{language}/desk/deliveries/").content.decode()
    main = body.partition("<main")[2]
    assert main.index(f"/{language}/help/deliver/") < main.index("<h1>")
    assert f"/{language}/help/mend-delivery/" in main


def test_the_numbers_of_a_page_are_those_of_the_rulebook_in_force(county):
    address = "/en/help/answer-competent/"
    assert "2 working days" in Client(HTTP_HOST="localhost").get(address).content.decode()
    given = {"from_date": date(2026, 3, 2), "reason": "县数局", "now": NOW}
    rulebook.change({"sharing.endorse_days": 7}, actor=county.actor("authority"), **given)
    assert "7 working days" in Client(HTTP_HOST="localhost").get(address).content.decode()
