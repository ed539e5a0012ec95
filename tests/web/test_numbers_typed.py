"""Each field in which a number is typed says what it counts, and what bounds it or stands for it where it is empty."""

import html
import re
from pathlib import Path

import pytest
from acting import NOW
from desks import at, entered
from test_all_faults import FORMS

import hutong.web
from hutong.core import defaults

COUNTS = "次|条|秒|分钟|小时|天|工作日|年|级|%|MB|编号|件|行|字|版|个|数"
"""What a number counts, or that it is the number of something, in its name, unit or hint."""
BOUNDED = r"\d|不填|列出的编号"
"""A number that bounds it, or what an empty field stands for, or where the number is read."""
CODES = {"region"}
"""Fields typed in digits that count nothing."""
FORMS_WITH_NUMBERS = ("application", "entry", "rulebook", "limit", "backup of a drill", "measures of a drill")


@pytest.fixture(autouse=True)
def march():
    """The pages' clock stands."""
    with at(NOW):
        yield


def numbers(page: str) -> dict[str, tuple[str, str]]:
    """Return the fields of a page in which a number is typed: id → what is read of each, and its name in the form."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        said = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        is_number = said["type"] == "number" or (said.get("inputmode") == "numeric" and said.get("class") != "day")
        if not is_number or said["name"].startswith("item-"):
            continue
        read = re.findall(rf'<label for="{re.escape(said["id"])}">(.*?)</label>', page)
        for part in said.get("aria-describedby", "").split():
            read += re.findall(rf'id="{re.escape(part)}">(.*?)</', page, re.DOTALL)
        found[said["id"]] = (html.unescape(" ".join(read)), said["name"])
    return found


@pytest.mark.parametrize("name", FORMS_WITH_NUMBERS)
def test_what_it_counts_and_what_bounds_it_or_stands_for_nothing_is_said(county, name):
    who, place, _, _ = FORMS[name]
    found = numbers(entered(who).get(f"/zh/desk/{place(county)}").content.decode())
    looked_at = [read for read, field in found.values() if field not in CODES]
    assert looked_at
    assert [read for read in looked_at if not re.search(COUNTS, read)] == []
    assert [read for read in looked_at if not re.search(BOUNDED, read)] == []


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh", r"不填为 ([\d,]+)，最多 ([\d,]+)。"), ("en", r"([\d,]+) if left empty, ([\d,]+) at most\.")],
)
def test_how_often_one_applies_for_is_told_with_what_is_usual_and_the_most(county, language, told):
    page = entered("consumer").get(f"/{language}/desk/applications/new/{county.code}/").content.decode()
    found = {field: re.search(told, read).groups() for read, field in numbers(page).values()}
    most = {name: f"{defaults.number(f'sharing.most_{name}'):,}" for name in ("quota", "guesses", "yearly_records")}
    assert found == {
        "quota": ("1,000", most["quota"]), "guesses": ("10", most["guesses"]),
        "yearly_records": ("100", most["yearly_records"]),
    }  # fmt: skip


def test_no_form_of_the_desk_has_a_field_of_a_number_that_is_not_looked_at():
    desk = Path(hutong.web.__file__).parent / "desk"
    typed = {
        path.relative_to(desk).as_posix()
        for path in desk.rglob("*.py")
        if re.search(r'digits=|"number", (?:True|False)|else "number"', path.read_text(encoding="utf-8"))
    }
    assert typed == {
        "application/fields.py", "catalog/fields.py", "limits/shown.py", "rulebook/shown.py", "rulebook/views.py",
        "security/shown.py",
    }  # fmt: skip
