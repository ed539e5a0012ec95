"""The rules of use as an authority of a small county releases them."""

from acting import NOW, County

from hutong.control.releases import operations
from hutong.control.releases.rules import RULES_OF_USE, Sentence

FIRST = (
    Sentence("SX-10-d", "只有登记的可以使用共享信息。", "Only what is registered uses what is shared."),
    Sentence("SX-10-e", "不将申请的共享信息挪作他用。", "What was applied for serves no other purpose."),
)
SECOND = (FIRST[0], Sentence("SX-10-b", "每次使用写明人员和事项。", "Each use names person and matter."))


def typed(said=FIRST) -> str:
    """Return sentences as somebody types them."""
    return "\n".join(f"{each.clause} | {each.zh} | {each.en}" for each in said)


def released(county: County, said=FIRST, *, by: str = "authority", now=NOW, **given: object) -> int:
    """Return the number under which the authority released the rules of use."""
    told = {"title": "使用规则", "reason": "县数据局〔2026〕7号", **given}
    return operations.release(RULES_OF_USE, sentences=said, actor=county.actor(by, now=now), now=now, **told)
