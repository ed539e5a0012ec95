"""The desk in a real browser: from draft to filed by the pages alone, each role by what waits for it."""

import re

import pytest
from acting import NOW, PASSWORD
from browsing import follow, take

from hutong.control.units import operations as members

STEPS = (
    ("competent", "同意并提交", "县直主管部门已同意"),
    ("authority", "受理", "合规性审查中"),
    ("authority", "审查通过，转提供方", "待提供方答复"),
    ("approver", "同意提供", "提供方已同意"),
    ("authority", "确认", "已确认"),
    ("editor", "开始供数", "提供方供数中"),
    ("editor", "报告数据到位", "数据已到位"),
    ("operator", "开始用途核实", "用途核实中"),
    ("operator", "完成备案，开通权限", "已备案，权限已开通"),
)
"""Who takes which step, and what the application is then (W3)."""

ROWS = """resident_number,name,address,street
330523199001011234,张伟,示范路1号,东华门街道
330523199001021234,,示范路2号,东华门街道
330523199001031234,欧阳·娜娜,示范路3号,东华门街道
330523199001011234,李四,示范路4号,东华门街道
"""
"""Two rows to take, one without its name, one whose key came before."""
KEPT_FIRST = "该记录在本批数据第 2 行已经出现，保留前一行，本行不予接收。"


@pytest.fixture
def officers(county, window):
    """One window for each role, logged in."""
    opened = {}

    def of(username: str):
        if username not in opened:
            opened[username] = window().enter(username)
        return opened[username]

    return of


def fill_in(consumer) -> str:
    """Draft an application from the catalogue on, and return its number."""
    page = consumer.go("/zh/catalog/")
    page.fill("[name=q]", "人口")
    follow(page.get_by_role("button", name="筛选"))
    follow(page.get_by_role("link", name="人口基本信息"))
    follow(page.get_by_role("link", name="申请使用"))
    page.fill("[name=purpose]", "social-assistance")
    page.fill("[name=legal_basis]", "《社会救助暂行办法》第十一条")
    page.fill("[name=matters]", "DB-001，DB-002")
    page.check("[name=items][value=name]")
    page.check("[name=mode][value=compare]")
    page.select_option("[name=system]", label="社会救助系统")
    page.check("[name=users][value=zhang]")
    page.check("[name=devices][value=pc-1]")
    consumer.keep("application-form")
    follow(page.get_by_role("button", name="保存草稿"))
    return re.search(r"/applications/(GX[\d-]+)/\?done=saved$", page.url)[1]


def deliver(editor) -> None:
    """Hand in a file at the desk and look at what was sent back."""
    page = editor.go("/zh/desk/deliveries/")
    file = {"name": "人口.csv", "mimeType": "text/csv", "buffer": ROWS.encode("gb18030")}
    page.set_input_files("[name=file]", file)
    page.fill("[name=key]", "2026-03-02")
    follow(page.get_by_role("button", name="读取并核对"))
    assert "GB18030（GBK）编码，列之间以逗号分隔" in page.inner_text("main")
    editor.keep("upload")
    page.set_viewport_size({"width": 390, "height": 900})
    assert editor.overflow() <= 0
    editor.keep("upload-390")
    page.set_viewport_size({"width": 1440, "height": 900})
    follow(page.get_by_role("button", name="确认交付"))
    editor.keep("one-delivered")
    page = editor.go("/zh/desk/deliveries/")
    cells = page.locator("tbody tr").first.locator("td").all_inner_texts()
    assert [text.split("\n")[0] for text in cells] == ["人口基本信息", "2026-03-02", "4", "2", "2 查看", "已入库"]
    editor.keep("delivered")
    follow(page.get_by_role("link", name="2 查看"))
    rows = [[cell.strip() for cell in row.split("\t")] for row in page.locator("tbody tr").all_inner_texts()]
    assert len(rows) == 2
    assert rows[0] == ["3", "姓名\nname", "“姓名”为必填项，未填写。", "请补填。", "—"]
    assert rows[1] == ["5", "—", KEPT_FIRST, "请去除重复记录。", "—"]
    assert "330523199001011234" not in page.content()
    editor.keep("rejected")


@pytest.mark.full
def test_an_application_goes_from_draft_to_filed_by_the_pages(officers):
    consumer = officers("consumer")
    no = fill_in(consumer)
    assert "核验社会救助对象" in consumer.page.inner_text("main")
    assert "社会救助系统" in consumer.page.inner_text("main")
    take(consumer.page, "提出申请")
    for who, step, state in STEPS:
        officer = officers(who)
        if step == "报告数据到位":
            deliver(officer)
        page = officer.go("/zh/desk/")
        card = page.locator("article", has_text=no)
        told = card.inner_text()
        assert re.search(r"为什么由您办理：.+，依据《公共信息平台管理办法》第八条“.+”（SX-08-[a-f]）", told)
        assert re.search(r"办理期限：(2026-03-\d\d（\d+ 个工作日）|未规定期限)", told)
        officer.keep(f"waits-{who}-{step}")
        follow(card.get_by_role("link", name=step))
        take(page, step)
        assert state in page.inner_text(".head")
        officer.keep(f"after-{who}-{step}")
    assert "没有需要您办理的事项" in officers("operator").go("/zh/desk/").inner_text("main")
    filed = consumer.go(f"/zh/desk/applications/{no}/")
    assert "已备案，权限已开通" in filed.inner_text(".head")
    assert filed.locator(".timeline > li").count() == 1 + len(STEPS)
    grant = consumer.go("/zh/desk/grants/").inner_text("article")
    assert "核验社会救助对象" in grant
    assert "数据比对：姓名" in grant
    english = consumer.go("/en/desk/grants/").inner_text("article")
    assert "Verifying who receives relief" in english
    assert "Comparison: 姓名" in english


def test_an_officer_enters_works_and_leaves_by_the_keyboard_alone(county, window):
    opened = window()
    page = opened.go("/zh/desk/")
    assert page.url.endswith("/zh/login/?next=/zh/desk/")
    page.wait_for_function("document.activeElement.name === 'username'")  # the page brings it there by itself
    page.keyboard.type("consumer")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    assert "账号或密码不正确" in page.inner_text("[role=alert]")
    assert page.input_value("[name=username]") == "consumer"
    assert page.evaluate("document.activeElement.id") == "faults"
    while page.evaluate("document.activeElement.name") != "password":
        page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{opened.site}/zh/desk/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "work"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.side') !== null")  # the menu stands before it
    page.get_by_role("button", name="退出").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{opened.site}/zh/")
    assert opened.go("/zh/desk/").url.endswith("/zh/login/?next=/zh/desk/&why=over")


@pytest.mark.full
def test_a_refusal_at_the_desk_keeps_what_was_typed_and_tells_the_applicant_why(county, officers):
    consumer = officers("consumer")
    no = fill_in(consumer)
    take(consumer.page, "提出申请")
    page = officers("competent").go(f"/zh/desk/applications/{no}/")
    follow(page.get_by_role("link", name="不予同意…"))
    form = page.locator("form", has_text="不予同意")
    form.locator("[name=reason]").fill("所述事项不在本单位职责范围内。")
    form.locator("[name=basis]").fill("   ")
    follow(form.get_by_role("button", name="不予同意"))
    alert = page.inner_text("[role=alert]")
    assert "“不予同意”须写明法律依据" in alert
    assert "GROUNDS_MISSING" in alert
    form = page.locator("form", has_text="不予同意")
    assert form.locator("[name=reason]").input_value() == "所述事项不在本单位职责范围内。"
    form.locator("[name=basis]").fill("《示范县公共信息平台管理办法》第八条")
    follow(form.get_by_role("button", name="不予同意"))
    told = consumer.go(f"/zh/desk/applications/{no}/").inner_text("main")
    assert "理由：所述事项不在本单位职责范围内。" in told
    assert "法律依据：《示范县公共信息平台管理办法》第八条" in told


def hand_in(page, rows: int, *, key: str = "") -> None:
    """Hand in a file of so many persons with the first form of the page, or to confirm what waits."""
    lines = [f"33052319900101{number:04},张三,示范路{number}号,东华门街道" for number in range(rows)]
    step = "读取并核对" if key else "确认删除并入库"
    form = page.locator("form", has_text=step)
    body = "\n".join(["resident_number,name,address,street", *lines]).encode()
    form.locator("[name=file]").set_input_files({"name": "人口.csv", "mimeType": "text/csv", "buffer": body})
    if key:
        form.locator("[name=key]").fill(key)
    follow(form.get_by_role("button", name=step))
    if key:
        follow(page.get_by_role("button", name="确认交付"))
        page.goto(page.url.partition("/desk/")[0] + "/desk/deliveries/")


@pytest.mark.full
def test_a_delivery_that_would_delete_much_is_confirmed_beside_what_it_would_delete(county, officers):
    editor = officers("editor")
    page = editor.go("/zh/desk/deliveries/")
    hand_in(page, 30, key="2026-03-02")
    hand_in(page, 5, key="2026-03-03")
    told = page.inner_text("section.act")
    assert "平台现有 30 条记录，这批全量数据入库后将删除 25 条（83.3%）" in told
    assert "本单位没有其他经办人，由您本人确认，记录中会注明。" in told
    editor.keep("held")
    page.set_viewport_size({"width": 390, "height": 900})
    assert editor.overflow() <= 0
    editor.keep("held-390")
    page.set_viewport_size({"width": 1440, "height": 900})
    english = editor.go("/en/desk/deliveries/").inner_text("section.act")
    assert "would remove 25 of the 30 records held (83.3%)" in english
    approver = officers("approver").go("/zh/desk/deliveries/")
    assert "将删除 25 条" in approver.inner_text("section.act")
    assert approver.locator("main [name=file]").count() == 0
    page = editor.go("/zh/desk/deliveries/")
    hand_in(page, 4)
    alert, waiting = page.inner_text("[role=alert]"), page.inner_text("section.act")
    digest = re.search(r"文件摘要（SHA-256）\s*([0-9a-f]{12})…", waiting)[1]
    came = re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", waiting)[0]
    assert f"“人口基本信息”批次 2026-03-03 于 {came} 收到" in alert
    assert f"文件摘要（SHA-256）以 {digest} 开头；所选文件的摘要以 " in alert
    assert "请选择当时交付的那个文件再确认" in alert
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    editor.keep("other-file")
    hand_in(page, 5)
    assert page.locator("section.act").count() == 0
    assert page.locator("tbody tr").first.inner_text().endswith("已入库")
    assert "5 条" in editor.go(f"/zh/catalog/{county.code}/").inner_text("aside")


@pytest.fixture
def colleague(county) -> str:
    """A second officer who writes and delivers for the provider."""
    given = {"password": PASSWORD, "unit": county.police, "roles": ["provider_editor"], "now": NOW, "by": "init"}
    return members.add_officer(username="second", name="周敏", **given)


@pytest.mark.full
def test_who_handed_it_in_is_told_who_else_confirms_it_and_the_other_does(colleague, officers):
    editor = officers("editor")
    page = editor.go("/zh/desk/deliveries/")
    for rows, key in ((30, "2026-03-02"), (5, "2026-03-03")):
        hand_in(page, rows, key=key)
    assert "须由本单位另一名经办人用同一个文件确认：周敏。" in page.inner_text("section.act")
    assert page.locator("section.act [name=file]").count() == 0
    page.set_viewport_size({"width": 390, "height": 900})
    assert editor.overflow() <= 0
    editor.keep("another-390")
    page.set_viewport_size({"width": 1440, "height": 900})
    english = editor.go("/en/desk/deliveries/").inner_text("section.act")
    assert "another officer of your unit confirms it with the same file: 周敏." in english
    page = officers(colleague).go("/zh/desk/deliveries/")
    assert "由您本人确认" not in page.inner_text("section.act")
    hand_in(page, 5)
    assert page.locator("section.act").count() == 0
    assert page.locator("tbody tr").first.inner_text().endswith("已入库")


@pytest.mark.full
def test_what_waits_is_not_offered_any_more_once_other_data_were_loaded(officers):
    page = officers("editor").go("/zh/desk/deliveries/")
    for rows, key in ((30, "2026-03-02"), (5, "2026-03-03"), (31, "2026-03-04")):
        hand_in(page, rows, key=key)
    assert page.locator("section.act").count() == 0
    assert "此后已有新的数据入库" in page.inner_text("tbody")
