"""Faults of handing over what is open in an officer's name, and of accounts (article 11)."""

from fault import OUT, SHIFTED, Fault

PASSING = "control/handovers/passing.py"
OPERATIONS = "control/handovers/operations.py"
HOLDINGS = "control/handovers/belongings.py"
FAULTS = (
    Fault("SX-11-a", OUT, "drafts stay with who left", HOLDINGS,
          "    for procedure in installed().values():\n", "    for procedure in list(installed().values())[:0]:\n"),
    Fault("SX-11-a", OUT, "a case goes to who may not have it", PASSING,
          "    if not it.belonging.desks & it.to.seats:\n        raise rules.MayNotHaveIt\n", ""),
    Fault("SX-11-a", OUT, "a hand-over holds when it is arranged", OPERATIONS,
          "    if found.effective_date > beijing.day(now):\n        return False\n    by,", "    by,"),
    Fault("SX-11-a", OUT, "what stays is not told", OPERATIONS,
          "            parts.append(passing.part(found, belonging, problem=problem))\n",
          "            assert problem\n"),
    Fault("SX-11-a", OUT, "any officer hands over another's work", "control/handovers/rules.py",
          "    return arranges(actor, unit=unit) or officer == actor.officer\n",
          "    return bool(actor and unit and officer)\n"),
    Fault("SX-11-a", OUT, "work goes to another unit", OPERATIONS,
          '    found = Officer.objects.filter(user__username=facts["to"]).first() if facts["to"] in there else None\n',
          '    found = Officer.objects.filter(user__username=facts["to"]).first()\n'),
    Fault("SX-11-a", SHIFTED, "a unit's administrator gives the operator's role", "control/units/powers.py",
          '"operator": "security_admin"', '"operator": "unit_admin"'),
    Fault("SX-12-b", OUT, "the change of contact is told on the day", OPERATIONS,
          "        _tell_of_contact(made, actor=actor, now=now, calendar=calendar)\n", ""),
    Fault("SX-11-a IS-3.1", SHIFTED, "the unit that asks accepts for the other", "control/handovers/lifecycle.py",
          'homes={"unit_admin": "receiver"}', 'homes={"unit_admin": "unit"}'),
    Fault("IS-3.1 IS-5.1-a", OUT, "a unit asks for any officer", "control/handovers/transfers.py",
          "    there = _transferable(actor)\n", "    there = Officer.objects.all()\n"),
    Fault("IS-3.1 IS-5.1-a", OUT, "any officer asks for a transfer", "control/handovers/transfers.py",
          "    judging = judging or Judging()\n    if not rules.arranges(actor, unit=actor.unit):\n",
          "    judging = judging or Judging()\n    if False:\n"),
    Fault("SX-11-a", OUT, "a transfer that was accepted moves nobody", "control/handovers/transfers.py",
          'also={"accept": _move}', "also={}"),
    Fault("SX-11-a IS-5.1-a", SHIFTED, "a unit's administrator unlocks an office", "control/units/powers.py",
          'SECRET = ("password", "unlock")', 'SECRET = ("password",)'),
    Fault("SX-11-a IS-3.1", SHIFTED, "the system administrator makes auditors", "control/units/powers.py",
          '"auditor": "security_admin"', '"auditor": "system_admin"'),
    Fault("IS-5.1-a SX-11-a", OUT, "a unit gives no new passwords", "control/units/powers.py",
          '"password": ("unit_admin", "system_admin")', '"password": ("system_admin",)'),
)
