"""The rules of use that an applicant and every person accept: the newest release of them (IS-2.2-b, P-24).

Until the authority has released any, the ones packaged here hold, as version 1; a changed sentence is a new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hutong.control.releases import queries as releases
from hutong.control.releases.rules import RULES_OF_USE
from hutong.core import canonical

VERSION = "1"

RULES: tuple[tuple[str, str], ...] = (
    ("PS-09-1", "登记的信息真实、准确、完整；有变化的，及时变更或者注销。"),
    ("SX-09", "接入的应用系统满足信息安全等级二级保护要求；等级保护证明到期前重新办理。"),
    ("SX-10-b", "每一次使用都写明人员、系统、设备、用途和事项，以备追溯。"),
    ("SX-10-d", "只有登记的应用系统、使用人员和使用设备可以使用共享信息。"),
    ("SX-10-e", "不将申请的共享信息挪作他用。"),
    ("SX-16-a", "违反规定的，平台可以停止提供服务，并锁定登记。"),
)
"""Clause → what it has the unit do, in Chinese."""


@dataclass(frozen=True, slots=True)
class RulesOfUse:
    """The rules of use that hold now."""

    version: str
    """`1` of what is packaged; of a release its number after an R."""
    digest: str
    sentences: Sequence[tuple[str, str, str]]
    """Clause, Chinese, English; no English where they are packaged: pages translate them."""
    number: int
    """The number of the release; 0 of what is packaged."""


def current() -> RulesOfUse:
    """Return the rules of use that hold now."""
    found = releases.newest(RULES_OF_USE)
    if found is None:
        digest = canonical.digest([{"clause": clause, "zh": words} for clause, words in RULES])
        return RulesOfUse(VERSION, digest, [(clause, words, "") for clause, words in RULES], 0)
    said = [(each.clause, each.zh, each.en) for each in releases.sentences(found)]
    return RulesOfUse(f"R{found.number}", found.digest, said, found.number)
