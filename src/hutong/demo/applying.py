"""An application of one of the county's units, as its clerk writes it down."""

from datetime import datetime, timedelta

from hutong.control.sharing import operations
from hutong.control.units.rules import Actor
from hutong.demo import fill
from hutong.demo.past import PastCase
from hutong.plane.definition import Mode


def draft(case: PastCase, *, actor: Actor, now: datetime) -> str:
    """Write an application down and return its number; what it asks for begins now.

    What the unit applied for already it applies for once more, on purpose.
    """
    definition, items = case.resource.definition, case.resource.offered(case.mode)
    case.until_at = now + timedelta(days=case.grant_days)
    return operations.draft(
        code=definition.code,
        mode=case.mode,
        items=items,
        conditions=[code for code in items if definition.item(code).condition] if case.mode is Mode.QUERY else [],
        need=[str(reason) for reason in fill.NEED[case.mode]],
        purpose=case.unit.purpose[0],
        legal_basis=f"办理“{case.unit.matter[1]}”须核验的材料清单第 {1 + len(items)} 项",
        matters=[case.unit.matter[0]],
        system=case.unit.system_id,
        users=case.unit.users,
        devices=case.unit.devices,
        quota=100_000,
        from_at=now,
        until_at=case.until_at,
        twice=True,
        actor=actor,
        now=now,
    )
