"""The ways applications go in the county's past: literal tables over the lifecycle of W3."""

from dataclasses import dataclass

STRAIGHT = {
    "DRAFT": "lodge",
    "LODGED": "endorse",
    "DEPARTMENT_ENDORSED": "accept",
    "COMPLIANCE_CHECK": "pass_on",
    "PROVIDER_REPLY": "agree",
    "PROVIDER_AGREED": "confirm",
    "CONFIRMED": "begin_supply",
    "SUPPLIED": "verify",
    "PURPOSE_VERIFYING": "file",
    "RETURNED": "lodge",
}
"""State → the step that is taken there where the way says nothing else."""

SEATS = {
    "DRAFT": "{consumer}.clerk",
    "LODGED": "office.reviewer",
    "DEPARTMENT_ENDORSED": "authority",
    "COMPLIANCE_CHECK": "authority",
    "PROVIDER_REPLY": "{provider}.approver",
    "PROVIDER_AGREED": "authority",
    "CONFIRMED": "{provider}.editor",
    "SUPPLIED": "operator",
    "PURPOSE_VERIFYING": "operator",
    "FILED": "operator",
    "RETURNED": "{consumer}.clerk",
    "REFUSED": "{consumer}.clerk",
    "NEGOTIATING": "{consumer}.clerk",
    "COORDINATING": "authority",
}
"""State → who takes the step from there."""

REASONS = {
    "return": "所附法律依据未写明条款，申请的信息项超出办理该事项所需，请补正后重新提出。",
    "refuse": "所申请的信息项与所办事项无直接关系，不符合最少够用原则。",
    "negotiate": "该事项的办事指南已修订，确需核验上述信息项，提请协商。",
    "settle": "经双方协商，同意按所申请的信息项提供，恢复审查。",
    "coordinate": "双方协商未能达成一致，提请协调。",
    "reopen": "经协调，提供方同意按比对方式提供，恢复审查。",
    "stop": "逾期未办，经与使用方核实，该事项已不再办理，终止办理。",
}
_LOOKED_AT = "查阅了申请所列的法律依据和使用方的办理事项清单，并与使用方经办人核对了办事流程。"
FINDINGS = {
    "file": {
        "looked_at": _LOOKED_AT, "basis_found": "found", "conclusion": "所申请的信息项与办理事项相符，同意备案。",
    },
    "refuse": {
        "looked_at": _LOOKED_AT, "basis_found": "not_found",
        "conclusion": "办理事项清单未列需要核验的信息项，不予备案。",
    },
}  # fmt: skip
"""Step that ends the verification of a purpose → what the operator says was found (SX-08-f)."""
BASIS = "《政务数据共享条例》（国务院令第809号）"
"""What a refusal rests on."""


@dataclass(frozen=True, slots=True)
class Way:
    """What happens to an application otherwise than straight on: at each state named, once, in this order."""

    share: int
    """How many of a hundred go this way."""
    turns: tuple[tuple[str, str], ...] = ()
    """State and step."""
    stays: str = ""
    """The state that nobody takes it out of: it is late there, sooner or later."""
    rest: int = 0
    """Working days that pass before its first turn: it is late by then."""


WAYS = (
    Way(31),
    Way(8, (("FILED", "close"),)),
    Way(5, (("LODGED", "return"),)),
    Way(5, (("COMPLIANCE_CHECK", "return"),)),
    Way(3, (("PROVIDER_REPLY", "return"),)),
    Way(3, (("PURPOSE_VERIFYING", "return"),)),
    Way(6, (("LODGED", "refuse"),)),
    Way(4, (("PROVIDER_REPLY", "refuse"),)),
    Way(2, (("PURPOSE_VERIFYING", "refuse"),)),
    Way(2, (("COMPLIANCE_CHECK", "refuse"), ("REFUSED", "negotiate"))),
    Way(2, (("PROVIDER_REPLY", "refuse"), ("REFUSED", "negotiate"), ("NEGOTIATING", "settle"))),
    Way(2, (("COMPLIANCE_CHECK", "refuse"), ("REFUSED", "negotiate"), ("NEGOTIATING", "coordinate"))),
    Way(
        2,
        (
            ("COMPLIANCE_CHECK", "refuse"), ("REFUSED", "negotiate"), ("NEGOTIATING", "coordinate"),
            ("COORDINATING", "reopen"),
        ),
    ),
    Way(7, (("LODGED", "take_back"),)),
    Way(1, (("REFUSED", "take_back"), ("LODGED", "refuse"))),
    Way(1, (("LODGED", "stop"),), rest=15),
    Way(6, stays="DRAFT"),
    Way(2, stays="LODGED"),
    Way(2, stays="COMPLIANCE_CHECK"),
    Way(2, stays="PROVIDER_REPLY"),
    Way(1, stays="PROVIDER_AGREED"),
    Way(1, stays="PURPOSE_VERIFYING"),
    Way(1, (("COMPLIANCE_CHECK", "return"),), stays="RETURNED"),
    Way(1, stays="SUPPLIED"),
)  # fmt: skip
"""Every way; their shares make a hundred."""
UNSUPPLIED = Way(0, stays="CONFIRMED")
"""The way of some of those whose data the provider has not delivered yet."""
BY = {"take_back": "{consumer}.clerk", "settle": "{provider}.approver", "stop": "authority"}
"""Step → who takes it, whatever the state."""


def step(state: str, turns: list[tuple[str, str]], *, unconditional: bool) -> str | None:
    """Return what is done next in a state, None where nothing is; a turn that is taken is taken off `turns`."""
    for turn in turns:
        if turn[0] == state:
            turns.remove(turn)
            return turn[1]
    if state == "COMPLIANCE_CHECK" and unconditional:
        return "confirm"
    return STRAIGHT.get(state)


def seat(state: str, action: str, *, consumer: str, provider: str) -> str:
    """Return the login of the officer who takes a step, by the beginnings of the units' logins."""
    return BY.get(action, SEATS[state]).format(consumer=consumer, provider=provider)
