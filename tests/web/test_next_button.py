"""The pointer that lands where the next step stands takes nothing, and the first task is few keys away."""

import pytest
from desks import entered
from stating import state_of

from hutong.control.procedures import queries

LIFE = "sharing.application"
PAIRS = (("authority", "DEPARTMENT_ENDORSED", "受理", "审查通过，转提供方"),)
"""Who takes which step in which state, and the next step that is theirs again."""
WHOLE_WIDE, WHOLE_EN = (pytest.param(each, marks=pytest.mark.full) for each in (1440, "en"))
AT_MOST = {1440: {True: 9, False: 40}, 390: {True: 7, False: 20}}
"""Width → so many keys are pressed until the first task has the focus, with the skip link and without it.

With it the menu is left out, so that this number stays where a room is added; without it the lines count.
"""


def steps(no: str) -> list[str]:
    return [row.action for row in queries.steps(LIFE, no)]


def place(page, words: str) -> tuple[float, float]:
    """Return the middle of what one sees of a step: its button, or the line that opens it."""
    seen = page.locator(f"main :is(button, summary):visible:text-matches('^\\\\s*{words}…?\\\\s*$')").first
    seen.scroll_into_view_if_needed()
    box = seen.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("width", [WHOLE_WIDE, 390])
@pytest.mark.parametrize(("who", "state", "step", "following"), PAIRS)
def test_a_click_where_the_next_step_stands_just_after_one_takes_it_not(
    county, window, who, state, step, following, width
):
    no = county.draft()
    county.walk(no, to=state)
    taken = len(steps(no))
    officer = window(width=width).enter(who)
    page = officer.go(f"/zh/desk/applications/{no}/")
    with page.expect_navigation():
        page.mouse.click(*place(page, step))
    assert len(steps(no)) == taken + 1
    officer.keep(f"next-button-{width}")
    page.mouse.click(*place(page, following))
    page.wait_for_load_state()
    page.locator("details[open]", has_text=following).wait_for(timeout=10_000)
    assert len(steps(no)) == taken + 1
    officer.keep(f"next-button-opened-{width}")
    assert page.locator("details[open] button", has_text=following).is_visible()  # and it is taken there


def presses(page, *, at_most: int) -> int:
    """Press the tabulator until a task's link has the focus; return how many times."""
    for number in range(1, at_most + 2):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('main article'))"):
            return number
    return at_most + 1


@pytest.mark.parametrize("language", ["zh", WHOLE_EN])
@pytest.mark.parametrize("width", [WHOLE_WIDE, 390])
def test_the_first_task_is_few_keys_away(county, window, language, width):
    no = county.draft()
    assert entered("consumer").post(
        f"/zh/desk/applications/{no}/", {"action": "lodge", "at": state_of(f"/zh/desk/applications/{no}/")}
    ).status_code == 302
    officer = window(width=width).enter("competent", language=language)
    counted = {}
    for skipped in (True, False):
        page = officer.go(f"/{language}/desk/")
        assert no in page.locator("main article").first.inner_text()
        if skipped:
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
        counted[skipped] = presses(page, at_most=60) + 2 * skipped
    assert all(counted[skipped] <= AT_MOST[width][skipped] for skipped in counted), counted
