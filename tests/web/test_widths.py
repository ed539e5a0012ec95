"""No page is wider than the screen it is looked at on, whatever stands in it."""

import pytest
from acting import NOW
from browsing import follow

from hutong.control.units import operations as members

WIDTHS = (390, 1440)


LANGUAGES = ("zh", "en")
OF_OPERATORS = (
    "faults/found/", "faults/", "maintenance/", "nodes/drifts/", "registrations/", "enrolment/", "due/operator/",
)  # fmt: skip
"""What the operator opens: in the crowded county it is away."""


def looked_at(desk, *, every: bool):
    """Yield who opens which page, in which language: every page by everybody, or each once, by one of them in turn."""
    openers = {}
    for who, pages in desk.items():
        for page in pages:
            openers.setdefault((bool(who), page), []).append(who)
    for number, ((inside, page), several) in enumerate(openers.items()):
        chosen = several if every else [several[number // 2 % len(several)]]
        for who in chosen:
            for language in LANGUAGES if every else [LANGUAGES[number % len(LANGUAGES)]]:
                yield who, f"/{language}/{'desk/' if inside else ''}{page}"


def too_wide(desk, window, *, every: bool) -> list[tuple]:
    """Return who sees what beyond the edge of a page or cut in it, at which width."""
    found, windows = [], {}
    for number, (who, path) in enumerate(looked_at(desk, every=every)):
        if who not in windows:
            windows[who] = window().enter(who) if who else window()
        opened = windows[who]
        opened.go(path)
        # Of one page: no script of ours makes it another on another screen.
        for width in WIDTHS if every else WIDTHS[number % 2 :][:1]:
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.keep(f"{width}-{who or 'public'}{path.replace('/', '-')[:60]}")
            if opened.overflow() > 0:
                found.append((who, path, width, opened.overflow()))
            found += [(who, path, width, what) for what in opened.cut()]
    return found


@pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.full)], ids=["once, one width in turn", "by everybody"]
)
def test_no_page_is_wider_than_the_screen_and_nothing_in_it_is_cut(crowded, window, every):
    found = too_wide(crowded, window, every=every)
    members.set_active(username="operator", active=True, now=NOW, by="init")
    found += too_wide({"operator": OF_OPERATORS}, window, every=every)
    assert found == []


@pytest.mark.parametrize("language", [pytest.param("zh", marks=pytest.mark.full), "en"])
def test_rows_that_lack_a_name_or_a_field_are_marked_within_the_screen(window, language):
    editor = window(width=390).enter("editor")
    page = editor.go(f"/{language}/desk/entries/new/")
    for field, value in (("code", "307009/000001"), ("name", "婚姻登记信息"), ("abstract", "本县婚姻登记。")):
        page.fill(f"[name={field}]", value)
    page.fill("[name=item-1-code]", "number")
    page.fill("[name=item-2-name]", "登记机关")
    follow(page.locator("main form.fields button:not([name])").last)
    lacking = page.locator("[aria-invalid]").evaluate_all("all => all.map(each => each.name)")
    assert lacking == ["item-1-name", "item-1-key", "item-2-code"]
    assert all(page.locator(f"#{name}-wrong").is_visible() for name in lacking)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        editor.keep(f"lacks-{language}-{width}")
        assert editor.overflow() <= 0
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator("table.form td[data-label]").first.evaluate(ROOM) > 90, "its label has no room beside it"


ROOM = "cell => parseFloat(getComputedStyle(cell).paddingLeft)"
"""How many pixels stand before what a cell holds, in which a narrow screen has the name of its column."""
