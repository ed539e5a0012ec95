"""The tables that honest files are made from: three registers as counties keep them, with nobody in them.

A table has its values in the form in which the platform compares them; how they are written is the business of who
writes the file.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from stdnum.cn import ric, uscc

from hutong.plane.definition import Definition, Item, Mode, QualityRule, Rule, Type

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Table:
    """A register: what was published of it, and its records."""

    definition: Definition
    rows: tuple[Row, ...]

    @property
    def codes(self) -> list[str]:
        """The codes of its items."""
        return [item.code for item in self.definition.items]

    @property
    def names(self) -> list[str]:
        """Their names, as titles of columns."""
        return [item.name for item in self.definition.items]

    def types(self) -> dict[str, Type]:
        """Return the type of each item."""
        return {item.code: item.type for item in self.definition.items}

    def first(self, count: int) -> "Table":
        """Return a table of its first records alone."""
        return Table(self.definition, self.rows[:count])


@dataclass(frozen=True, slots=True)
class HonestFile:
    """A file that somebody hands in who means no harm: its name, its records, and how it is written."""

    name: str
    table: Table
    write: Callable[[Path, Table], Path]


def _definition(code: str, name: str, items: Sequence[Item]) -> Definition:
    return Definition(code=code, version=1, name=name, provider="p", key=(items[0].code,), items=tuple(items))


def _item(code: str, name: str, type: Type = Type.STRING, **more: object) -> Item:
    return Item(code, name, type, offered=Mode.QUERY, **more)  # type: ignore[arg-type]


_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ["建国", "桂英", "秀兰", "伟", "芳", "一鸣", "子涵", "玉梅", "爱华", "志强"]
_RARE = ["阿依古丽·买买提", "欧阳\U00020bb7", "司徒䶮", "尼玛次仁"]
_PLACES = ["城关镇东大街12号", "南关乡柳林村三组", "开发区创业路8号2栋3单元501室", "北河镇（原北河公社）大桥村"]
_NOTES = [None, "低保户", "经核实，情况属实。", "含“待补”材料", "见 2023-15 号文件", "a,b;c", None]


def _residents() -> Table:
    chance = random.Random(1)
    items = (
        _item("register_no", "登记编号", length=12),
        _item("name", "姓名", required=True, sensitive=True, length=50),
        _item("id_number", "公民身份号码", sensitive=True, rules=(QualityRule(Rule.RESIDENT_NUMBER),)),
        _item("birth_date", "出生日期", Type.DATE),
        _item("phone", "联系电话"),
        _item("address", "住址"),
        _item("note", "备注", Type.MEMO),
    )
    rows = []
    for number in range(24):
        born = date(1950, 1, 1) + timedelta(chance.randrange(20_000))
        body = f"450921{born:%Y%m%d}{chance.randrange(1000):03}"
        name = _RARE[number % 4] if number % 6 == 5 else chance.choice(_SURNAMES) + chance.choice(_GIVEN)
        rows.append({
            "register_no": f"{number * 37 + 12:08}", "name": name, "id_number": body + ric.calc_check_digit(body + "0"),
            "birth_date": born.isoformat(), "phone": f"139{chance.randrange(10**8):08}",
            "address": chance.choice(_PLACES), "note": _NOTES[number % 7],
        })  # fmt: skip
    return Table(_definition("307001/000101", "困难家庭登记", items), tuple(rows))


def _businesses() -> Table:
    chance = random.Random(2)
    items = (
        _item("credit_code", "统一社会信用代码", rules=(QualityRule(Rule.CREDIT_CODE),)),
        _item("name", "企业名称", required=True, length=100),
        _item("capital", "注册资本（万元）", Type.NUMERIC),
        _item("founded", "成立日期", Type.DATE),
        _item("region", "行政区划代码", rules=(QualityRule(Rule.REGION_CODE),)),
        _item("staff", "从业人数", Type.INTEGER),
        _item("operating", "是否在营", Type.LOGICAL),
        _item("rate", "研发投入占比", Type.DOUBLE),
    )
    rows = []
    for number in range(18):
        body = f"91450921MA{chance.randrange(10**7):07}"
        capital = [50, 1000, 12.5, 0.8, 30000, 123456.78][number % 6]
        rows.append({
            "credit_code": body + uscc.calc_check_digit(body),
            "name": f"某县{_SURNAMES[number % 16]}氏商贸有限公司（第{number}分店）",
            "capital": f"{capital:g}" if capital < 1e5 else "123456.78",
            "founded": (date(1999, 7, 1) + timedelta(211 * number)).isoformat(), "region": "450921",
            "staff": str(chance.randrange(3, 900)), "operating": ["true", "false"][number % 5 == 4],
            "rate": ["0.05", "0.1", "0.125", None][number % 4],
        })  # fmt: skip
    return Table(_definition("307001/000102", "企业登记", items), tuple(rows))


def _payments() -> Table:
    chance = random.Random(3)
    items = (
        _item("pay_no", "发放编号", length=20),
        _item("payee", "领取人", required=True, length=50),
        _item("paid_at", "发放时间", Type.DATETIME),
        _item("amount", "金额（元）", Type.CURRENCY),
        _item("persons", "人口数", Type.INTEGER),
        _item("account", "银行账号"),
        _item("remark", "备注", Type.MEMO),
    )
    rows = []
    for number in range(20):
        at = datetime(2025, 1, 3, 8, 0, 0) + timedelta(minutes=chance.randrange(500_000))
        remark = ["第一行\n第二行", "他说“同意”", 'a "quoted" word', None, "＊注", "甲、乙"][number % 6]
        rows.append({
            "pay_no": f"FF-{number:04}", "payee": chance.choice(_SURNAMES) + chance.choice(_GIVEN),
            "paid_at": at.isoformat(timespec="seconds"),
            "amount": ["1200", "365.5", "0.1", "98765.43", "300.07"][number % 5],
            "persons": str(number % 7 + 1), "account": f"6217{chance.randrange(10**15):015}", "remark": remark,
        })  # fmt: skip
    return Table(_definition("307001/000103", "补贴发放", items), tuple(rows))


RESIDENTS, BUSINESSES, PAYMENTS = _residents(), _businesses(), _payments()
