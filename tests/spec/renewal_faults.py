"""Faults of the evidence of a system's protection level, from its reminders to its renewal (SX-09)."""

from fault import OUT, SHIFTED, Fault

PASSES, RENEWALS = "control/registration/passes.py", "control/registration/renewals.py"

FAULTS = (
    Fault("SX-09", OUT, "nobody is told before the evidence lapses", PASSES,
          "        due = sum(left <= days for days in ahead) + (left < 0)\n", "        due = int(left < 0)\n"),
    Fault("SX-09", OUT, "nobody is told when the evidence has lapsed", PASSES,
          "for days in ahead) + (left < 0)\n", "for days in ahead)\n"),
    Fault("SX-09", SHIFTED, "it is told a day later than the rulebook has it", PASSES,
          "sum(left <= days for days in ahead)", "sum(left < days for days in ahead)"),
    Fault("SX-09", OUT, "the operator is told of nothing", PASSES,
          'offices.current().unit_of("operator", region=found.unit.region_code)',
          'offices.current().unit_of("operator", region=found.unit.region_code) and found.unit_id'),
    Fault("SX-09", SHIFTED, "it is told every night", PASSES,
          "        found.protection_reminders = due\n", "        found.protection_reminders = 0\n"),
    Fault("SX-09", OUT, "new evidence is submitted without its paper", RENEWALS,
          'ALSO: Also = {"submit": _papers, "accept"', 'ALSO: Also = {"accept"'),
    Fault("SX-09", OUT, "accepted evidence reaches no answer", RENEWALS,
          "mlps_level=found.mlps_level, mlps_until=found.mlps_until, now=step.now,", "now=step.now,"),
    Fault("SX-09", SHIFTED, "evidence that ends no later renews", RENEWALS,
          "and until <= found.mlps_until:", "and until < found.mlps_until:"),
    Fault("SX-09", SHIFTED, "the unit accepts its own evidence", "control/registration/lifecycle.py",
          'Move("accept", "核验无误，予以延续", "HANDED_IN", "ACCEPTED", "operator"',
          'Move("accept", "核验无误，予以延续", "HANDED_IN", "ACCEPTED", "unit_admin"'),
)
