"""What people read when something is refused: code → Chinese and English.

Each `.toml` file beside this module holds one room's codes::

    [QUOTA_SPENT]
    zh = "授权 {grant} 今日额度 {quota} 次已用完。"
    do_zh = "请于次日再试,或由使用方申请调整额度。"
    do_en = "Try again tomorrow, or apply for a larger quota."

The English message is the docstring of the error class itself. `zh_bare` and `en_bare` are told where a fact of the
message is not known, as of a refusal of which a record kept no more than the code.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hutong.core import labels
from hutong.core.errors import Faults, Problem
from hutong.core.labels import Both, Language

MODES = {"compare": "数据比对", "query": "数据查询", "subscribe": "数据订阅"}
"""The sharing modes as officers call them."""
FORMS = {"table": "库表", "file": "文件", "interface": "接口"}
"""The three forms of a resource as officers call them (P-3)."""
ROLES = labels.subject_of("roles")
"""The roles of officers, in their order."""
ADMINISTRATORS = ("system_admin", "security_admin", "auditor")
"""The roles of the three administrators (三员), who take no part in business (SX-11-a)."""
OFFICES = ("authority", "operator", "government")
"""Roles that are offices (职责单位): each is held per region by one unit at a time and counts there alone (D-23)."""
RECORD_CLASSES = {"usage": "使用日志", "operation": "运行日志", "administration": "管理日志", "security": "安全日志"}
"""The classes of records of the evidence log."""

READ = {
    "a number": Both("数字", "a number"),
    "a date": Both("日期", "a date"),
    "text": Both("文本", "text"),
    "Unicode": Both("Unicode 文本", "Unicode"),
}
"""What the value of a condition is read as."""
DISKS = {
    "data": Both("数据文件夹", "data folder"),
    "database": Both("数据库", "database"),
    "spool": Both("待装载文件夹", "spool"),
}
"""What lies on a disk."""
CLOCKS = {"database": Both("数据库服务器", "the database's server")}
"""Whose clock a clock is held against; a time server is called by its name."""
KEYS = {"log": Both("日志签名密钥", "that of the log"), "replies": Both("答复签名密钥", "that of replies")}
"""Which of the platform's own keys."""
SERVICE_STATES = {
    "PROPOSED": Both("待核准", "waiting to be confirmed"),
    "IN_FORCE": Both("在用", "in use"),
    "OFF": Both("已停用", "switched off"),
    "ENDED": Both("已终止", "ended"),
}
"""States of the registration of an identity service."""
SERVICE_FAULTS = {
    "ADDRESS_ELSEWHERE": Both("地址不在签发者的主机上", "an address is not at the issuer's host"),
    "TOO_SLOW": Both("答复太慢", "it is too slow"),
    "TOO_LARGE": Both("答复太大", "its answer is too large"),
    "NO_ANSWER": Both("无法连接，或者答复无法识别", "it cannot be reached, or not be understood"),
    "DISCOVERY_UNREADABLE": Both("服务说明无法读取", "its description cannot be read"),
    "DISCOVERY_UNFIT": Both("服务说明不合规范", "its description is not as the specification asks"),
    "ISSUER_OTHER": Both("说明中的签发者与所填不同", "its description names another issuer"),
    "NO_CODE_FLOW": Both("不支持授权码方式", "it has no authorization code flow"),
    "NO_PKCE": Both("不支持 PKCE（S256）", "it has no PKCE with S256"),
    "NO_ALGORITHM": Both("没有可以采用的签名算法", "it has no way of signing that is taken"),
    "NO_AUTHENTICATION": Both("不支持用客户端密钥认证", "it takes no client secret"),
    "KEYS_UNREADABLE": Both("公钥无法读取", "its keys cannot be read"),
    "ERROR": Both("登录没有完成", "the login was not completed"),
    "CODE_REFUSED": Both("授权码未被接受", "the code was not taken"),
    "ANSWER_UNREADABLE": Both("答复无法读取", "its answer cannot be read"),
    "NO_TOKEN": Both("没有身份令牌", "there is no ID token"),
    "UNREADABLE": Both("令牌无法读取", "the token cannot be read"),
    "SIGNATURE": Both("签名不成立", "the signature does not hold"),
    "ISSUER": Both("签发者不符", "it is by another issuer"),
    "AUDIENCE": Both("不是给本平台的", "it is not for this platform"),
    "NONCE": Both("不是为这次登录给出的", "it is not for this login"),
    "TIME": Both("不在有效时间内", "it is not valid at this time"),
    "SUBJECT": Both("没有可以采用的标识", "it has no subject that is taken"),
    "CLAIMS": Both("内容不合规范", "its claims are not as the specification asks"),
}
"""What is wrong with what an identity service answers."""
SUSPENDED = {"unit": "使用单位", "system": "应用系统", "grant": "授权"}
"""Of whom service is suspended."""


def _alike(names: Mapping[str, str]) -> dict[str, Both]:
    """Return names of codes that are English words themselves."""
    return {code: Both(name, code) for code, name in names.items()}


CODES: dict[str, Mapping[str, Both]] = {
    "mode": _alike(MODES),
    "granted": _alike(MODES),
    "modes": _alike(MODES),
    "form": _alike(FORMS),
    "other_form": _alike(FORMS),
    "role": ROLES,
    "offices": ROLES,
    "one": ROLES,
    "other": ROLES,
    "record_class": _alike(RECORD_CLASSES),
    "suspended": _alike(SUSPENDED),
    "kind": READ,
    "disk": DISKS,
    "source": CLOCKS,
    "which": KEYS,
    "service_fault": SERVICE_FAULTS,
    "service_state": SERVICE_STATES,
}
"""Fact of a failure → the names of the codes it holds, several of them after commas."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A failure as a person reads it: what is wrong and where, and what to do next."""

    message: str
    advice: str


@cache
def table() -> dict[str, dict[str, str]]:
    """Return every code's texts, merged from the `.toml` files; a code in two files is an error."""
    merged: dict[str, dict[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            for code, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if code in merged:
                    raise ValueError(f"{code} stands in two files")
                merged[code] = texts
    return merged


def say(problem: Problem, *, language: Language) -> Explained:
    """Return the message and the advice for `problem`; a code without texts falls back to English.

    Advice that another platform gave, the fact `advice`, goes before the words kept here. Of Faults the message
    has that of each, one after the other.
    """
    texts = table().get(problem.code, {})
    if isinstance(problem, Faults):
        every = [words(problem.code, problem.facts, language=language, english=(Faults.__doc__ or "").strip())]
        every += [say(each, language=language).message for each in problem.problems]
        return Explained(("" if language == "zh" else " ").join(every), texts.get(f"do_{language}", ""))
    english = (type(problem).__doc__ or "").strip().partition("\n")[0]
    facts = problem.facts | _named(problem.facts, language)
    message = words(problem.code, facts, language=language, english=english)
    return Explained(message or str(problem), problem.facts.get("advice") or texts.get(f"do_{language}", ""))


def title(kind: type[Problem], *, language: Language) -> str:
    """Return what problems of a kind are in a few words: the same each time one comes (RFC 9457)."""
    titles = labels.subject_of("titles")
    codes = [getattr(each, "code", "") for each in kind.__mro__]
    return next(titles[code][language] for code in codes if code in titles)


def words(code: str, facts: Mapping[str, Any], *, language: Language, english: str = "") -> str:
    """Return the message of a code, in words without a gap where one of its `facts` is not known; else nothing.

    `english` is the English message, which stands with the error class.
    """
    texts = table().get(code, {})
    full = english if language == "en" else texts.get("zh", "")
    return _filled(full, facts) or _filled(texts.get(f"{language}_bare", ""), facts)


def refused(code: str, facts: Mapping[str, Any], *, language: Language) -> str:
    """Return what the code of a refusal means, whether all its facts were kept or not; nothing for an unknown code.

    For a refusal of which a record kept the code alone. The modules that define such failures must be imported before.
    """
    if code not in _english:
        _english.update(_messages())
    return words(code, facts, language=language, english=_english.get(code, ""))


_english: dict[str, str] = {}
"""Code → English message, of the failures that were known when somebody asked."""


def _messages() -> dict[str, str]:
    found, kinds = dict[str, str](), [*Problem.__subclasses__()]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found[kind.code] = (kind.__doc__ or "").strip().partition("\n")[0]
    return found


def _filled(message: str, facts: Mapping[str, Any]) -> str:
    try:
        return message.format_map(facts)
    except KeyError:
        return ""


def _named(facts: Mapping[str, Any], language: Language) -> dict[str, str]:
    between = "、" if language == "zh" else ", "
    coded = {fact: names for fact, names in CODES.items() if isinstance(facts.get(fact), str)}
    both = {fact: words[language] for fact, words in facts.items() if isinstance(words, Both)}
    return both | {
        fact: between.join(names[code][language] if code in names else code for code in facts[fact].split(", "))
        for fact, names in coded.items()
    }
