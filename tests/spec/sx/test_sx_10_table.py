"""Article 10: a unit registers its departments, persons and devices by one table, all of them or none."""

from pathlib import Path

import pytest
import xlsxwriter
from acting import NOW, entries
from outcomes import came_of
from psycopg.errors import InsufficientPrivilege
from registering import DEPARTMENT, administrator, applied, keys, registered, take

from hutong.control.registration import sheet, together
from hutong.control.registration.models import Registration

pytestmark = pytest.mark.clause("SX-10-d", "PS-09-1")

HEADER = ("类别", "名称", "标识", "所在部门", "公民身份号码", "联系电话", "网络地址")
NUMBER = "110101190001010014"
GOOD = (
    ("人员", "周敏", "zhou", "信息科", NUMBER, "", ""),
    ("部门", "信息科", "", "", "", "", ""),
    ("设备", "二号窗口电脑", "pc-8", DEPARTMENT, "", "", "10.0.0.8"),
)
"""A person may stand before the department that the same table registers."""


@pytest.fixture
def bureau(county):
    """The county whose civil affairs bureau has its administrator."""
    administrator(county)
    return county


def table(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, merged: str = "") -> Path:
    """Return a workbook with these rows below its header, and a merged area."""
    path = folder / "登记表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        form = book.add_worksheet("登记表")
        for number, row in enumerate((header, *rows)):
            form.write_row(number, 0, row)
        if merged:
            form.merge_range(merged, "信息科")
    return path


def looked(county, path: Path):
    read = sheet.read(path)
    return read, together.judge(
        read.rows, actor=county.actor("unit_admin"), now=NOW, keyring=keys, found=read.faults
    )


def register(county, path: Path, *, seen: str | None = None, by: str = "unit_admin"):
    read, judged = looked(county, path)
    rows, found = sheet.kept(sheet.written(read.rows, read.faults))
    given = {"actor": county.actor(by), "now": NOW, "calendar": county.calendar, "found": found,
             "keyring": keys}  # fmt: skip
    return together.register(rows, seen=judged.digest if seen is None else seen, **given)


def told(judged) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.problem.code) for fault in judged.faults]


def test_one_table_registers_all_of_its_rows_at_once_each_with_its_entries_and_done_again_it_changes_nothing(
    bureau, tmp_path
):
    path = table(tmp_path, *GOOD)
    _, judged = looked(bureau, path)
    assert ([each.row.number for each in judged.new], judged.changes, judged.faults) == ([2, 3, 4], (), ())
    assert registered(bureau) == []
    before = entries(bureau.url, "registration.moved")
    register(bureau, path)
    civil = bureau.civil
    assert sorted(registered(bureau)) == sorted(
        [("department", "信息科", civil, "active"), ("user", "zhou", civil, "active"),
         ("device", "pc-8", civil, "active")]
    )  # fmt: skip
    assert entries(bureau.url, "registration.moved") == before + 3
    assert {each.rules_by for each in Registration.objects.filter(code__in=("zhou", "pc-8"))} == {"unit_admin"}
    again = register(bureau, path)
    assert (again.new, again.changes, again.same) == ((), (), 3)
    assert entries(bureau.url, "registration.moved") == before + 3


def test_what_is_registered_is_changed_by_a_table_and_its_entry_says_what_and_of_nobody(bureau, tmp_path):
    register(bureau, table(tmp_path, *GOOD))
    path = table(tmp_path, ("人员", "周敏慧", "zhou", DEPARTMENT, "110101190001010022", "13800005678", ""))
    _, judged = looked(bureau, path)
    ((change),) = judged.changes
    assert change.changed == {
        "name": ("周敏", "周敏慧"), "department": ("信息科", DEPARTMENT),
        "identity_no": ("1****************4", "1****************2"), "phone_no": ("", "*******5678"),
    }  # fmt: skip
    register(bureau, path)
    found = Registration.objects.get(kind="user", code="zhou")
    assert (found.name, found.department, found.state) == ("周敏慧", DEPARTMENT, "ACTIVE")
    assert entries(bureau.url, "registration.changed") == 1
    assert entries(bureau.url, "plane.user_changed") == 1


def test_all_that_is_wrong_is_told_at_once_cell_by_cell_and_nothing_is_registered(bureau, tmp_path):
    locked = applied(bureau, "device", code="pc-7")
    take(bureau, locked, "accept_rules", by="unit_admin")
    take(bureau, locked, "lock", reason="核查")
    path = table(
        tmp_path,
        ("打印机", "一号", "p-1", "", "", "", ""),
        ("人员", "", "zhou", DEPARTMENT, NUMBER, "", ""),
        ("人员", "周敏", "two words", DEPARTMENT, NUMBER, "", ""),
        ("人员", "李明", "li", "没有的科", NUMBER, "", ""),
        ("部门", "信息科", "xx", "", "", "", ""),
        ("设备", "七号", "pc-7", DEPARTMENT, "", "", "10.0.0.7"),
        ("人员", "王军", "wang", DEPARTMENT, NUMBER, "", ""),
        ("人员", "王军二", "wang", DEPARTMENT, NUMBER, "", ""),
        ("设备", "九号", "pc-9", DEPARTMENT, "", "", ""),
        ("人员", "赵一", "zhao", DEPARTMENT, "", "12", ""),
        ("人员", "赵二", "zhao2", DEPARTMENT, NUMBER[:-1] + "5", "", ""),
    )
    _, judged = looked(bureau, path)
    assert told(judged) == [
        (2, "kind", "SHEET_KIND_UNKNOWN"),
        (3, "name", "REGISTRATION_INCOMPLETE"),
        (4, "code", "IDENTIFIER_UNFIT"),
        (5, "department", "DEPARTMENT_UNKNOWN"),
        (6, "code", "CELL_NOT_ASKED"),
        (7, "code", "NOT_IN_USE"),
        (9, "code", "ROW_TWICE"),
        (10, "address", "REGISTRATION_INCOMPLETE"),
        (11, "identity_no", "REGISTRATION_INCOMPLETE"),
        (11, "phone_no", "PHONE_UNFIT"),
        (12, "identity_no", "RESIDENT_NUMBER_CHECK_FAILED"),
    ]
    before = registered(bureau)
    assert came_of(register, bureau, path) == "SHEET_FAULTY"
    assert registered(bureau) == before


@pytest.mark.parametrize(
    ("header", "rows", "merged", "refusal"),
    [
        (("类别", "名称", "标识", "所在部门", "网络地址"), GOOD, "", "COLUMNS_MISSING"),  # last year's
        (("姓名", "身份证号", "手机号"), GOOD, "", "COLUMNS_WRONG"),  # another form
        (HEADER, GOOD, "D2:D4", "SHEET_MERGED"),
        (HEADER, (), "", "SHEET_EMPTY"),
    ],
)
def test_a_file_that_is_not_this_form_is_refused_as_a_whole(bureau, tmp_path, header, rows, merged, refusal):
    cut = [row[: len(header)] for row in rows]
    assert came_of(sheet.read, table(tmp_path, *cut, header=header, merged=merged)) == refusal


def test_of_five_thousand_rows_half_of_them_wrong_every_fault_is_told_and_no_row_is_registered(bureau, tmp_path):
    rows = [("人员", f"人员{n}", f"u{n}", DEPARTMENT if n % 2 else "没有的科", NUMBER, "", "") for n in range(5000)]
    path = table(tmp_path, *rows)
    _, judged = looked(bureau, path)
    assert (len(judged.faults), len(judged.new)) == (2500, 2500)
    assert judged.faults[0].row == 2 and judged.faults[-1].row == 5000
    assert came_of(register, bureau, path) == "SHEET_FAULTY"
    assert registered(bureau) == []
    assert came_of(sheet.read, table(tmp_path, *rows, rows[0])) == "SHEET_TOO_LONG"


def test_a_cell_without_a_value_is_a_fault_and_its_row_is_not_left_out(bureau, tmp_path):
    path = tmp_path / "登记表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        form = book.add_worksheet("登记表")
        form.write_row(0, 0, HEADER)
        form.write_row(1, 0, GOOD[1])
        form.write_row(2, 0, ("人员", "周敏", "", "信息科", NUMBER))
        form.write_formula(2, 2, "=1/0", None, "#DIV/0!")
    _, judged = looked(bureau, path)
    assert [fault.row for fault in judged.faults] == [3]
    assert came_of(register, bureau, path) == "SHEET_FAULTY"


def test_what_was_shown_is_what_counts_or_nothing_and_by_the_units_administrator_alone(bureau, tmp_path, log_down):
    path = table(tmp_path, *GOOD)
    assert came_of(register, bureau, path, seen="0" * 64) == "SHEET_OUTDATED"
    assert came_of(register, bureau, path, by="consumer") == "NOT_YOUR_ROLE"
    assert came_of(sheet.kept, '[["x"]]') == came_of(sheet.kept, "[]") == came_of(sheet.kept, "no") == "ROWS_LOST"
    assert registered(bureau) == []
    log_down(bureau.url)
    with pytest.raises(InsufficientPrivilege):
        register(bureau, path)
    assert registered(bureau) == []
