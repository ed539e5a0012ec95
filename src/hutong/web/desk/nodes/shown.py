"""What pages show of front-end servers: what one declares, what a change says, and the fields of their forms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from hutong.control.nodes.models import DeclaredVersion, FrontEndServer, ServerChange, ServerDrift
from hutong.control.nodes.queries import Clocked, ServerChangeForm, ServerForm, ServerPage
from hutong.control.nodes.rules import DECLARED, LARGEST_PORT, OPTIONAL
from hutong.control.nodes.standing import Standing
from hutong.web.desk.parts import Cell, Column, Table
from hutong.web.facts import Fact, Words, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "nodes"
"""Name of the page whose fields these are, where labels are looked up."""
MANAGED: Mapping[str, str] = {"SELF": gettext_noop("自行管理"), "ENTRUSTED": gettext_noop("委托管理")}
"""By whom a server is managed → what that is called (Chinese)."""
ITEMS: Mapping[str, str] = {
    "connection": gettext_noop("连接参数"), "account": gettext_noop("访问账号"), "password": gettext_noop("密码"),
    "schema": gettext_noop("数据结构"), "management": gettext_noop("管理方式"), "other": gettext_noop("其他"),
}  # fmt: skip
"""Part of a configuration → what it is called (Chinese)."""
KINDS_OF_FIELDS = {
    "managed": "choice", "system": "choice", "port": "number", "accounts": "long", "password_date": "date",
    "tables": "long",
}  # fmt: skip
"""What is declared → how its field looks, where it is not a line of text."""
HINTS = {
    "code": "本单位对这台前置机的编号：英文字母、数字和半角符号，如 QZJ-01。",
    "host": "IP 地址或者主机名，不写协议和端口。",
    "network": "接入的网络，如政务外网。",
    "accounts": "每行一个账号的名称。不填写密码，平台也不保存密码。",
    "password_date": "最近一次更改访问账号密码的日期。",
    "tables": "每行一张数据表，如 person: id, name, address。",
    "contact": "前置机的管理人员和办公电话，不填写个人手机号。",
    "system": "前置机以这一系统的密钥签名，报送心跳、摘要和中断情况；没有登记的，先登记应用系统。",
}
DIGITS_SHOWN = 16
"""Hexadecimal digits of a digest that a table shows."""


def managed(code: str) -> str:
    """Return by whom a server is managed, in words."""
    return gettext(MANAGED[code])


def items(codes: Sequence[str]) -> str:
    """Return which parts of a configuration these are, in words."""
    return "、".join(gettext(ITEMS[code]) for code in codes)


def facts(server: FrontEndServer, declared: Mapping[str, object], digest: str) -> Iterator[Fact]:
    """Yield what a server is, what it declares, and the digest of that."""
    yield fact(gettext("单位"), server.unit.name, server.unit.credit_code)
    yield fact(_label("name"), server.name, server.code)
    for name in DECLARED:
        yield Fact(_label(name), tuple(map(Words, _lines(name, declared[name]))))
    yield Fact(gettext("登记内容的摘要"), (Words("", digest),))


def _lines(name: str, value: object) -> list[str]:
    if value in (None, "", []):
        return ["—"]
    if isinstance(value, list):
        return [str(each) for each in value]
    if name == "managed":
        return [managed(str(value))]
    return [filters.day(date.fromisoformat(str(value)))] if name == "password_date" else [str(value)]


def standing_facts(page: ServerPage) -> Iterator[Fact]:
    """Yield what a registered server says of itself, as far as it does."""
    if page.server.state == "ACTIVE":
        yield fact(gettext("运行情况"), running(page.standing))
        yield fact(gettext("与登记内容是否相符"), agreeing(page.standing))


def running(standing: Standing) -> str:
    """Return in words whether a server is heard of (SX-13-b)."""
    if not standing.signs:
        return gettext("不报送")
    if standing.heard_at is None:
        return gettext("没有收到过心跳")
    said = gettext("失去联系，最近心跳 %(moment)s") if standing.lost else gettext("运行中，最近心跳 %(moment)s")
    return said % {"moment": filters.moment(standing.heard_at)}


def agreeing(standing: Standing) -> str:
    """Return in words whether what a server finds is what it declares (SX-14-a); where it is not, people look."""
    if not standing.digest:
        return gettext("没有报送摘要")
    if not standing.differs:
        return gettext("与登记内容相符")
    if standing.under_way:
        return gettext("与登记内容不同，有变更正在实施")
    return gettext("配置变动（待核实），自 %(moment)s") % {"moment": filters.moment(standing.since_at)}


def versions(page: ServerPage) -> Table:
    """Return the newest versions of what a server declared, each with from when, and by which change."""
    no = page.server.no
    return Table(
        gettext("登记内容的历次版本"),
        tuple(Column(gettext(title)) for title in ("版本", "自", "依据", "变更内容", "摘要")),
        tuple(
            (
                Cell(str(each.number), reverse("server-version", args=[no, each.number])),
                Cell(filters.moment(each.from_at)),
                _basis(each),
                Cell(items(each.change.items) if each.change else gettext("首次登记")),
                Cell("", code=each.digest[:DIGITS_SHOWN]),
            )
            for each in page.versions
        ),
        empty=gettext("还没有登记。"),
        even=False,
    )  # fmt: skip


def _basis(version: DeclaredVersion) -> Cell:
    if version.change is None:
        return Cell(gettext("登记"))
    return Cell(version.change.no, reverse("server-change", args=[version.change.no]))


def change_facts(change: ServerChange, clocked: Clocked) -> Iterator[Fact]:
    """Yield what a change says: an emergency begins with why it could not wait."""
    if change.urgent:
        yield Fact(_label("urgent"), (Words(gettext("是，即时变更、即时告知"), strong=True),))
    yield fact(_label("reason"), change.reason)
    server = change.server
    yield fact(gettext("单位"), server.unit.name, server.unit.credit_code)
    yield fact(gettext("前置机"), server.name, server.code, address=reverse("server", args=[server.no]))
    yield fact(_label("managed"), managed(change.managed))
    yield fact(gettext("变更内容"), items(change.items))
    if not change.urgent:
        yield fact(gettext("变更时间"), window(change))
        yield fact(gettext("是否提前申请"), lead(clocked))
    if clocked.answered_late:
        said = gettext("平台运维单位没有在%(day)s前答复；未答复不视为同意，也不由申请单位承担。")
        yield fact(gettext("答复情况"), said % {"day": filters.day(clocked.answer_day)})


def differences(change: ServerChange) -> Table:
    """Return what a change changes: as it was declared when it was written down, and as it is to be."""
    return Table(
        gettext("变更前后"),
        tuple(Column(gettext(title)) for title in ("登记内容", "变更前", "变更后")),
        tuple(
            (Cell(_label(name)), Cell("；".join(_lines(name, change.before[name]))), Cell(_after(name, change)))
            for name in DECLARED
            if name in change.after
        ),
    )


def _after(name: str, change: ServerChange) -> str:
    if name == "password_date" and change.after[name] is None:
        return gettext("实施之日")
    return "；".join(_lines(name, change.after[name]))


def executed(change: ServerChange) -> Iterator[Fact]:
    """Yield what was carried out, and what is computed of it; nothing where nothing was."""
    if change.executed_at is None:
        return
    yield fact(_label("executed_at"), filters.moment(change.executed_at))
    yield fact(_label("executed_by"), change.executed_by)
    yield fact(_label("done"), change.done)
    if change.approved_before is not None:
        yield fact(gettext("是否经核准后实施"), evidence(change.approved_before))
        yield fact(gettext("是否在变更时间内实施"), evidence(bool(change.in_window)))


def drift_facts(drift: ServerDrift) -> Iterator[Fact]:
    """Yield what was found of a server that tells otherwise than it declares."""
    server = drift.server
    yield fact(gettext("单位"), server.unit.name, server.unit.credit_code)
    yield fact(gettext("前置机"), server.name, server.code, address=reverse("server", args=[server.no]))
    yield fact(_label("managed"), managed(drift.managed))
    yield fact(gettext("变动自"), filters.moment(drift.since_at))
    yield fact(gettext("发现时间"), filters.moment(drift.found_at))
    yield Fact(gettext("登记内容的摘要"), (Words("", drift.declared_digest),))
    yield Fact(gettext("报送的摘要"), (Words("", drift.digest),))


def evidence(kept: bool) -> str:
    """Return in words whether a rule was kept; what follows where it was not, people decide."""
    return gettext("是") if kept else gettext("否，留存备查，由人员认定")


def window(change: ServerChange) -> str:
    """Return in words when a change is to be carried out."""
    if change.window_from_at is None or change.window_until_at is None:
        return gettext("紧急变更，即时实施")
    said = gettext("%(begins)s 至 %(ends)s")
    return said % {"begins": _minute(change.window_from_at), "ends": _minute(change.window_until_at)}


def lead(clocked: Clocked) -> str:
    """Return in words whether a change was applied for early enough (SX-14-b)."""
    if clocked.latest is None:
        return gettext("提交后计算")
    day = {"day": filters.day(clocked.latest)}
    return gettext("是，最迟应于%(day)s提交") % day if clocked.in_time else gettext("否，最迟应于%(day)s提交") % day


def server_fields(form: ServerForm, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of a server, with what was typed."""
    return [_field(name, typed, form.systems) for name in ("name", "code", *DECLARED)]


def change_fields(form: ServerChangeForm, typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of a change, with what was typed: why, when, and all that is declared, as it is to be."""
    before = [
        Field("reason", _label("reason"), typed.get("reason", ""), "long", required=True),
        Field("urgent", _label("urgent"), "1", "box", ticked="urgent" in typed,
              hint=gettext("密码泄露、无法访问等不能等待的，即时变更、即时告知，并在变更原因中首先写明。")),
        Field("window_from_at", _label("window_from_at"), typed.get("window_from_at", ""), "datetime-local",
              depends=True, hint=_when(form)),
        Field("window_until_at", _label("window_until_at"), typed.get("window_until_at", ""), "datetime-local",
              depends=True),
    ]  # fmt: skip
    declared = [_field(name, typed, form.systems) for name in DECLARED if name != "password_date"]
    password = Field("password_changes", _label("password_changes"), "1", "box", ticked="password_changes" in typed,
                     hint=gettext("不填写密码；更改的日期按实施之日登记。"))  # fmt: skip
    return [*before, *declared, password, *(_executing(form, typed))]


def _executing(form: ServerChangeForm, typed: Mapping[str, str]) -> list[Field]:
    """Return what an emergency on the unit's own server says besides: it was carried out already."""
    return execution_fields(typed, depends=True) if form.server.managed == "SELF" else []


def execution_fields(typed: Mapping[str, str], *, depends: bool = False) -> list[Field]:
    """Return the fields that say what was carried out; they depend on whether it was, in the form of a change."""
    hint = gettext("紧急变更的，写明已经实施的情况；其他变更在实施之后登记，这里不填。") if depends else ""
    looks = {"executed_at": "datetime-local", "executed_by": "text", "done": "long"}
    return [
        Field(
            name, _label(name), typed.get(name, ""), kind, required=not depends, depends=depends,
            hint=hint if name == "executed_at" else "",
        )
        for name, kind in looks.items()
    ]  # fmt: skip


def _field(name: str, typed: Mapping[str, str], systems: Sequence[tuple[str, str]]) -> Field:
    return Field(
        name, _label(name), typed.get(name, ""), KINDS_OF_FIELDS.get(name, "text"), required=name not in OPTIONAL,
        hint=gettext(HINTS[name]) if name in HINTS else "",
        options=_options() if name == "managed" else _systems(systems) if name == "system" else (),
        least=1 if name == "port" else None, most=LARGEST_PORT if name == "port" else None,
        lines=5 if name == "tables" else 3,
    )  # fmt: skip


def _options() -> tuple[tuple[str, str], ...]:
    return (("", gettext("请选择")), *((code, gettext(words)) for code, words in MANAGED.items()))


def _systems(systems: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return (("", gettext("不报送")), *((code, f"{name}（{code}）") for code, name in systems))


def kept(server: FrontEndServer) -> dict[str, str]:
    """Return what a server says, as its form has it."""
    return {"name": server.name, "code": server.code, **typed(server.facts)}


def typed(declared: Mapping[str, object]) -> dict[str, str]:
    """Return what is declared, as a form has it."""
    return {
        name: "\n".join(value) if isinstance(value, list) else "" if value is None else str(value)
        for name, value in declared.items()
    }


def kept_change(change: ServerChange, declared: Mapping[str, object]) -> dict[str, str]:
    """Return what an application says, as its form has it, over what the server declares now."""
    wanted = {**declared, **{name: value for name, value in change.after.items() if name != "password_date"}}
    said = {
        **typed(wanted),
        "reason": change.reason, "executed_by": change.executed_by, "done": change.done,
        "window_from_at": _minute(change.window_from_at), "window_until_at": _minute(change.window_until_at),
        "executed_at": _minute(change.executed_at),
    }  # fmt: skip
    ticked = {"urgent": change.urgent, "password_changes": "password_date" in change.after}
    return said | {name: "1" for name, is_so in ticked.items() if is_so}


def _minute(moment: datetime | None) -> str:
    return filters.moment(moment)[:16] if moment else ""


def _when(form: ServerChangeForm) -> str:
    if form.earliest is None:
        return gettext("应当提前 %(days)s 个工作日申请；紧急变更不填。") % {"days": form.days}
    said = {"days": form.days, "day": filters.day(form.earliest)}
    words = gettext("应当提前 %(days)s 个工作日申请，今日提交的，最早%(day)s实施；更早的照收并注明。紧急变更不填。")
    return words % said


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
