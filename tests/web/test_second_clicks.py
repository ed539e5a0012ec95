"""No second click takes a second decision: each form is meant for the state its page showed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browsing import Window
from desks import entered, hire, words
from stating import point, state_of

from hutong.control.procedures import queries
from hutong.control.sharing.models import Application
from hutong.web.desk import acts
from hutong.web.desk.application.kind import KIND

LIFE = "sharing.application"


@pytest.fixture
def lodged(county):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    return no


def page(no: str) -> str:
    return f"/zh/desk/applications/{no}/"


def steps(no: str) -> list[str]:
    return [row.action for row in queries.steps(LIFE, no)]


def test_a_second_click_of_the_same_step_leads_to_what_the_first_did(county, lodged):
    client, form = entered("competent"), {"action": "endorse", "at": state_of(page(lodged))}
    first, second = client.post(page(lodged), form), client.post(page(lodged), form)
    assert (first.status_code, first["Location"]) == (302, f"{page(lodged)}?done=1")
    assert (second.status_code, second["Location"]) == (302, f"{page(lodged)}?done=again")
    assert steps(lodged) == ["lodge", "endorse"]
    assert "“同意并提交”已由您于" in words(client.get(second["Location"]))


def test_a_step_that_a_colleague_took_meanwhile_is_told_with_who_and_what_and_the_reason_stays(county, lodged):
    hire(county, "second", "周敏", unit=county.actor("competent").unit, roles=("competent",))
    form = {"action": "return", "reason": "依据不足，请补充", "at": state_of(page(lodged))}
    assert entered("second").post(page(lodged), {"action": "endorse"}).status_code == 302
    refused = entered("competent").post(page(lodged), form)
    told = words(refused)
    assert (refused.status_code, "STATE_CHANGED" in told) == (409, True)
    assert re.search(r"周敏已于 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d 办理“同意并提交”，现为“县直主管部门已同意”", told)
    assert steps(lodged) == ["lodge", "endorse"]


def test_what_was_typed_stands_on_where_the_step_is_still_open(county, lodged):
    form = {"action": "return", "reason": "依据不足，请补充", "at": state_of(page(lodged))}
    Application.objects.filter(no=lodged).update(purpose="other")
    refused = entered("competent").post(page(lodged), form)
    assert (refused.status_code, "CONTENT_CHANGED" in refused.content.decode()) == (409, True)
    assert "依据不足，请补充</textarea>" in refused.content.decode()
    assert steps(lodged) == ["lodge"]
    again = re.search(r'name="at" value="([^"]+)"', refused.content.decode())
    assert again is not None
    assert entered("competent").post(page(lodged), {**form, "at": again[1]}).status_code == 302


@pytest.mark.parametrize("at", ["", "x", "1.2.3", "1.2.3.4.5", "-1.0.0.abc", "９.0.0.abc", f"{'9' * 30}.0.0.abc"])
def test_a_form_that_says_no_state_does_nothing(county, lodged, at):
    refused = entered("competent").post(page(lodged), {"action": "endorse", "at": at})
    assert (refused.status_code, "STATE_MISSING" in refused.content.decode()) == (422, True)
    assert steps(lodged) == ["lodge"]


def test_what_is_done_about_a_case_is_not_done_twice_and_is_in_no_steps_way(county, lodged):
    form = {"act": "urge", "words": "请尽快办理", "at": state_of(page(lodged))}
    endorsing = {"action": "endorse", "at": state_of(page(lodged))}
    both = [entered("consumer").post(page(lodged), form)["Location"] for _ in range(2)]
    assert both == [f"{page(lodged)}?done=1", f"{page(lodged)}?done=again"]
    assert [row.kind for row in queries.handlings(LIFE, lodged)] == ["urge"]
    assert entered("competent").post(page(lodged), endorsing).status_code == 302


def test_a_file_that_another_added_meanwhile_was_not_seen(county, lodged):
    form = {"action": "endorse", "at": state_of(page(lodged))}
    queries.models.Handling.objects.create(
        lifecycle=LIFE, case=lodged, kind="attach", at=queries.turns(LIFE, lodged)[0].entered_at,
        by="consumer", by_name="李娜", by_unit_name="使用方",
    )  # fmt: skip
    refused = entered("competent").post(page(lodged), form)
    assert (refused.status_code, "办理“上传附件”" in words(refused)) == (409, True)


def test_ticked_cases_are_decided_as_they_were_shown_and_a_second_click_leads_to_what_the_first_did(county):
    numbers = [county.draft(), county.draft()]
    for no in numbers:
        county.take(no, "lodge", by="consumer")
    client = entered("competent")
    shown = client.post("/zh/desk/together/", {"case": [f"{LIFE}|{no}|endorse" for no in numbers]}).content.decode()
    boxes = re.findall(r'name="case" value="([^"]+)"', shown)
    assert boxes == [f"{LIFE}|{no}|endorse|{point(KIND, no)}" for no in numbers]
    Application.objects.filter(no=numbers[1]).update(written_by=["consumer", "second"])
    told = words(client.post("/zh/desk/together/", {"confirmed": "1", "case": boxes}))
    assert [steps(no) for no in numbers] == [["lodge", "endorse"], ["lodge"]]
    assert "的内容已被修改" in told
    again = words(client.post("/zh/desk/together/", {"confirmed": "1", "case": boxes[:1]}))
    assert "县直主管部门已同意" in again
    assert [steps(no) for no in numbers] == [["lodge", "endorse"], ["lodge"]]


MILLISECONDS = (120, 250, 400, 700)
APART = [each if each == 250 else pytest.param(each, marks=pytest.mark.full) for each in MILLISECONDS]
GRAVE = "/zh/desk/cases/{life}/{no}/steps/{action}/"


def test_a_grave_step_asks_once_more_and_says_what_it_does(county):
    no = county.draft()
    address = GRAVE.format(life=LIFE, no=no, action="take_back")
    client = entered("consumer")
    body = client.get(page(no)).content.decode()
    assert f'href="{address}"' in body
    assert "其他操作" in body
    asked = client.get(address)
    assert "未开通使用权限；提供方不再负有供数义务。" in words(asked)
    assert "之后的状态：已撤回" in words(asked)
    form = {"action": "take_back", "at": state_of(page(no))}
    refused = client.post(address, form)
    assert (refused.status_code, "NOT_CONFIRMED" in words(refused), steps(no)) == (422, True, [])
    words_of_others = dict.fromkeys(("reason", "basis", "opinion", *acts.MORE), "x")
    instead = client.post(address, {**form, **words_of_others})
    assert (instead.status_code, steps(no)) == (422, [])
    assert client.post(address, {**form, "sure": "on"})["Location"] == f"{page(no)}?done=1"
    assert client.post(address, {**form, "sure": "on"})["Location"] == f"{page(no)}?done=again"
    assert steps(no) == ["take_back"]
    assert client.get(address)["Location"] == page(no)


def test_withdrawing_a_resource_says_how_many_are_hit_and_is_no_task(county):
    no = county.draft()
    county.walk(no, to="FILED")
    other = county.draft()
    county.take(other, "lodge", by="consumer")
    entry = words(entered("authority").get(f"/zh/desk/entries/{county.code}/"))
    assert ("轮到您办理" in entry, "其他操作" in entry) == (False, True)
    told = words(entered("authority").get(GRAVE.format(life="catalog.entry", no=county.code, action="withdraw")))
    assert "终止的使用权限：1 项，涉及 1 个单位、1 个应用系统。" in told
    assert "其中停止的订阅：0 项。" in told
    assert "须逐件终止办理的共享申请：1 件。" in told
    assert "撤销立即生效" in told


def test_a_reason_that_was_typed_on_the_page_of_a_grave_step_stays_there(county, lodged):
    address = GRAVE.format(life=LIFE, no=lodged, action="refuse")
    form = {"action": "refuse", "reason": "不在职责范围内", "basis": "", "at": state_of(page(lodged))}
    refused = entered("competent").post(address, form)
    assert (refused.status_code, "不在职责范围内</textarea>" in refused.content.decode()) == (422, True)
    assert entered("competent").post(address, {**form, "basis": "第八条"}).status_code == 302
    assert steps(lodged) == ["lodge", "refuse"]


def test_a_grave_step_that_is_posted_straight_to_its_case_is_led_to_its_page_and_not_taken(county, lodged):
    for who, action, more in (
        ("consumer", "take_back", {"sure": "on"}), ("competent", "refuse", {"reason": "依据不足", "basis": "第八条"}),
    ):  # fmt: skip
        form = {"action": action, "at": state_of(page(lodged)), **more}
        led = entered(who).post(page(lodged), form)
        assert (led.status_code, led["Location"]) == (302, GRAVE.format(life=LIFE, no=lodged, action=action))
    assert steps(lodged) == ["lodge"]
    told = entered("consumer").post(page(lodged), {"action": "refuse", "reason": "x", "at": state_of(page(lodged))})
    assert told.status_code == 403  # what is not the reader's is refused as it always was


def test_the_history_heads_each_step_with_the_step_and_says_what_the_case_became(county, lodged):
    county.take(lodged, "endorse", by="competent")
    body = entered("consumer").get(page(lodged)).content.decode()
    timeline = body.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    heads = re.findall(r"<b>([^<]+)</b>\s*<span class=\"fine\">→ ([^<]+)</span>", timeline)
    assert heads == [("提出申请", "已提出，待县直主管部门审核"), ("同意并提交", "县直主管部门已同意")]


STEPS = (
    ("competent", "同意并提交"), ("authority", "受理"), ("authority", "审查通过，转提供方"), ("approver", "同意提供"),
)  # fmt: skip


@contextmanager
def followed(window: Window) -> Iterator[None]:
    """Wait, once the block is over, until it has led to another page, and none is still asked for.

    Of two requests the browser gives up the first, and may begin the second a moment later.
    """
    page, before, under_way = window.page, window.page.url, set()

    def begun(request):
        if request.is_navigation_request():
            under_way.add(request)

    def over(request):
        under_way.discard(request)

    heard = (("request", begun), ("requestfinished", over), ("requestfailed", over))
    for event, hears in heard:
        page.on(event, hears)
    try:
        yield
        while page.url == before or under_way:
            page.wait_for_timeout(20)
        page.wait_for_load_state()
    finally:
        for event, hears in heard:
            page.remove_listener(event, hears)


def clicked_twice(window: Window, step: str, *, apart: int, role: str = "button") -> None:
    """Click where a step's button is, and there once more, so many milliseconds later."""
    button = window.page.get_by_role(role, name=step, exact=True)  # type: ignore[arg-type]
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with followed(window):
        window.page.mouse.click(x, y)
        window.page.wait_for_timeout(apart)
        window.page.mouse.click(x, y)


@pytest.mark.full
@pytest.mark.parametrize("apart", APART)
def test_a_double_click_takes_one_step_of_an_application(county, window, apart):
    no = county.draft()
    county.take(no, "lodge", by="consumer")
    for number, (who, step) in enumerate(STEPS, start=2):
        officer = window().enter(who)
        officer.go(page(no))
        clicked_twice(officer, step, apart=apart)
        assert len(steps(no)) == number, (who, step, steps(no))
        officer.keep(f"double-{apart}-{who}-{number}")


@pytest.mark.full
@pytest.mark.parametrize("apart", APART)
def test_a_double_click_opens_nothing_and_takes_nothing_back(county, window, apart):
    no = county.draft()
    county.walk(no, to="SUPPLIED")
    operator = window().enter("operator")
    operator.go(page(no))
    clicked_twice(operator, "开始用途核实", apart=apart)
    assert Application.objects.get(no=no).state == "PURPOSE_VERIFYING"
    operator.go(page(no))
    clicked_twice(operator, "完成备案，开通权限…", apart=apart, role="link")
    assert Application.objects.get(no=no).state == "PURPOSE_VERIFYING"
    operator.page.wait_for_url(f"**{GRAVE.format(life=LIFE, no=no, action='file')}")
    operator.keep("grave")
    consumer = window(width=390).enter("consumer")
    consumer.go(page(no))
    clicked_twice(consumer, "撤回…", apart=apart, role="link")
    assert Application.objects.get(no=no).state == "PURPOSE_VERIFYING"
    consumer.page.wait_for_url(f"**{GRAVE.format(life=LIFE, no=no, action='take_back')}")
    assert consumer.overflow() <= 0
    consumer.keep("grave-390")


@pytest.mark.parametrize("apart", APART)
def test_a_double_click_on_two_steps_takes_those_two(county, window, apart):
    no = county.draft()
    county.walk(no, to="DEPARTMENT_ENDORSED")
    for width in (390, 1440):
        officer = window(width=width).enter("authority")
        officer.go(page(no))
        officer.keep(f"two-steps-{width}")
        assert officer.overflow() <= 0
    clicked_twice(officer, "受理并审查通过，转提供方", apart=apart)
    assert steps(no) == ["lodge", "endorse", "accept", "pass_on"]
    officer.keep("two-steps-done")
