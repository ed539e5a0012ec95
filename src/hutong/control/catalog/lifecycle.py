"""W1: the states of a catalogue entry and every allowed move. Registration first, publication second."""

from dataclasses import dataclass

STATES: dict[str, str] = {
    "DRAFT": "编制中",
    "SUBMITTED": "待登记审核",
    "REGISTERED": "已登记，待发布审核",
    "PUBLISHED": "已发布",
    "RETURNED": "退回补正",
    "CHANGING": "变更编制中",
    "WITHDRAWN": "已撤销",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step: who takes it, by which clause."""

    action: str
    label: str
    before: str
    after: str
    role: str
    clause: str
    reason: bool = False


MOVES: tuple[Move, ...] = (
    Move("submit", "提交登记", "DRAFT", "SUBMITTED", "provider_editor", "SX-05-a"),
    Move("submit", "重新提交登记", "RETURNED", "SUBMITTED", "provider_editor", "SX-05-a"),
    Move("submit", "提交变更", "CHANGING", "SUBMITTED", "provider_editor", "SX-05-b"),
    Move("register", "登记", "SUBMITTED", "REGISTERED", "provider_approver", "SX-04-e"),
    Move("return", "退回补正", "SUBMITTED", "RETURNED", "provider_approver", "SX-04-e", reason=True),
    Move("publish", "发布", "REGISTERED", "PUBLISHED", "authority", "SX-04-a"),
    Move("return", "退回补正", "REGISTERED", "RETURNED", "authority", "SX-04-a", reason=True),
    Move("revise", "变更目录", "PUBLISHED", "CHANGING", "provider_editor", "SX-05-b"),
    Move("withdraw", "撤销", "PUBLISHED", "WITHDRAWN", "authority", "SX-04-a", reason=True),
)

EDITABLE = ("DRAFT", "RETURNED", "CHANGING")


def find(state: str, action: str) -> Move | None:
    """Return the declared move, or None where the table has none."""
    return next((move for move in MOVES if (move.before, move.action) == (state, action)), None)
