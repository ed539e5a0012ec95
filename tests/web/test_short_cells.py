"""In no table is a moment, a number or a short word broken into two lines, however long its neighbours are."""

import filling
import psycopg
import pytest

from hutong.web.desk.parts import Cell

BROKEN = """() => [...document.querySelectorAll('table.cards tbody :is(th, td)')].flatMap(cell => {
    const text = [...cell.querySelectorAll(':scope > a'), cell].map(each => [...each.childNodes].find(
        node => node.nodeType === 3 && node.textContent.trim())).find(Boolean);
    if (!text || !cell.classList.contains('still')) return [];
    const range = document.createRange();
    range.selectNodeContents(text);
    const tops = new Set([...range.getClientRects()].filter(r => r.width > 1).map(r => Math.round(r.top)));
    return tops.size > 1 ? [text.textContent.trim()] : [];
})"""
"""The short texts of a page's tables that stand on more than one line."""


@pytest.mark.parametrize(
    ("text", "short"),
    [("2026-03-02 10:00", True), ("4 查看", True), ("提供方审核人员", True), ("示范县大数据管理局信", False),
     ("", True), ("GX20260302-0001-1", False)],
)  # fmt: skip
def test_a_moment_a_number_and_a_few_words_are_short(text, short):
    assert Cell(text).short is short
    assert Cell(text, badge="建议值").short is (short and not text)
    assert Cell(text, badge="建议值").whole is bool(short and text), "the text stays whole, the badge may go below"
    assert not Cell(text).whole


@pytest.mark.full
def test_no_short_text_of_a_list_is_broken(county, window):
    filling.rejected_rows(county, 4)
    filling.copies(county, "plane.delivery", 3, key="'k-' || n")
    with psycopg.connect(county.url, options=filling.OWNER) as opened:
        opened.execute(
            "update plane.delivery set state = 'waiting', reason = 'SNAPSHOT_DELETES_MUCH', stored_rows = 20000,"
            " removed_rows = 19990, sent = null, accepted = null, rejected = null where key <> 'k'"
        )
    editor = window().enter("editor")
    seen = {}
    for path in ("deliveries/", f"deliveries/{county.code}/rejected/k/", "applications/", "entries/", "records/"):
        page = editor.go(f"/zh/desk/{path}")
        for width in (1440, 1100, 390):
            page.set_viewport_size({"width": width, "height": 900})
            seen[path, width] = page.evaluate(BROKEN)
            editor.keep(f"short-{width}-{path.replace('/', '-')}")
            assert editor.overflow() <= 0
        if path == "deliveries/":
            assert page.locator("td.still, th.still").count() > 10
    assert {place: broken for place, broken in seen.items() if broken} == {}
