"""The fields of the form of an entry, and the table of its items."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from hutong.control.catalog import rules
from hutong.web.forms import Field, Grid, GridRow
from hutong.web.wording.names import MODES, TYPES

Typed = Mapping[str, Any]
Options = tuple[tuple[str, str], ...]
FLAGS = ("key", "required", "sensitive", "condition", "ranged", "filter")
"""What may be ticked of an item, in the order of its columns."""


def facts(typed: Typed) -> dict[str, Field]:
    """Return the fields of what an entry says of its resource, by their names."""
    every = (
        Field(
            "code", gettext("信息资源代码"), _said(typed, "code"), required=True, example="307001/000001",
            hint=gettext("类1位、项2位、目3位、细目不限，斜杠后为顺序号。"),
        ),
        Field("name", gettext("名称"), _said(typed, "name"), required=True, hint=gettext("全县不得重名。")),
        Field("abstract", gettext("摘要"), _said(typed, "abstract"), kind="long", required=True),
        _choice("format", gettext("格式"), typed, rules.FORMATS),
        _choice("method", gettext("共享方式"), typed, rules.METHODS),
        _choice("sharing_type", gettext("共享类型"), typed, rules.SHARING_TYPES),
        _choice("update_cycle", gettext("更新周期"), typed, rules.UPDATE_CYCLES),
        Field(
            "service", gettext("服务名称（服务接口）"), _said(typed, "service"), example="vehicle.check",
            hint=gettext("提供方前置机登记该服务所用的名称，不填网络地址。"),
        ),
        Field(
            "time_out", gettext("应答时限（秒）"), _said(typed, "time_out"), digits=True,
            hint=gettext("只有服务接口填写。"),
        ),
        Field("sharing_condition", gettext("共享条件（有条件共享）"), _said(typed, "sharing_condition")),
        Field("sharing_basis", gettext("不予共享的依据"), _said(typed, "sharing_basis")),
        Field("personal", gettext("记录涉及个人"), kind="box", ticked=bool(typed.get("personal"))),
    )  # fmt: skip
    return {each.name: each for each in every}


def grid(rows: Sequence[Typed]) -> Grid:
    """Return the table of the items, a row for each, with its quality rules below."""
    columns = {
        "code": gettext("字段名"), "name": gettext("名称"), "type": gettext("类型"), "length": gettext("最长字数"),
        "offered": gettext("最高可用方式"), "key": gettext("识别项"), "required": gettext("必填"),
        "sensitive": gettext("敏感"), "condition": gettext("可作条件"), "ranged": gettext("可按范围"),
        "filter": gettext("可限定记录"),
    }  # fmt: skip
    options = {
        "type": tuple((code, gettext(name)) for code, name in TYPES.items()),
        "offered": tuple((str(mode), gettext(name)) for mode, name in MODES.items()),
    }
    listed = tuple(_row(row, number, columns=columns, options=options) for number, row in enumerate(rows, start=1))
    return Grid(gettext("信息项"), tuple(columns.values()), gettext("质量规则"), listed)


def _said(typed: Typed, name: str) -> str:
    return str(typed.get(name, "") or "")


def _choice(name: str, label: str, typed: Typed, options: Mapping[int, str]) -> Field:
    worded = tuple((str(code), gettext(words)) for code, words in options.items())
    return Field(name, label, _said(typed, name), "choice", options=worded)


def _row(row: Typed, number: int, *, columns: Mapping[str, str], options: Mapping[str, Options]) -> GridRow:
    fields = tuple(
        Field(
            f"item-{number}-{name}", f"{title} {number}", "" if name in FLAGS else _said(row, name),
            "box" if name in FLAGS else "choice" if name in options else "text", options=options.get(name, ()),
            digits=name == "length",
            css="short" if name == "length" else "", ticked=name in FLAGS and bool(row.get(name)),
        )
        for name, title in columns.items()
    )  # fmt: skip
    written = _said(row, "rules")
    lines = len(written.splitlines()) or 1
    below = Field(f"item-{number}-rules", f"{gettext('质量规则')} {number}", written, "long", lines=lines)
    return GridRow(tuple(zip(columns.values(), fields, strict=True)), below)
