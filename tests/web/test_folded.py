"""On a telephone a list begins near the top: the menu and what narrows the list are folded, without a script."""

import pytest

HIGH = 200
"""Pixels that the menu and what narrows a list take together on a telephone."""
LISTS = {
    "consumer": ("applications/", "grants/", "records/"), "editor": ("deliveries/", "entries/"),
    "accounts": ("officers/",), "auditor": ("records/class/administration/",),
}  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_menu_and_what_narrows_a_list_take_little_of_a_telephone(crowded, window, language):
    heights = {}
    for who, pages in LISTS.items():
        opened = window(width=390).enter(who, language=language)
        for path in pages:
            page = opened.go(f"/{language}/desk/{path}")
            opened.keep(f"folded-{language}-{who}-{path.replace('/', '-')}")
            parts = [page.locator(part).bounding_box() for part in (".side", ".list-filters")]
            heights[path] = sum(part["height"] for part in parts)
    assert {path: height for path, height in heights.items() if height > HIGH} == {}


@pytest.mark.full
def test_what_is_folded_opens_by_its_line_and_stands_open_where_it_narrows_and_on_a_wide_screen(crowded, window):
    opened = window(width=390).enter("consumer")
    page = opened.go("/zh/desk/applications/")
    menu, filters = page.locator(".side summary"), page.locator(".list-filters summary")
    assert menu.inner_text() == "菜单：共享申请"
    link, state = page.locator(".side a").first, page.locator("[name=state]")
    assert (link.is_visible(), state.is_visible(), page.locator("[name=q]").is_visible()) == (False, False, True)
    menu.click()
    filters.click()
    assert (link.is_visible(), state.is_visible()) == (True, True)
    opened.keep("folded-opened-390")
    assert opened.overflow() <= 0

    assert opened.go("/zh/desk/applications/?q=GX").locator("[name=state]").is_visible() is False
    assert opened.go("/zh/desk/applications/?state=LODGED").locator("[name=state]").is_visible()

    page.set_viewport_size({"width": 1440, "height": 900})
    opened.go("/zh/desk/applications/")
    assert [each.is_visible() for each in (link, state, menu, filters)] == [True, True, False, False]
    opened.keep("folded-1440")


@pytest.mark.full
def test_a_list_that_has_no_words_shows_its_button_with_its_fields(crowded, window):
    opened = window(width=390).enter("consumer")
    page = opened.go("/zh/desk/records/")
    button = page.locator(".list-filters .button")
    assert button.is_visible() is False
    page.locator(".list-filters summary").click()
    assert button.is_visible()
    opened.keep("folded-records-390")
