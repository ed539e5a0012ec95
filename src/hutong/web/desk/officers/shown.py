"""Tables and forms of the pages of officers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from hutong.control.units import queries as members
from hutong.control.units.roster import AssignedRole, FilledIn, OfficerHistory, Posted
from hutong.control.units.sessions import StandingLogin
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.forms import Field
from hutong.web.shown import Shown
from hutong.web.wording import filters
from hutong.web.wording.names import named

STATES = {"counts": ("在任", "good"), "to_come": ("未到任期", "warn"), "ended": ("已终止", "quiet")}
"""State of a role → its name and tone."""
TITLES = {
    "rename": ("变更姓名", "变更姓名", ""),
    "move": ("调动到其他单位", "调动到其他单位", "原单位的角色随即终止，领办的事项退回原单位；账号和办理记录保留。"),
    "stop": ("停用账号", "停用账号", "立即生效：已登录的随即退出，其待办由本处其他人员办理。"),
    "start": ("恢复账号", "恢复账号", ""),
    "password": ("重新发放密码", "重新发放密码", "原密码随即失效，新密码只显示一次，请当面交给本人。"),
    "second_factor": ("停用双因素认证", "停用双因素认证", "手机和恢复码都遗失的，核对本人身份后停用，由其重新启用。"),
    "unlock": ("解除登录限制", "解除登录限制", "登录或动态口令失败次数过多的，可立即重新登录。"),
    "end_sessions": ("终止全部登录", "终止全部登录", "已登录的各处随即退出，须重新登录。"),
    "give": ("授予角色或改变任期", "授予角色或改变任期",
             "首日不填的，自今天起；末日不填的，不限任期。已有的角色，按所填改变任期。"),
    "take": ("收回一个角色", "收回一个角色", "立即生效；领办的事项退回本处。"),
}  # fmt: skip
"""Act → what its form is called, its button, and what it says above its fields."""


def called(act: str) -> str:
    """Return what a form about an officer is called."""
    return gettext(TITLES[act][0])


@dataclass(frozen=True, slots=True)
class OfficerForm(Shown):
    """A form about an officer: what it posts as `act`, title, button, what is said above, its fields, whether open."""

    act: str
    title: str
    button: str
    said: str
    fields: tuple[Field, ...]
    open: bool


def postings(rows: Iterable[Posted]) -> Table:
    """Return the units in which an officer worked."""
    return Table(
        gettext("任职单位"),
        tuple(Column(gettext(title)) for title in ("单位", "起", "止", "依据")),
        tuple(
            (
                Cell(row.unit_name), Cell(filters.day(row.from_at)),
                Cell(filters.day(row.until_at) if row.until_at else gettext("至今")), Cell(row.reason or "—"),
            )
            for row in rows
        ),
    )  # fmt: skip


def assigned(rows: Iterable[AssignedRole]) -> Table:
    """Return the roles an officer has, had or will have."""
    return Table(
        gettext("角色与任期"),
        tuple(Column(gettext(title)) for title in ("角色", "单位", "首日", "末日", "状态", "授予人", "终止")),
        tuple(
            (
                Cell(named(row.role, "role")), Cell(row.unit_name), Cell(filters.day(row.from_date)),
                Cell(filters.day(row.until_date) if row.until_date else gettext("不限")),
                Cell("", badge=gettext(STATES[row.state][0]), tone=STATES[row.state][1]), Cell(row.given_by),
                Cell(f"{row.ended_by} {filters.moment(row.ended_at)}", note=row.reason) if row.ended_at else Cell("—"),
            )
            for row in rows
        ),
        empty=gettext("尚未授予角色"),
    )  # fmt: skip


def deputies(rows: Iterable[FilledIn]) -> Table:
    """Return what an officer fills in for or did."""
    return Table(
        gettext("代理"),
        tuple(Column(gettext(title)) for title in ("角色", "单位", "起", "末日", "终止", "理由")),
        tuple(
            (
                Cell(named(row.role, "role")), Cell(row.unit_name or "—"), Cell(filters.day(row.from_at)),
                Cell(filters.day(row.until_date)), Cell(filters.moment(row.ended_at)), Cell(row.reason),
            )
            for row in rows
        ),
    )  # fmt: skip


def logins(rows: Iterable[StandingLogin]) -> Table:
    """Return where an officer is logged in."""
    return Table(
        gettext("当前登录"),
        tuple(Column(gettext(title)) for title in ("来源", "浏览器", "登录时间", "最近操作")),
        tuple(
            (
                Cell(row.source), Cell(row.browser or "—"), Cell(filters.moment(row.began_at)),
                Cell(filters.moment(row.seen_at)),
            )
            for row in rows
        ),
        empty=gettext("该账号目前没有登录。"),
    )  # fmt: skip


def forms(
    known: OfficerHistory, *, acts: Collection[str], gives: Collection[str], form: Mapping[str, str]
) -> list[OfficerForm]:
    """Return the forms by which the reader may act on an officer; a refused form keeps what was typed."""
    useless = {"start" if known.listed.active else "stop", *(() if known.factor else ("second_factor",))}
    useless |= set() if known.logins else {"end_sessions"}
    ended = [row.role for row in known.assigned if row.state != "ended" and row.role in gives]
    wanted = [*(["give"] if gives else []), *(["take"] if ended else []), *acts]
    wanted = [act for act in wanted if act in TITLES and act not in useless]
    return [_form(act, known=known, gives=gives, ended=ended, form=form) for act in wanted]


def _form(
    act: str, *, known: OfficerHistory, gives: Collection[str], ended: Collection[str], form: Mapping[str, str]
) -> OfficerForm:
    title, button, said = TITLES[act]
    refused = form.get("act") == act
    typed = form if refused else {}

    def field(name: str, label: str, kind: str = "text", *, value: str = "", **more: object) -> Field:
        return Field(name, gettext(label), typed.get(name, value), kind, form=act, **more)  # type: ignore[arg-type]

    def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> Field:
        return field(name, label, "choice", required=True, options=(("", gettext("请选择")), *options))

    reason = field("reason", "理由（必填）", "long", required=True)
    by_act = {
        "rename": (field("name", "姓名", value=known.listed.name, required=True), field("reason", "依据")),
        "move": (choice("unit", "调入单位", (each for each in units() if each[0] != known.listed.unit)), reason),
        "give": (
            choice("role", "角色", roles(gives)),
            field("from_date", "首日", "date", hint=gettext("不填的，自今日起。")),
            field("until_date", "末日（含当日）", "date", hint=gettext("不填的，没有末日；到期自动终止。")),
        ),
        "take": (choice("role", "角色", roles(ended)), reason),
    }  # fmt: skip
    return OfficerForm(
        act, gettext(title), gettext(button), gettext(said) if said else "", by_act.get(act, ()), refused
    )


def add_fields(form: Mapping[str, str], *, units: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
    """Return the fields of a new officer; where there is one unit alone, it is chosen."""
    choose = () if len(units) == 1 else (("", gettext("请选择")),)
    return (
        Field("username", gettext("账号"), form.get("username", ""), required=True,
              hint=gettext("登录用，以字母或数字开头，只含字母、数字和 . _ @ + -；此后不变。")),
        Field("name", gettext("姓名"), form.get("name", ""), required=True),
        Field("unit", gettext("单位"), form.get("unit", ""), "choice", required=True, options=(*choose, *units)),
    )  # fmt: skip


def units() -> list[tuple[str, str]]:
    """Return every active unit by code and name."""
    return [(unit.credit_code, unit.name) for unit in members.units()]


def roles(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return roles by code and name."""
    return [(code, named(code, "role")) for code in codes]


def state(active: bool) -> str:
    """Return what the state of an account is called."""
    return gettext("在用") if active else gettext("已停用")


def named_roles(codes: Iterable[str]) -> str:
    """Return roles by name, one after the other."""
    return filters.joined(named(code, "role") for code in codes)
