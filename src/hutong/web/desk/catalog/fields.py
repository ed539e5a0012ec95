"""The fields of the form of an entry, and the table of its items."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from hutong.control.catalog import rules
from hutong.control.catalog.codes import CodesInUse
from hutong.plane.soundness import MOST_SECONDS
from hutong.web.forms import Field, Grid, GridRow, RowMove
from hutong.web.wording.names import MODES, TYPES

Typed = Mapping[str, Any]
Options = tuple[tuple[str, str], ...]
FLAGS = ("key", "required", "sensitive", "condition", "ranged", "filter")
"""What may be ticked of an item, in the order of its columns."""


def facts(typed: Typed, *, codes: Sequence[CodesInUse] = ()) -> dict[str, Field]:
    """Return the fields of what an entry says of its resource, by their names."""
    every = (
        Field(
            "code", gettext("信息资源代码"), _said(typed, "code"), required=True, example="307001/000001",
            hint=gettext("类1位（1 基础、2 主题、3 部门）、项2位、目3位、细目不限，斜杠后为顺序号。"),
            suggested=tuple((each.free, each.example) for each in codes),
        ),
        Field("name", gettext("名称"), _said(typed, "name"), required=True, hint=gettext("全县不得重名。")),
        Field(
            "abstract", gettext("摘要"), _said(typed, "abstract"), kind="long", required=True,
            hint=gettext("一条记录说的是什么，数据来自哪项业务。"),
        ),
        _choice("format", gettext("格式"), typed, rules.FORMATS, hint=gettext("自描述：自带结构说明，如 XML、JSON。")),
        _choice("method", gettext("共享方式"), typed, rules.METHODS),
        _choice("sharing_type", gettext("共享类型"), typed, rules.SHARING_TYPES),
        _choice("update_cycle", gettext("更新周期"), typed, rules.UPDATE_CYCLES),
        Field(
            "service", gettext("服务名称（服务接口）"), _said(typed, "service"), example="vehicle.check", depends=True,
            hint=gettext("提供方前置机登记该服务所用的名称，不填网络地址。"),
        ),
        Field(
            "time_out", gettext("应答时限（秒）"), _said(typed, "time_out"), digits=True, example="10", depends=True,
            hint=gettext("1 至 %(most)s 秒；只有服务接口填写。") % {"most": MOST_SECONDS},
        ),
        Field(
            "sharing_condition", gettext("共享条件（有条件共享）"), _said(typed, "sharing_condition"),
            hint=gettext("使用方须符合的条件，例如限于办理哪些事项。"),
        ),
        Field(
            "sharing_basis", gettext("不予共享的依据"), _said(typed, "sharing_basis"), depends=True,
            hint=gettext("法律、行政法规或者政策的名称和条款；只有不予共享的填写。"),
        ),
        Field(
            "personal", gettext("记录涉及个人"), kind="box", ticked=bool(typed.get("personal")),
            hint=gettext("一条记录说的是一个人的，勾选；比对和查询受防止泄露的上限限制。"),
        ),
    )  # fmt: skip
    return {each.name: each for each in every}


def titles() -> dict[str, str]:
    """Return the titles of what is said of an item, in the order of the columns of the form."""
    return {
        "code": gettext("字段名"), "name": gettext("名称"), "type": gettext("类型"), "length": gettext("最长字数"),
        "offered": gettext("最高可用方式"), "key": gettext("识别项"), "required": gettext("必填"),
        "sensitive": gettext("敏感"), "condition": gettext("可作条件"), "ranged": gettext("可按范围"),
        "filter": gettext("可限定记录"),
    }  # fmt: skip


def grid(rows: Sequence[Typed]) -> Grid:
    """Return the table of the items, a row for each, with its quality rules below."""
    columns = titles()
    options = {
        "type": tuple((code, gettext(name)) for code, name in TYPES.items()),
        "offered": tuple((str(mode), gettext(name)) for mode, name in MODES.items()),
    }
    last = sum(map(bool, rows))
    listed = tuple(
        _row(row, number, columns=columns, options=options, last=last) for number, row in enumerate(rows, start=1)
    )
    return Grid(gettext("信息项"), tuple(columns.values()), gettext("质量规则"), listed)


def _said(typed: Typed, name: str) -> str:
    return str(typed.get(name, "") or "")


def _choice(name: str, label: str, typed: Typed, options: Mapping[int, str], *, hint: str = "") -> Field:
    worded = tuple((str(code), gettext(words)) for code, words in options.items())
    return Field(name, label, _said(typed, name), "choice", options=worded, hint=hint)


def _row(
    row: Typed, number: int, *, columns: Mapping[str, str], options: Mapping[str, Options], last: int
) -> GridRow:
    guess = is_guess(row)
    fields = tuple(
        Field(
            f"item-{number}-{name}", f"{title} {number}", "" if name in FLAGS else _said(row, name),
            "box" if name in FLAGS else "choice" if name in options else "text", options=options.get(name, ()),
            digits=name == "length",
            css="short" if name == "length" else "", ticked=name in FLAGS and bool(row.get(name)),
            hint=gettext("推测，请核对") if name == "type" and guess else "",
        )
        for name, title in columns.items()
    )  # fmt: skip
    written = _said(row, "rules")
    lines = len(written.splitlines()) or 1
    below = Field(f"item-{number}-rules", f"{gettext('质量规则')} {number}", written, "long", lines=lines)
    hidden = ((f"item-{number}-guessed", _said(row, "guessed")),) if row.get("guessed") else ()
    return GridRow(tuple(zip(columns.values(), fields, strict=True)), below, hidden, tuple(_moves(number, last, row)))


def is_guess(row: Typed) -> bool:
    """Whether the type of an item is still the one that was guessed."""
    return bool(row.get("guessed")) and row.get("guessed") == row.get("type")


def _moves(number: int, last: int, row: Typed) -> Iterator[RowMove]:
    """Yield the buttons of a row; of one that was moved just now that has the focus which moves it on, or back."""
    up, down = 1 < number <= last, number < last
    moved = row.get("moved", "")
    if up:
        heard = gettext("第 %(number)s 行上移") % {"number": number}
        yield RowMove(f"{number}-up", gettext("上移"), heard, focus=moved == "up" or bool(moved and not down))
    if down:
        heard = gettext("第 %(number)s 行下移") % {"number": number}
        yield RowMove(f"{number}-down", gettext("下移"), heard, focus=moved == "down" or bool(moved and not up))


def guesses(rows: Sequence[Typed], *, ticked: bool) -> Field | None:
    """Return the box that says guessed types were looked at; None where none is guessed."""
    number = sum(map(is_guess, rows))
    if not number:
        return None
    label = gettext("推测的类型已核对（%(number)s 个信息项）") % {"number": number}
    return Field("checked", label, kind="box", ticked=ticked)


def copy(name: str, code: str) -> Field:
    """Return the field for the code of an entry of which a new one begins as a copy."""
    hint = gettext("本单位或其他单位已发布目录的代码。其他单位的只复制信息项和格式，不复制摘要、共享类型、条件和依据。")
    return Field(name, gettext("照已有目录复制（信息资源代码）"), code, hint=hint, example="307001/000001")


def file(name: str, *, most: int) -> Field:
    """Return the field for a file that names the items, of `most` megabytes."""
    hint = gettext("信息项清单（模板可下载），或者有表头的数据文件：列名作信息项，类型按数据推测。不超过 %(most)s MB。")
    return Field(
        name, gettext("列有信息项的文件"), kind="file", hint=hint % {"most": most},
        files=".csv,.tsv,.txt,.xlsx,.xls,.parquet,.arrow",
    )  # fmt: skip
