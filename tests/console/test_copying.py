"""What a copy is to be, and who keeps the keys, is for those to say who act for the whole installation."""

from dataclasses import replace

import pytest

from hutong.backup import keeping
from hutong.console import copying
from hutong.control.units.rules import Actor

OPERATOR = Actor(
    "li.operator", "李强", "DXH01", "示范县信息中心", frozenset({"operator"}), offices=frozenset({("operator", "")})
)


@pytest.mark.clause("SX-11-a", "SX-11-c")
def test_the_operator_of_one_region_says_neither_what_a_copy_is_nor_has_keys_wrapped() -> None:
    auditor = Actor("auditor", "赵敏", "DXH02", "示范县审计局", frozenset({"auditor"}))
    assert copying._entitled(OPERATOR) == "li.operator"
    keeping.check(OPERATOR, [OPERATOR, auditor])
    of_a_region = replace(OPERATOR, offices=frozenset({("operator", "330523")}))
    assert of_a_region.has_role("operator")
    with pytest.raises(copying.NotEntitledToCopy):
        copying._entitled(of_a_region)
    with pytest.raises(keeping.NotEntitledToWrap):
        keeping.check(of_a_region, [OPERATOR, auditor])
    with pytest.raises(keeping.NoKeeper):
        keeping.check(OPERATOR, [of_a_region, auditor])
