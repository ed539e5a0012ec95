"""What the demonstration county's units publish: literal definitions, codes as in requirements B.1.2."""

from hutong.demo import names
from hutong.plane import soundness
from hutong.plane.definition import Definition, Form, Item, Mode, QualityRule, Rule, Type

RESIDENTS = "1010001/001"
ENTERPRISES = "1020001/001"
STREETS = "1030001/001"
LICENCES = "1020001/002"
VEHICLES = "1010001/002"


def residents(*, provider: str) -> Definition:
    """The police's register of residents: name and number for comparing only, what a service needs for querying."""
    return Definition(
        code=RESIDENTS,
        version=1,
        name="人口基本信息",
        provider=provider,
        key=("resident_number",),
        items=(
            Item(
                "resident_number",
                "公民身份号码",
                length=18,
                required=True,
                sensitive=True,
                rules=(QualityRule(Rule.RESIDENT_NUMBER),),
            ),
            Item("name", "姓名", length=50, required=True, sensitive=True),
            Item("sex", "性别", length=1, required=True, rules=(QualityRule(Rule.ONE_OF, "男|女"),)),
            Item("birth_date", "出生日期", type=Type.DATE, required=True, sensitive=True),
            Item("address", "住址", length=200, sensitive=True, offered=Mode.QUERY),
            Item(
                "street",
                "所属街道（乡镇）",
                length=50,
                offered=Mode.QUERY,
                condition=True,
                rules=(QualityRule(Rule.ONE_OF, "|".join(names.STREETS)),),
            ),
            Item("household", "户号", length=20, sensitive=True, offered=Mode.QUERY, condition=True),
        ),
    )


def enterprises(*, provider: str) -> Definition:
    """The market regulator's register of enterprises: about organisations, offered up to subscription."""
    return Definition(
        code=ENTERPRISES,
        version=1,
        name="企业登记信息",
        provider=provider,
        key=("credit_code",),
        personal=False,
        items=(
            Item(
                "credit_code",
                "统一社会信用代码",
                length=18,
                required=True,
                offered=Mode.SUBSCRIBE,
                condition=True,
                rules=(QualityRule(Rule.CREDIT_CODE),),
            ),
            Item("name", "企业名称", length=200, required=True, offered=Mode.SUBSCRIBE, condition=True),
            Item("legal_representative", "法定代表人", length=50, sensitive=True, offered=Mode.SUBSCRIBE),
            Item("founded_date", "成立日期", type=Type.DATE, offered=Mode.SUBSCRIBE),
            Item("capital", "注册资本（元）", type=Type.NUMERIC, offered=Mode.SUBSCRIBE),
            Item("status", "登记状态", length=20, required=True, offered=Mode.SUBSCRIBE, condition=True),
            Item("street", "所属街道（乡镇）", length=50, offered=Mode.SUBSCRIBE, condition=True),
        ),
    )


def licences(*, provider: str) -> Definition:
    """The market regulator's scans of business licences: files, each known by its digest."""
    return Definition(
        code=LICENCES,
        version=1,
        name="营业执照扫描件",
        provider=provider,
        key=("credit_code",),
        personal=False,
        form=Form.FILE,
        items=(
            Item("credit_code", "统一社会信用代码", length=18, required=True, rules=(QualityRule(Rule.CREDIT_CODE),)),
            Item(
                "scan",
                "营业执照扫描件",
                type=Type.GENERAL,
                required=True,
                rules=(QualityRule(Rule.KINDS, "pdf|jpeg"), QualityRule(Rule.MEGABYTES, "10")),
            ),
        ),
    )


def vehicles(*, provider: str) -> Definition:
    """The police's own service that says whose a vehicle is: an interface, of which nothing is held."""
    return Definition(
        code=VEHICLES,
        version=1,
        name="机动车登记核查",
        provider=provider,
        key=("plate",),
        form=Form.INTERFACE,
        service="vehicle.check",
        time_out=5,
        items=(
            Item("plate", "号牌号码", length=12, required=True),
            Item("owner_number", "所有人身份证件号码", length=18, sensitive=True),
            Item("status", "登记状态", length=20, offered=Mode.QUERY),
        ),
    )


def own(
    *,
    code: str,
    name: str,
    provider: str,
    columns: list[str],
    key: tuple[str, ...],
    querying: bool = True,
    personal: bool = False,
) -> Definition:
    """The definition for a file of a newcomer's own: every column as text, the key required.

    Column names become item names; an item code is the name itself where it may be one, `c1`, `c2` … else.
    What is personal is held enciphered.
    """
    codes = {
        column: column if soundness.CODE.fullmatch(column) else f"c{place}" for place, column in enumerate(columns, 1)
    }
    most = Mode.QUERY if querying else Mode.COMPARE
    return Definition(
        code=code,
        version=1,
        name=name,
        provider=provider,
        key=tuple(codes[column] for column in key),
        personal=personal,
        items=tuple(
            Item(
                codes[column],
                column,
                required=column in key,
                sensitive=personal,
                offered=most,
                condition=querying,
            )
            for column in columns
        ),
    )
