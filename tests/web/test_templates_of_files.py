"""Who delivers reads beforehand what a file has to be: its columns and their rules, its size, `_op`, templates."""

import io
import re

import openpyxl
import pyarrow as pa
import pytest
from acting import NOW
from desks import entered, seen, words
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from hutong.control.catalog import expected
from hutong.control.catalog.expected import ExpectedFile
from hutong.control.catalog.models import Entry
from hutong.plane.definition import Definition, Item, QualityRule, Rule, Type
from hutong.plane.delivery import quality, reading
from hutong.web.desk.deliveries import columns
from hutong.web.front import admission
from hutong.web.wording import filters

LIST = "/zh/desk/deliveries/"


def fetched(county, form: str, *, changes: bool = False, username: str = "editor"):
    return entered(username).get(f"{LIST}{county.code}/template.{form}{'?kind=changes' if changes else ''}")


def items(county) -> tuple[Item, ...]:
    return expected.of(county.code, actor=county.actor("editor"), today=NOW.date()).items


def test_the_page_of_deliveries_leads_to_what_is_asked_of_each_file_and_says_how_large_it_may_be(county):
    page = entered("editor").get(LIST).content.decode()
    assert f'href="{LIST}{county.code}/columns/"' in page
    assert "一个文件不超过 512 MB" in page
    assert re.search(r'<input[^>]*type="file"[^>]*aria-describedby="file-hint"', page)


def test_columns_are_shown_with_their_rules_examples_and_what_op_means(county):
    told = seen("editor", f"{LIST}{county.code}/columns/")
    for item in items(county):
        assert f"{item.name} {item.code}" in told
        assert columns.example(item) in told
    for said in ("必填（识别项）", "u 表示新增或更新这一条，d 表示删除", "不超过 512 MB", "增量：CSV"):
        assert said in told, said
    english = words(entered("editor").get(f"/en/desk/deliveries/{county.code}/columns/"))
    assert "required (identifying)" in english and "One file has at most 512 MB" in english


def test_each_rule_of_a_column_is_told_in_the_reader_s_language():
    rules = (
        QualityRule(Rule.CREDIT_CODE), QualityRule(Rule.PATTERN, "^[0-9]{6}$"),
        QualityRule(Rule.MAXIMUM, "9", warn=True),
    )  # fmt: skip
    item = Item("a", "甲", length=18, required=True, rules=rules)
    for language, said in (
        ("zh", ["最多 18 字", "统一社会信用代码", "格式 ^[0-9]{6}$", "最大 9 仅提示"]),
        ("en", ["18 characters at most", "credit_code", "pattern ^[0-9]{6}$", "max 9 warn"]),
    ):
        with translation.override(language):
            (row,) = columns.table(ExpectedFile(Entry(), (item,), (), 1)).rows
            assert [line for line, _ in row[3].lines] == said


def test_what_stands_for_a_file_is_told_with_how_it_is_reckoned():
    asked = ExpectedFile(Entry(), (Item("scan", "扫描件", Type.GENERAL, required=True),), (), 1)
    (row,) = columns.table(asked).rows
    assert [line for line, _ in row[3].lines] == ["填写文件的 SHA-256 摘要（64 位十六进制），不填文件名，也不附文件"]
    (told,) = (note for note in columns.notes(asked, changes=False) if "摘要" in note)
    assert "certutil -hashfile" in told and "sha256sum" in told
    other = ExpectedFile(Entry(), (Item("name", "名称"),), (), 1)
    assert not any("摘要" in note for note in columns.notes(other, changes=False))


def test_a_name_where_a_digest_is_asked_for_is_sent_back_with_what_to_write():
    for language in ("zh", "en"):
        with translation.override(language):
            assert "SHA-256" in filters.advice("VALUE_OF_OTHER_TYPE")


@pytest.mark.parametrize("changes", [False, True])
def test_a_workbook_to_fill_in_has_the_titles_a_list_to_choose_from_and_what_is_asked_on_its_second_sheet(
    county, changes
):
    answer = fetched(county, "xlsx", changes=changes)
    assert re.search(r'filename="[^"/]+\.xlsx"', answer["Content-Disposition"])
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet, help = book.worksheets
    assert [cell.value for cell in sheet[1]] == [item.name for item in items(county)] + ["_op"] * changes
    assert sheet.max_row == 1
    texts = [place for place, item in enumerate(items(county), start=1) if item.type is Type.STRING]
    letters = [sheet.cell(1, place).column_letter for place in texts]
    assert {sheet.column_dimensions[letter].number_format for letter in letters} == {"@"}
    told = {row[1]: row for row in help.iter_rows(min_row=2, values_only=True) if row[1]}
    assert [*told] == [item.code for item in items(county)] + ["_op"] * changes
    assert ("u,d" in str([each.formula1 for each in sheet.data_validations.dataValidation])) is changes


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("changes", [False, True])
def test_what_is_filled_into_a_template_is_taken(county, form, changes, tmp_path):
    """By the very reader and rules that take a delivery, with the example of each column."""
    made = fetched(county, form, changes=changes).content
    values = [columns.example(item) or "甲" for item in items(county)]
    path = tmp_path / f"a.{form}"
    if form == "csv":
        path.write_bytes(made + ",".join([*values, *["u"] * changes]).encode() + b"\r\n")
    else:
        book = openpyxl.load_workbook(io.BytesIO(made))
        book.worksheets[0].append([*values, *["u"] * changes])
        book.save(path)
    definition = Definition(
        code=county.code, version=1, name="x", provider="p", key=(items(county)[0].code,), items=items(county)
    )
    found = reading.open_(path, definition=definition, changes=changes)
    (block,) = found.blocks()
    assert (found.report.records, block.unreadable) == (1, [])
    assert quality.check(block.batch, definition).faults == []


@pytest.mark.parametrize(
    "item",
    [
        *(Item("a", "甲", type) for type in Type),
        Item("a", "甲", Type.FLOAT, rules=(QualityRule(Rule.MINIMUM, "5000"),)),
        Item("a", "甲", Type.DATE, rules=(QualityRule(Rule.MINIMUM, "2030-01-01"),)),
        *(Item("a", "甲", rules=(QualityRule(rule),)) for rule in columns.BY_RULE),
        Item("a", "甲", rules=(QualityRule(Rule.ONE_OF, "男|女"),)),
    ],
)
def test_an_example_keeps_the_rules_of_its_column(item):
    definition = Definition(code="1/1", version=1, name="x", provider="p", key=("k",), items=(Item("k", "键"), item))
    batch = pa.record_batch([pa.array(["1"]), pa.array([columns.example(item)])], names=["k", "a"])
    assert quality.check(batch, definition).faults == []


def test_what_a_file_has_to_be_is_its_provider_s_to_read(county):
    for username in ("consumer", "authority"):
        assert fetched(county, "xlsx", username=username).status_code == 403
        assert entered(username).get(f"{LIST}{county.code}/columns/").status_code == 403
    assert fetched(county, "docx").status_code == 404
    assert entered("editor").get(f"{LIST}1/2/columns/").status_code == 404


class Unread(io.BytesIO):
    def read(self, *given):
        raise AssertionError("a byte of the body was read")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "文件有 600 MB，本页面一个文件最多 512 MB。"),
        ("en", "The file has 600 MB; one file may have 512 MB here."),
    ],
)
def test_a_file_too_large_is_told_with_its_size_to_an_officer_who_stays_logged_in(county, language, told):
    answer = entered("editor").generic(
        "POST", f"/{language}/desk/deliveries/", b"", CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(600 << 20), **{"wsgi.input": Unread()},
    )  # fmt: skip
    page = answer.content.decode()
    assert (answer.status_code, told in page, "FILE_TOO_LARGE" in page) == (413, True, True)
    assert f'action="/{language}/logout/"' in page
    assert admission.DELIVERY_BYTES == 512 << 20


def test_a_form_whose_size_nobody_said_is_told_by_what_may_be(county):
    unsaid = {"hutong.body_fault": "large", "CONTENT_LENGTH": ""}
    answer = entered("editor").post("/zh/desk/applications/", {}, **unsaid)
    assert answer.status_code == 413
    assert "提交的内容超过 1 MB，" in answer.content.decode()


def test_columns_that_are_missing_are_told_by_name_and_code_and_op_by_what_it_is_for(supplied):
    editor = entered("editor")

    def refused(content: str, **said) -> str:
        file = SimpleUploadedFile("人口.csv", content.encode())
        return words(editor.post(LIST, {"code": supplied.code, "file": file, **said}))

    first, *rest = items(supplied)
    told = refused(f"{first.name}\n1\n")
    assert "“人口基本信息”的文件要有哪些列，怎样填写" in told
    for item in rest:
        assert f"{item.name}（{item.code}）" in told
    whole = ",".join(item.code for item in (first, *rest))
    assert "增量文件要有 _op 列" in refused(f"{whole}\n{',' * len(rest)}\n", kind="changes")
    assert "只有变化的行的，请按增量交付" in refused(f"{whole},_op\n1{',' * len(rest)},u\n")


@pytest.mark.parametrize("name", ["=1+1", "+86电话", "-金额", "@列", "\t列", "甲\r乙", "\uff1d公式", "甲\u202e乙"])
def test_a_name_that_a_spreadsheet_reckons_with_heads_no_column_of_a_template_and_is_read_back_by_its_code(
    name, tmp_path
):
    """Such a name is refused today; what was published before has it."""
    item = Item("a", name)
    made = columns.comma_separated(ExpectedFile(Entry(), (Item("k", "键"), item), ("k",), 1), changes=False)
    assert made.decode("utf-8-sig").strip() == "键,a"
    book = openpyxl.load_workbook(
        io.BytesIO(columns.workbook(ExpectedFile(Entry(), (Item("k", "键"), item), ("k",), 1), changes=False))
    )
    cells = [*book.worksheets[0][1], *book.worksheets[1]["A"]]
    assert [cell.value for cell in cells][:2] == ["键", "a"] and all(cell.data_type != "f" for cell in cells)
    path = tmp_path / "a.csv"
    path.write_bytes(made + b"1,2\r\n")
    definition = Definition("1/1", 1, "x", "p", ("k",), (Item("k", "键"), item))
    assert reading.open_(path, definition=definition).report.header_row == 1
