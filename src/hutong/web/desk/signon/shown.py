"""What pages show of identity services and bindings: their facts, and the fields of their forms."""

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext, gettext_noop

from hutong.control.signon.models import Binding
from hutong.control.signon.queries import ServicePage
from hutong.control.signon.rules import SAYING_WHY
from hutong.web.facts import Fact, fact
from hutong.web.forms import Field
from hutong.web.wording import filters, labels

PAGE = "signon"
"""Name of the pages whose fields these are, where labels are looked up."""
NAMES = {
    "PROPOSED": gettext_noop("待核准"), "IN_FORCE": gettext_noop("在用"), "OFF": gettext_noop("已停用"),
    "ENDED": gettext_noop("已终止"),
}  # fmt: skip
TONES = {"PROPOSED": "", "IN_FORCE": "good", "OFF": "quiet", "ENDED": "quiet"}
ACTS = {
    "confirm": (
        gettext_noop("核准启用"),
        gettext_noop("启用后登录页即出现该服务；同一签发者原有的登记随即终止，绑定不变。"),
    ),
    "refuse": (gettext_noop("不予核准"), gettext_noop("登记随即终止，可以另行登记。")),
    "switch_off": (gettext_noop("停用"), gettext_noop("登录页不再出现该服务，绑定保留；已登录的不受影响。")),
    "switch_on": (gettext_noop("恢复启用"), gettext_noop("登录页重新出现该服务。")),
    "end": (gettext_noop("终止登记"), gettext_noop("不能恢复；要再用的，另行登记。")),
}  # fmt: skip
"""What is done about a registration → its button, and what it does."""


def state(code: str) -> str:
    """Return what the state of a registration is called."""
    return gettext(NAMES[code])


def standing(binding: Binding) -> str:
    """Return what the state of a binding is called."""
    return gettext("已解绑") if binding.ended_at else gettext("有效")


def service_facts(page: ServicePage, *, back: str) -> Iterator[Fact]:
    """Yield what a registration says; its secret is shown nowhere. `back` is the address the service leads back to."""
    service = page.service
    yield fact(_label("issuer"), service.issuer)
    yield fact(_label("code"), service.code)
    yield fact(_label("client_id"), service.client_id)
    yield fact(_label("secret"), gettext("已加密保存，任何页面都不显示"))
    yield fact(gettext("回调地址"), back)
    yield fact(_label("acr"), " ".join(service.acr) or gettext("无：登录一律另输本平台的动态口令"))
    yield fact(gettext("签名算法"), filters.joined(service.algorithms))
    yield fact(gettext("服务的公钥读取时间"), filters.moment(page.keys_read_at) if page.keys_read_at else "—")
    yield fact(gettext("登记人"), f"{page.proposed_by} {filters.moment(service.proposed_at)}")
    if service.decided_at:
        yield fact(gettext("最近办理"), f"{page.decided_by} {filters.moment(service.decided_at)}", service.reason)


def service_fields(typed: Mapping[str, str]) -> list[Field]:
    """Return the fields of a registration, with what was typed; a secret is typed anew."""
    return [
        Field("name", _label("name"), typed.get("name", ""), required=True, longest=200,
              hint=gettext("登录页上的名称，如“德清县统一身份认证”。")),
        Field("code", _label("code"), typed.get("code", ""), required=True, longest=30,
              hint=gettext("写在回调地址中，以小写字母开头，只含小写字母、数字和连字符。")),
        Field("issuer", _label("issuer"), typed.get("issuer", ""), required=True, longest=500,
              hint=gettext("服务的 issuer 地址，一字不差，以 https:// 开头。")),
        Field("client_id", _label("client_id"), typed.get("client_id", ""), required=True, longest=200),
        Field("secret", _label("secret"), kind="password", required=True, completed="off"),
        Field("acr", _label("acr"), typed.get("acr", ""), "long",
              hint=gettext("一行一个。服务给出其中之一的，不再要求本平台的动态口令；不填的，一律要求。")),
    ]  # fmt: skip


def service_forms(page: ServicePage, typed: Mapping[str, str]) -> list[dict[str, object]]:
    """Return what the reader may do about a registration: act, button, what it does, and what it asks for."""
    return [
        {
            "act": act, "button": gettext(ACTS[act][0]), "said": gettext(ACTS[act][1]),
            "fields": [_reason(typed if typed.get("act") == act else {}, form=act)] if act in SAYING_WHY else [],
            "open": typed.get("act") == act,
        }
        for act in page.acts
    ]  # fmt: skip


def binding_facts(binding: Binding) -> Iterator[Fact]:
    """Yield what a binding says."""
    yield fact(gettext("人员"), binding.officer.name, binding.officer.user.username)
    yield fact(gettext("单位"), binding.officer.unit.name)
    yield fact(_label("issuer"), binding.issuer)
    yield fact(gettext("标识"), binding.subject)
    yield fact(gettext("绑定时认证服务所称的姓名"), binding.called or "—")
    yield fact(gettext("绑定"), f"{binding.bound_by} {filters.moment(binding.bound_at)}")
    if binding.ended_at:
        yield fact(gettext("解除"), f"{binding.ended_by} {filters.moment(binding.ended_at)}", binding.reason)


def binding_fields(typed: Mapping[str, str], officers: Sequence[tuple[str, str]]) -> list[Field]:
    """Return the fields by which an account is bound."""
    return [
        Field("officer", _label("officer"), typed.get("officer", ""), "choice", required=True,
              options=(("", gettext("请选择")), *officers)),
        Field("code", labels.label("code", page="bindings"), required=True, longest=40, completed="off",
              hint=gettext("本人用认证服务登录时显示的绑定码，请当面核对姓名。")),
    ]  # fmt: skip


def own_fields() -> list[Field]:
    """Return the fields by which an officer binds the own account."""
    return [
        Field("code", labels.label("code", page="bindings"), required=True, longest=40, completed="off",
              hint=gettext("用认证服务登录时显示给您本人的绑定码；他人交给您的，不要输入，否则他人就能登录您的账号。")),
        Field("present", gettext("当前密码"), kind="password", completed="current-password", required=True),
    ]  # fmt: skip


def ending(typed: Mapping[str, str], *, form: str = "") -> Field:
    """Return the field of why a binding ends."""
    return _reason(typed, form=form)


def _reason(typed: Mapping[str, str], *, form: str) -> Field:
    return Field("reason", gettext("理由（必填）"), typed.get("reason", ""), "long", required=True, form=form)


def _label(name: str) -> str:
    return labels.label(name, page=PAGE)
