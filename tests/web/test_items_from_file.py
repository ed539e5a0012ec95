"""The form of an entry takes its items from a file, copies an entry and moves items; nothing typed is lost."""

import io
import re

import openpyxl
import pytest
from cataloguing import CIVIL_CODE, change_of, civil_officers
from desks import entered
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from test_entries_of_each_form import BASE, COMPILED

from hutong.control.catalog import queries
from hutong.control.catalog.items_of_file import of_titles
from hutong.control.catalog.models import Change
from hutong.plane.definition import Form

NEW = "/zh/desk/entries/new/"
LIST = (
    "字段名,名称,类型,最长字数,最高可用方式,识别项,必填,敏感,可作条件,可按范围,可限定记录,质量规则\n"
    "number,登记字号,字符,20,数据查询,是,是,,,,,\nsex,性别,字符型C,1,query,,√,否,,,是,取值范围 男|女\n"
)
DATA = "公民身份号码,姓名,登记日期\n110101190001010014,张三,2020-01-02\n"


def file(text: str, name: str = "表.csv") -> dict[str, object]:
    return {"columns_file": SimpleUploadedFile(name, text.encode(), "text/csv")}


def rows(page: str) -> list[dict[str, str]]:
    """Return what stands in the rows of items that say something."""
    found: dict[str, dict[str, str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if part := re.fullmatch(r"item-(\d+)-(\w+)", said.get("name", "")):
            value = ("on" if re.search(r"\bchecked\b", tag) else "") if said["type"] == "checkbox" else said["value"]
            found.setdefault(part[1], {})[part[2]] = value
    for number, field, options in re.findall(r'<select\s+id="item-(\d+)-(\w+)"(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\w+)" selected', options)
        found[number][field] = chosen[1] if chosen else ""
    for number, text in re.findall(r'<textarea\s+id="item-(\d+)-rules"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        found[number]["rules"] = text
    return [row for row in found.values() if row["code"] or row["name"]]


def sent(client, address: str = NEW, **given):
    """Send the form as a person does: what is refused is read on the page it leads to."""
    return client.post(address, given, follow=True)


def test_a_list_of_items_fills_the_form_and_keeps_what_was_typed(county):
    client = entered("editor")
    page = sent(client, **{**BASE, "abstract": "写好的摘要"}, take="1", **file(LIST)).content.decode()
    assert "写好的摘要" in page and "已从清单 表.csv 读入 1 个信息项，尚未保存" in page
    assert "表中已有的没有重复列入：登记字号" in page
    (first, second) = rows(page)
    assert first["required"] == "on" and first["name"] == "登记字号"
    assert {name: second[name] for name in ("code", "type", "length", "offered", "required", "filter", "rules")} == {
        "code": "sex", "type": "C", "length": "1", "offered": "query", "required": "on", "filter": "on",
        "rules": "取值范围 男|女",
    }  # fmt: skip
    assert Change.objects.count() == 1  # that of the county; nothing was saved


def test_what_was_taken_is_saved_and_stands_in_the_entry(county):
    civil_officers(county)
    client = entered("civil-editor")
    said = {name: value for name, value in BASE.items() if not name.startswith("item")}
    page = sent(client, **said, **COMPILED[Form.TABLE], take="1", **file(LIST)).content.decode()
    given = {f"item-{n}-{field}": value for n, row in enumerate(rows(page), 1) for field, value in row.items() if value}
    assert client.post(NEW, {**said, **COMPILED[Form.TABLE], **given}).status_code == 302
    change = queries.change(change_of(CIVIL_CODE))
    assert [(item["code"], item["required"], item["filter"]) for item in change.items] == [
        ("number", True, False), ("sex", True, True),
    ]  # fmt: skip
    assert change.key == ["number"]


def test_types_that_are_guessed_are_marked_and_have_to_be_checked_before_it_is_saved(county):
    civil_officers(county)
    client = entered("civil-editor")
    said = {name: value for name, value in BASE.items() if not name.startswith("item")} | COMPILED[Form.TABLE]
    page = sent(client, **said, take="1", **file(DATA)).content.decode()
    assert page.count("推测，请核对") == 3 and "推测的类型已核对（3 个信息项）" in page
    assert "110101190001010014" not in page and "张三" not in page
    taken = rows(page)
    assert [(row["name"], row["type"], row["rules"]) for row in taken] == [
        ("公民身份号码", "C", "身份证号码"), ("姓名", "C", ""), ("登记日期", "D", ""),
    ]  # fmt: skip
    given = {f"item-{n}-{field}": value for n, row in enumerate(taken, 1) for field, value in row.items() if value}
    given |= {"item-1-key": "on", "item-2-type": "M"}  # somebody changed one: it is no guess any more
    refused = sent(client, **said, **given)
    shown = refused.content.decode()
    assert "有 2 个信息项的类型是按数据推测的" in shown and 'href="#checked"' in shown and not Change.objects.filter(
        entry__code=CIVIL_CODE
    )
    assert client.post(NEW, {**said, **given, "checked": "on"}).status_code == 302
    assert [item["type"] for item in queries.change(change_of(CIVIL_CODE)).items] == ["C", "M", "D"]


def test_a_draft_keeps_the_marks_of_its_guesses(county):
    civil_officers(county)
    client = entered("civil-editor")
    said = {name: value for name, value in BASE.items() if not name.startswith("item")} | COMPILED[Form.TABLE]
    taken = rows(sent(client, **said, take="1", **file(DATA)).content.decode())
    given = {f"item-{n}-{field}": value for n, row in enumerate(taken, 1) for field, value in row.items() if value}
    assert client.post(NEW, {**said, **given, "draft": "1"}).status_code == 302
    page = client.get(f"/zh/desk/entries/changes/{change_of(CIVIL_CODE)}/edit/").content.decode()
    assert page.count("推测，请核对") == 3


def test_what_is_wrong_in_a_list_is_told_cell_by_cell_and_nothing_is_taken(county):
    wrong = "字段名,名称,类型,最长字数,识别项,质量规则\n1a,=甲,文字,多,也许,没有这规则\nb,乙,C,5,是,\n"
    answer = sent(entered("editor"), **{**BASE, "abstract": "写好的摘要"}, take="1", **file(wrong))
    page = answer.content.decode()
    assert "有 6 处需要更正" in page and "写好的摘要" in page and len(rows(page)) == 1
    for said in ("第 2 行“字段名”不能填“1a”", "“名称”不能填“=甲”", "“类型”不能填“文字”：可填：字符",
                 "“最长字数”不能填“多”", "“识别项”不能填“也许”：填写是或否", "没有这规则"):  # fmt: skip
        assert said in page, said
    assert 'href="#columns_file"' in page
    english = sent(entered("editor"), "/en/desk/entries/new/", **BASE, take="1", **file(wrong)).content.decode()
    assert "Row 2, 类型: 文字 cannot stand there; one of text" in english


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "没有选择文件"),
        (file("张三,110101190001010014\n"), "是数据，不是列名"),
        (file("%PDF-1.4\n%\n", "a.pdf"), "PDF"),
        (file("", "a.csv"), "文件 a.csv 为空"),
    ],
)
def test_a_file_that_is_none_is_told_beside_its_field_and_nothing_typed_is_lost(county, given, said):
    page = sent(entered("editor"), **{**BASE, "abstract": "写好的摘要"}, take="1", **given).content.decode()
    assert said in page and "写好的摘要" in page and 'aria-invalid="true"' in page
    assert "110101190001010014" not in page


def test_a_file_chosen_before_saving_is_read_first(county):
    page = sent(entered("editor"), **BASE, **file(LIST)).content.decode()
    assert "尚未保存" in page and not Change.objects.filter(entry__code=CIVIL_CODE)


@pytest.mark.parametrize(
    ("move", "order"),
    [("3-up", "acb"), ("1-down", "bac"), ("1-up", "abc"), ("3-down", "abc"), ("9-up", "abc"), ("x", "abc")],
)
def test_an_item_moves_a_place_without_any_script(county, move, order):
    given = {f"item-{n}-{field}": code for n, code in enumerate("abc", 1) for field in ("code", "name")}
    page = sent(entered("editor"), abstract="写好的摘要", move=move, **given, **{"item-2-key": "on"}).content.decode()
    assert "".join(row["code"] for row in rows(page)) == order and "写好的摘要" in page
    assert [row["key"] for row in rows(page) if row["code"] == "b"] == ["on"]
    assert [*re.findall(r'name="move"\s+value="([^"]+)"', page)] == ["1-down", "2-up", "2-down", "3-up"]


def test_moving_and_reading_are_refused_nobody_and_save_nothing(county):
    no = county.begin_change()
    address = f"/zh/desk/entries/changes/{no}/edit/"
    before = Change.objects.get(no=no).items
    page = entered("editor").get(address).content.decode()
    given = {f"item-{n}-{field}": value for n, row in enumerate(rows(page), 1) for field, value in row.items() if value}
    moved = sent(entered("editor"), address, **given, move="2-up", **BASE_FACTS).content.decode()
    assert [row["code"] for row in rows(moved)][:2] == [before[1]["code"], before[0]["code"]]
    assert Change.objects.get(no=no).items == before


BASE_FACTS = {"abstract": "x"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_to_fill_in_is_read_back_as_one(county, language):
    client = entered("editor")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/{language}/desk/entries/items.xlsx").content))
    titles = [cell.value for cell in book.worksheets[0][1]]
    text = client.get(f"/{language}/desk/entries/items.csv").content.decode("utf-8-sig").strip().split(",")
    assert titles == text and len(of_titles(titles)) == len(titles) == 12
    told = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert [*told] == titles and all(told.values())
    sheet = book.worksheets[0]
    rules = sheet.data_validations.dataValidation
    choices = {next(iter(each.sqref.ranges)).coord[0]: each.formula1.strip('"').split(",")[-1] for each in rules}
    for column, value in {"A": "code_1", "B": "甲", **choices}.items():
        sheet[f"{column}2"] = value
    made = io.BytesIO()
    book.save(made)
    chosen = {"columns_file": SimpleUploadedFile("清单.xlsx", made.getvalue())}
    page = sent(client, f"/{language}/desk/entries/new/", take="1", **chosen).content.decode()
    (row,) = rows(page)
    assert (row["code"], row["name"], row["type"], row["offered"]) == ("code_1", "甲", "F", "subscribe")
    assert client.get(f"/{language}/desk/entries/items.pdf").status_code == 404


def test_an_entry_is_copied_with_what_is_no_other_unit_s_own(county):
    version = queries.published(county.code)
    own = entered("editor").get(f"{NEW}?copy={county.code}").content.decode()
    assert [row["code"] for row in rows(own)] == [item["code"] for item in version.items]
    assert version.abstract in own and f'value="{version.name}"' not in own and f"内容照 {county.code} 复制" in own
    civil_officers(county)
    other = entered("civil-editor").get(f"{NEW}?copy={county.code}").content.decode()
    assert [(row["code"], row["type"], row["key"]) for row in rows(other)] == [
        (item["code"], item["type"], "on" if item["code"] in version.key else "") for item in version.items
    ]
    assert version.abstract not in other and f'value="{version.name}"' not in other
    for said in (version.sharing_condition, version.sharing_basis):
        assert not said or said not in other


@pytest.mark.parametrize(("language", "words"), [("zh", "照此目录复制"), ("en", "Copy this entry")])
def test_an_entry_is_copied_from_its_own_page_by_whoever_writes_entries(county, language, words):
    """As an application is applied for again from its page; of another unit the entry stands in the catalogue."""
    civil_officers(county)
    pages = {"desk": f"/{language}/desk/entries/{county.code}/", "portal": f"/{language}/catalog/{county.code}/"}
    for officer, place in (("editor", "desk"), ("editor", "portal"), ("civil-editor", "portal")):
        client = entered(officer)
        page = client.get(pages[place]).content.decode()
        (address,) = re.findall(rf'href="([^"]+)"[^>]*>{words}<', page)
        copied = [row["code"] for row in rows(client.get(address).content.decode())]
        assert copied == [item["code"] for item in queries.published(county.code).items]
    for officer, place in (("approver", "desk"), ("authority", "desk"), ("consumer", "portal")):
        assert words not in entered(officer).get(pages[place]).content.decode()
    assert words not in Client(HTTP_HOST="localhost").get(pages["portal"]).content.decode()


def test_a_copy_of_nothing_is_told_beside_its_field_and_the_form_is_there(county):
    answer = entered("editor").get(f"{NEW}?copy=999999/999999")
    page = answer.content.decode()
    assert answer.status_code == 404 and 'id="copy-wrong"' in page and 'name="item-1-code"' in page
