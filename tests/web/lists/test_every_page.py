"""No page lists what grows without a pager, a count, filters and a file: every address is opened or has its reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import filling
import pytest
from acting import NOW, UNITS, County
from desks import at, entered, handed_out, hire, words
from django.urls import URLPattern, URLResolver, get_resolver

from hutong.control.units import rules
from hutong.core.counting import COUNTED


@dataclass(frozen=True)
class Filled:
    """A page with a list: its address, by whom it is read, what fills it, and how many it says there are."""

    address: str
    reader: str
    fill: filling.Fill
    said: str
    rows: int = 50
    """Rows on a page."""

    @property
    def path(self) -> str:
        """The whole address: of the desk, unless it begins with a slash."""
        return f"/zh{self.address}" if self.address.startswith("/") else f"/zh/desk/{self.address}"


LISTS = {
    "desk": Filled("", "competent", filling.waiting, "共 {} 件，其中逾期 0 件"),
    "giving": Filled("giving/", "head", filling.waiting_for_a_head, "共 {} 件，其中逾期 0 件"),
    "due": Filled("due/", "competent", filling.waiting, "共 {} 件有期限，其中逾期 0 件"),
    "deputies": Filled("deputies/", "authority", filling.waiting_for_nobody, "共 {} 件，其中逾期 0 件"),
    "applications": Filled("applications/", "consumer", filling.applications, "共有申请 {} 件"),
    "entries": Filled("entries/", "editor", filling.entries, "共 {} 项"),
    "registrations": Filled("registrations/", "operator", filling.registrations, "共有登记 {} 件"),
    "deliveries": Filled("deliveries/", "editor", filling.deliveries, "共有交付 {} 批"),
    "rejected": Filled(
        "deliveries/307001/000001/rejected/k/", "editor", filling.rejected_rows, "共 {} 处", rows=500
    ),
    "grants": Filled("grants/", "consumer", filling.grants, "共有使用权限 {} 项"),
    "bindings": Filled("signon/", "chief", filling.bindings, "共有绑定 {} 项"),
    "services": Filled("signon/services/", "accounts", filling.services, "共有登记 {} 项"),
    "limits": Filled("limits/", "authority", filling.limits, "共有 {} 条"),
    "records": Filled("records/", "consumer", filling.uses, "使用日志共 {} 条"),
    "records_class": Filled(
        "records/class/administration/", "auditor", filling.administration, "管理日志共 {} 条"
    ),
    "offices": Filled("offices/", "consumer", filling.offices, "共 {} 项"),
    "departments": Filled("offices/departments/", "consumer", filling.departments, "共 {} 项"),
    "terms": Filled("applications/terms/", "consumer", filling.terms, "共 {} 项"),
    "filings": Filled("applications/filings/", "consumer", filling.filings, "共有备案 {} 件"),
    "deputies-named": Filled("deputies/all/", "authority", filling.deputies, "共有代理人 {} 名"),
    "consultations": Filled("consultations/", "consumer", filling.consultations, "共有会签 {} 件"),
    "rulebook-versions": Filled("rulebook/versions/", "consumer", filling.versions, "共有 {} 版"),
    "entry-history": Filled("entries/history/307001/000001/", "editor", filling.changes, "共有变更 {} 项"),
    "catalog": Filled("/catalog/", "editor", filling.entries, "共 {} 项", rows=20),
    "statistics-uses": Filled("statistics/uses/", "authority", filling.sums, "共 {} 行"),
    "officers": Filled("officers/", "accounts", filling.officers, "共有人员 {} 名"),
    "tokens": Filled("tokens/", "unit_admin", filling.tokens, "共有个人令牌 {} 个"),
    "plans": Filled("security/", "operator", filling.plans, "共有应急预案 {} 个版本"),
    "contacts": Filled("contacts/", "operator", filling.units, "共有单位 {} 个"),
    "contact-changes": Filled("contacts/changes/", "operator", filling.contact_changes, "共有通知 {} 件"),
    "handovers": Filled("handovers/", "consumer", filling.handovers, "共有工作交接 {} 件"),
    "transfers": Filled("officers/transfers/", "unit_admin", filling.transfers, "共有人员调动 {} 件"),
    "maintenance": Filled("maintenance/", "operator", filling.maintenance, "共有维护告知 {} 件"),
    "faults": Filled("faults/", "operator", filling.faults, "共有故障 {} 件"),
    "servers": Filled("nodes/", "operator", filling.servers, "共有前置机 {} 台"),
    "server-changes": Filled("nodes/changes/", "operator", filling.server_changes, "共有变更 {} 件"),
    "server-drifts": Filled("nodes/drifts/", "operator", filling.server_drifts, "共有配置变动 {} 件"),
    "calendars-waiting": Filled(
        "due/calendars/waiting/", "operator", filling.waiting_for_calendar, "共有待算的期限 {} 件"
    ),
    "purges": Filled("retention/", "auditor", filling.purges, "共有销毁申请 {} 件"),
    "holds": Filled("retention/holds/", "auditor", filling.holds, "共有留存 {} 项"),
    "messages": Filled("messages/", "editor", filling.messages, "共 {} 条消息"),
    "drills": Filled("security/drills/", "authority", filling.drills, "共有恢复演练 {} 次"),
}  # fmt: skip
"""Name of an address → the page with a list that grows."""

BOUNDED = {
    "login": "one form", "login_code": "one form", "logout": "no page", "account": "one form",
    "binding": "one binding", "binding-new": "one form", "own-bindings": "one an issuer", "service": "one registration",
    "service-new": "one form", "signon_begin": "no page", "signon_back": "one code at most",
    "second_factor": "one form; ten recovery codes", "calendar": "one form",
    "calendar-feed": "a file of 500 days at most", "home": "the eight newest entries", "evidence": "one checkpoint",
    "resource": "the items of one entry: as many as a definition takes", "application-new": "one form",
    "application": "one case: its steps, which its lifecycle bounds", "application-edit": "one form",
    "entry-new": "one form", "entry": "one entry: its five newest changes, the versions answered from",
    "change": "one case", "rulebook": "the limits, the three newest versions, the years of the calendar",
    "change-edit": "one form; items as many as a definition takes",
    "entry-version": "the items of one version", "change-begin": "one form",
    "registration-new": "one form", "registration": "one case", "registration-edit": "one form",
    "handover": "one case; two hundred parts at most", "handover-new": "one form; two hundred parts at most",
    "examiners": "one form; two hundred accounts at most", "transfer": "one case", "transfer-new": "one form",
    "offices-to-come": "one form; two hundred rows at most", "handover-sheet": "two hundred parts at most",
    "registration-table": "what would come of one file: two hundred lines; all faults as a file",
    "registration-form": "a file to fill in", "registration-number": "one number",
    "renewal": "one case", "renewal-new": "one form", "rules-accept": "one release", "rules-release": "one form",
    "release": "one release, or two side by side", "releases": "leads to the newest", "release-body": "one release",
    "contact-change": "one case", "contact-change-new": "one form",
    "maintenance-notice": "one case", "maintenance-new": "one form",
    "fault": "one case", "fault-new": "one form", "fault-found": "one form",
    "server": "one case; its twenty newest versions", "server-new": "one form", "server-edit": "one form",
    "server-version": "what one version declares", "server-change": "one case", "server-change-new": "one form",
    "server-drift": "one case", "server-change-edit": "one form", "server-change-execute": "one form",
    "plan": "one case; its five newest drills", "plan-new": "one form", "plan-edit": "one form",
    "drill": "one case; a hundred steps at most", "drill-new": "one form", "drill-record": "one form",
    "record": "one record", "rulebook-change": "one form; the limits of the rulebook", "rulebook-version": "the limits",
    "token": "one token", "token-new": "one form; the rooms there are",
    "officer-add": "one form", "officer": "one officer: postings and roles of a working life",
    "case-attachments": "no page", "case-attachment": "one file; 100 MiB a case",
    "statistics": "twelve months, ten units and ten resources; the others are summed",
    "together": "the cases that were ticked: 50 at most", "case-step": "one step of a case, asked once more",
    "grant-step": "one step about one grant", "grant-usage": "one grant: its limits and what was used of them",
    "messages-week": "one week on paper: it says how many it leaves out",
    "calendars": "one form; the years of the calendar",
    "enrolment": "one form; what one file lists", "enrolment-example": "a file",
    "purge-new": "one form", "purge": "one purge", "hold-new": "one form", "hold": "one hold",
    "due-operator": "three duties a region, fifty steps; it says that there are more",
    "due-unit": "twenty cases of a kind, the officers of one unit; it leads to the list of all",
    "delivered": "one delivery", "upload": "what was read of one file", "upload-rejected": "a file of what it rejects",
    "columns": "the columns of one entry: as many as a definition takes", "template": "a file to fill in",
    "list-of-items": "a file to fill in",
    "contact": "how the operator is reached", "help": "the tasks of the guide", "help-page": "one task",
    "language": "no page", "new_password": "one form", "delivery-progress": "how far one file has come",
}  # fmt: skip
"""Name of an address → why what it shows is bounded."""

POSTED = {"records_subject": "what is asked stands in no address, so that it tells of nobody"}
"""Name of an address → why its list is asked for by posting; `test_subject_page` sees that it has what a list has."""

BY_MORE = {
    "编号和名称": ("编号", "名称"),
    "人员、系统、设备": ("人员", "系统", "设备"), "资源与信息项": ("信息资源", "信息项"),
    "RPO": ("RPO（秒）",), "RTO": ("RTO（秒）",), "用途与事项": ("用途", "事项"), "时间": ("时间（北京时间）",),
    "由谁办理": ("由哪个职责办理", "领办人"),
}  # fmt: skip
"""Column of a page → the columns of its file that say the same."""
TABLES = [name for name in LISTS if name not in ("desk", "giving", "deputies", "grants", "limits", "catalog")]
"""The lists that are tables: the others are cards."""
UNREAD = "您没有这些角色，所以这里不列出内容，并非没有记录"
A_PART = "这里只列出您有权查阅的内容；其他单位之间的，如有，不在这里列出"
OWN = ("desk", "due", "giving", "deputies", "consultations", "messages")
"""Lists of what the reader has to do or to be told: that there is none for them is all they say."""
FOR_ALL = ("offices", "departments", "terms", "rulebook-versions", "catalog")
"""Lists that show the same to every reader."""
REFUSED = (403, 404)
ROW = '<tr>|<article class="card|<li>'
"""With what a row of a list begins."""


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif each.name:
            yield each.name


def test_every_address_shows_a_list_or_says_why_it_needs_none():
    tables = (LISTS, BOUNDED, POSTED)
    known = [name for table in tables for name in table]
    assert sorted(known) == sorted(set(names(get_resolver().url_patterns)))


def looked_at(county: County, name: str, many: int, told: str) -> list[tuple]:
    """Open a page with this many rows of what it lists, see that it has all a list has, and return the file's lines."""
    page = LISTS[name]
    page.fill(county, many)
    with at(NOW):
        body = entered(page.reader).get(page.path).content.decode()
        assert page.said.format(told) in body
        assert re.search(r'<form class="filters[^>]*>.*?<(input|select) ?[^>]*name=', body, re.DOTALL), "no filters"
        assert re.search(r'rel="next" href="\?[^"]*after=', body), "no pager"
        assert len(re.findall(ROW, body.partition("<h1")[2].partition("<footer>")[0])) <= page.rows + 2, "a page ends"
        lines, about = handed_out(page.reader, page.path).values()
    assert about[0][0] == "导出时间（北京时间）"
    return lines[1:]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_more_than_two_pages_has_pager_count_filters_and_file(county, name):
    many = 2 * LISTS[name].rows + 20
    assert len(looked_at(county, name, many, f"{many:,}")) == many


@pytest.mark.parametrize("name", TABLES)
def test_a_file_has_every_column_of_its_page(county, name):
    page = LISTS[name]
    page.fill(county, 5)
    with at(NOW):
        body = entered(page.reader).get(page.path).content.decode()
        head = next(iter(handed_out(page.reader, page.path).values()))[0]
    titles = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', body.rpartition("<table")[2])
    assert titles
    assert [each for each in titles if each not in head and not {*BY_MORE.get(each, "-")} <= {*head}] == [], head


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_a_word_and_each_of_its_choices_and_days(county, name):
    page = LISTS[name]
    page.fill(county, 3)
    with at(NOW):
        reader = entered(page.reader)
        form = re.search(r'<form class="filters.*?</form>', reader.get(page.path).content.decode(), re.DOTALL)[0]
        fields = re.findall(r'<input[^>]* name="(\w+)"', form)
        asked = [(field, typed) for field in fields for typed in ("甲 %_(", "2026-03-01", "on")]
        for field, choices in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
            asked += [(field, value) for value in re.findall(r'<option value="([^"]+)"', choices)]
        assert asked
        assert {each: reader.get(page.path, dict([each])).status_code for each in asked} == dict.fromkeys(asked, 200)


@pytest.mark.full
@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_more_rows_than_are_counted_has_them_too(county, name):
    many = COUNTED + 50
    assert len(looked_at(county, name, many, f"超过 {COUNTED:,}")) == many


@pytest.mark.parametrize("name", [name for name in LISTS if name not in (*OWN, *FOR_ALL)])
def test_whoever_sees_no_row_of_what_there_is_reads_that_it_may_not_be_seen(county, name):
    """An officer of each role, in a unit that is no party of anything, opens a list of which others see rows."""
    page = LISTS[name]
    page.fill(county, 5)
    for role in rules.ROLES:
        hire(county, f"r-{role}"[:30], "外人", unit=UNITS[-1], roles=(role,))
    with at(NOW):
        assert words(entered(page.reader).get(page.path)).count("并非没有记录") == 0
        for role in rules.ROLES:
            answer = entered(f"r-{role}"[:30]).get(page.path)
            if answer.status_code in REFUSED:
                continue
            body = answer.content.decode().partition("<h1")[2].partition("<footer>")[0]
            rows = re.findall('<tbody>.*?<tr>|<article class="card', body, re.DOTALL)
            said = words(answer)
            if name in rules.WORKS_IN and role not in rules.WORKS_IN[name]:
                assert UNREAD in said, (name, role)
                assert "共有" not in said, (name, role)
            else:
                assert rows or A_PART in said or UNREAD in said, (name, role, said)


@pytest.mark.parametrize("name", FOR_ALL)
def test_what_is_for_all_shows_each_reader_the_same(county, name):
    page = LISTS[name]
    page.fill(county, 5)
    hire(county, "stranger", "外人", unit=UNITS[-1], roles=("consumer",))
    with at(NOW):
        mine, others = (words(entered(username).get(page.path)) for username in (page.reader, "stranger"))
    said = r"共有?[^，。]*? \d+ [项条版名件]"
    assert re.findall(said, mine) == re.findall(said, others)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "unit_admin"])
def test_the_charts_say_so_too(county, role):
    hire(county, "admin", "管理员", unit=UNITS[0], roles=(role,))
    said = words(entered("admin").get("/zh/desk/statistics/"))
    assert UNREAD in said
    assert "没有记录。" not in said.replace(f"{UNREAD}。", "")
