"""What pages show of tokens: the facts of one, and the fields of the form that makes one."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.utils.translation import gettext

from hutong.control.units.token_list import ENDED, OVER, STANDS, ListedToken, NewToken
from hutong.control.units.tokens import ACT, READ
from hutong.web.desk.room import Room
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "tokens"
"""Name of the page whose fields these are, where labels are looked up."""
SCOPE = "scope-"
"""How the names of the fields begin that say what may be done in a room."""
STATES = {STANDS: ("有效", "good"), OVER: ("已到期", "quiet"), ENDED: ("已终止", "quiet")}
"""State of a token → its name and tone."""
MAY = {READ: "只读", ACT: "读取和办理"}
"""What a token may do in a room → its name."""
WHY = {
    "factor": "双因素认证已停用",
    "role": "角色已终止",
    "logins": "密码已修改、账号已停用或者登录已全部终止",
    "handed": "名下事项已移交",
}
"""Why a token ended by itself → its words; else the reason that somebody gave."""


def state(code: str) -> str:
    """Return what the state of a token is called."""
    return gettext(STATES[code][0])


def scope(scopes: tuple[str, ...], rooms: tuple[Room, ...]) -> str:
    """Return in words what a token may do in which room."""
    titles = {room.start: gettext(room.title) for room in rooms}
    told = [each.partition(":") for each in scopes]
    return filters.joined(
        gettext("%(room)s（%(may)s）") % {"room": titles.get(room, room), "may": gettext(MAY[may])}
        for room, _, may in told
    )


def last_day(token: ListedToken) -> str:
    """Return the last day on which a token counts."""
    return filters.day(token.until_at - timedelta(seconds=1))


def why(token: ListedToken) -> str:
    """Return why a token ended before its day."""
    return gettext(WHY[token.reason]) if token.reason in WHY else token.reason


def facts(token: ListedToken, rooms: tuple[Room, ...]) -> Iterator[Fact]:
    """Yield what is known of a token; the token itself is known to nobody."""
    yield fact(gettext("编号"), token.id)
    yield fact(gettext("姓名"), token.officer_name, token.officer)
    yield fact(gettext("单位"), token.unit_name)
    yield fact(gettext("适用范围"), scope(token.scopes, rooms))
    yield fact(gettext("创建时间"), filters.moment(token.made_at))
    yield fact(gettext("末日（含当日）"), last_day(token))
    yield fact(gettext("最近使用"), filters.moment(token.used_at) if token.used_at else gettext("还没有使用"))
    if token.used_from:
        yield fact(gettext("使用来源"), token.used_from)
    if token.ended_at:
        yield fact(gettext("终止时间"), filters.moment(token.ended_at), token.ended_by)
        yield fact(gettext("终止原因"), why(token) or gettext("本人终止"))


def fields(form: NewToken, typed: Mapping[str, str], *, rooms: tuple[Room, ...]) -> list[Field]:
    """Return the fields of a new token, with what was typed: never the password, nor the code."""
    may = (("", gettext("不开放")), *((code, gettext(words)) for code, words in MAY.items()))
    days = gettext("最长 %(days)s 天，到期自动失效。") % {"days": form.bounds.days}
    return [
        Field("name", _label("name"), typed.get("name", ""), required=True, longest=100, completed="off",
              hint=gettext("写明用在哪里，例如“每日待办汇总程序”。")),
        Field("days", _label("days"), typed.get("days", f"{form.bounds.usual_days}"), "number", required=True, least=1,
              most=form.bounds.days, completed="off", hint=days),
        *(
            Field(f"{SCOPE}{room.start}", gettext(room.title), typed.get(f"{SCOPE}{room.start}", ""), "choice",
                  depends=True, options=may)
            for room in rooms
        ),
        Field("present", gettext("当前密码"), kind="password", completed="current-password", required=True),
        Field("code", _label("code"), completed="one-time-code", required=True),
    ]  # fmt: skip


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
